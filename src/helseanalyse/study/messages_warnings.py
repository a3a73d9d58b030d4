"""Messages about warnings."""

from __future__ import annotations

from helseanalyse.study.message import Message

WARNINGS: dict[str, Message] = {}
