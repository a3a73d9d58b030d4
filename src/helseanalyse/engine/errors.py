"""What the engine says when it cannot answer: fixed texts, since a database's own words may quote a value."""

from __future__ import annotations


class EngineError(Exception):
    """A study that was not answered: what happened, in which step, and what to do. Never a person's value."""


class RefusedError(EngineError):
    """A statement or a column that the engine may not use: a fault of ours or a grant that is too narrow."""


MARK = "helseanalyse:"  # what our own errors inside SQL begin with, so that they can be told from the database's
OVERLAP = "overlapping periods"
NO_SUCH_DAY = "no such day"
NO_SUCH_NUMBER = "no such number"

SAYS = {
    OVERLAP: (
        "Periods of a table overlap within a person, so a date may have two values. "
        'Say which one counts: pick="latest_start".'
    ),
    NO_SUCH_DAY: ("A date of this study falls outside the years 1 to 9999. Check the number of days, months or years."),
    NO_SUCH_NUMBER: (
        "A whole number of this study does not fit in 64 bits. Cast to float before multiplying or adding."
    ),
}
"""What each of our own errors inside SQL means, and what to do."""
