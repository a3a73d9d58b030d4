"""Why a row or a value was set aside: a fixed vocabulary, so that counts of two loads can be compared."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Each reason with the words that reports use for it."""

    COLUMNS = "wrong number of columns"
    RUNS_ON = "a value runs over several rows"
    NO_PERSON = "no person key"
    BAD_NUMBER = "not a valid identity number"
    NO_KEY = "person key is not in the key file"
    TWO_PERSONS = "person key stands for two persons"
    UNKNOWN_PERSON = "person not in the population registry"
    NO_REFERENCE = "the person's reference date is not known"
    MISSING = "a required value is missing"
    DATE = "date cannot be read"
    DATE_RANGE = "date cannot be"
    NUMBER = "number cannot be read"
    NUMBER_RANGE = "number outside its bounds"
    TRUTH = "neither yes nor no"
    LEVEL = "not a level of the category"
    CODE = "code has no form of its system"
    PERIOD = "period does not end after it starts"
    OVERLAP = "period overlaps another of the same person"
    TWICE = "more than one row for the person"
    ROW_TWICE = "row number stands for several rows"
    NO_ROW = "the row that it belongs to is not there"


# Two more fates of a delivered row, which are no faults.
DUPLICATE = "exact duplicate"
LEFT_OUT = "of another code system"

# A wrong date puts a person under observation at the wrong time, and a wrong person is worse. Other
# values become unknown where the catalogue does not require them: every analysis knows how to treat
# unknown, and one misspelt secondary diagnosis must not take away a whole hospital stay.
UNREADABLE = {"int": Reason.NUMBER, "float": Reason.NUMBER, "bool": Reason.TRUTH, "category": Reason.LEVEL}
