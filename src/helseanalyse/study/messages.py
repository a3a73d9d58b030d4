"""Every message about a study: stable identifiers, in English and bokmål. docs/errors.md shows each with an example.

A message has two parts: what happened, and what to do next. Words in {braces} are filled in; a word whose name ends
in "type" is the name of a type and is translated. An identifier is never used again for something else.
"""

from __future__ import annotations

from helseanalyse.study.message import Message
from helseanalyse.study.messages_habits import HABITS
from helseanalyse.study.messages_json import JSON
from helseanalyse.study.messages_protocol import PROTOCOL
from helseanalyse.study.messages_types import TYPES
from helseanalyse.study.messages_warnings import WARNINGS

MESSAGES: dict[str, Message] = {**HABITS, **TYPES, **PROTOCOL, **JSON, **WARNINGS}

# The names of types, for bokmål.
TYPE_WORDS: dict[str, str] = {
    "bool": "sannhetsverdi",
    "int": "heltall",
    "float": "desimaltall",
    "date": "dato",
    "text": "tekst",
    "code": "kode",
    "codes": "koder",
    "category": "kategori",
    "person": "person",
    "of": "i",
    "month": "måned",
    "year": "år",
    "duration": "varighet",
}
