"""Every message about a study: stable identifiers, in English and bokmål. docs/errors.md shows each with an example.

A message has two parts: what happened, and what to do next. Words in {braces} are filled in; a word whose name
ends in "type" is the name of a type, which gets its article and is translated. An identifier is never used again
for something else.
"""

from __future__ import annotations

from helseanalyse.study.message import Message
from helseanalyse.study.messages_habits import HABITS
from helseanalyse.study.messages_json import JSON
from helseanalyse.study.messages_protocol import PROTOCOL
from helseanalyse.study.messages_types import TYPES
from helseanalyse.study.messages_warnings import WARNINGS

MESSAGES: dict[str, Message] = {**HABITS, **TYPES, **PROTOCOL, **JSON, **WARNINGS}

# The names of types in a sentence, in English and bokmål. Python's own names stand for what was given instead.
TYPE_WORDS: dict[str, tuple[str, str]] = {
    "bool": ("a truth value", "en sannhetsverdi"),
    "int": ("a whole number", "et heltall"),
    "float": ("a decimal number", "et desimaltall"),
    "date": ("a date", "en dato"),
    "text": ("a text", "en tekst"),
    "str": ("a text", "en tekst"),
    "code": ("a code", "en kode"),
    "codes": ("several codes", "flere koder"),
    "category": ("a category", "en kategori"),
    "person": ("a person", "en person"),
    "rows": ("a table of rows", "en tabell med rader"),
    "NoneType": ("nothing", "ingenting"),
    "list": ("a list", "en liste"),
    "tuple": ("a list", "en liste"),
    "Duration": ("a stretch of time", "et tidsrom"),
    "Codes": ("a code list", "en kodeliste"),
    "of": ("of", "i"),
    "or": ("or", "eller"),
}
