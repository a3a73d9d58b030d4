"""Messages about json."""

from __future__ import annotations

from helseanalyse.study.message import Message

JSON: dict[str, Message] = {}
