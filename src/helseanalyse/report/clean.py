"""What a study says is a stranger's text: here it is made harmless for every place of a page.

Markup is escaped where it is written (Jinja's autoescape, `svg.element`). This module takes out what
escaping lets through: control signs, half characters that no file can hold, and signs that turn the
direction of the text around them, so that a title cannot make a number read backwards.
"""

from __future__ import annotations

import json
import re
from typing import Final

from markupsafe import Markup

REPLACEMENT: Final = "\ufffd"
_INTERVAL: Final = re.compile(r"(\d)–(?=\d)")
_PERCENT: Final = re.compile(r"(\d) %")
_BEFORE_INTERVAL: Final = re.compile(r"(\d(?:\u00a0%)?) \((?=[\d−])")
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BREAK: Final = re.compile("[ \t\n\v\f\r\u2028\u2029]+")  # not the narrow blanks inside numbers
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


def clean(text: object) -> str:
    r"""The text with every control sign replaced by the sign for "replaced"; line breaks become blanks.

    >>> clean("a\u202eb\nc")
    'a�b c'
    """
    return _BREAK.sub(" ", _CONTROL.sub(REPLACEMENT, str(text))).strip(" ")


def slug(text: str, fallback: str = "part") -> str:
    """A name for an anchor or a file, of a-z, 0-9 and hyphens, at most 60 long.

    >>> slug("Heart failure / 1"), slug("../../etc"), slug("心")
    ('heart-failure-1', 'etc', 'part')
    """
    return _NOT_IN_A_NAME.sub("-", text.lower()).strip("-")[:60].strip("-") or fallback


def visible(value: object) -> object:
    r"""For Jinja's `finalize`: what is written into a page never holds a control sign; markup of ours passes.

    >>> visible("a\x00b"), visible(3)
    ('a�b', 3)
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return _CONTROL.sub(REPLACEMENT, value)
    return value


def joined(text: str) -> str:
    r"""The text with each estimate bound to its interval, and each interval to itself: no line breaks in them.

    >>> joined("0.69 (0.61–0.78) in A")
    '0.69\xa0(0.61–\u20600.78) in A'
    """
    return _INTERVAL.sub("\\1–\u2060", _BEFORE_INTERVAL.sub("\\1\u00a0(", _PERCENT.sub("\\1\u00a0%", text)))


class Names:
    """Hands out anchors that are never the same twice.

    >>> names = Names()
    >>> names.take("rates"), names.take("Rates!"), names.take("rates-2")
    ('rates', 'rates-2', 'rates-2-2')
    """

    def __init__(self, before: str = "") -> None:
        self._before = f"{before}-" if before else ""
        self._taken: set[str] = set()

    def take(self, text: str, fallback: str = "part") -> str:
        """The text as a name, with a number where it was taken."""
        name = first = self._before + slug(text, fallback)
        count = 1
        while name in self._taken:
            count += 1
            name = f"{first}-{count}"
        self._taken.add(name)
        return name


def script_json(value: object) -> str:
    r"""JSON that may stand inside a script element: nothing in it can end the element or start a comment.

    >>> script_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    # A text with half a character can be written as an escape only.
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
