"""Municipalities and counties in time: which there were on a day, and what each is in another year.

Borders changed in every decade, most on 1 January 2018, 2020 and 2024. A person's residence is
delivered with the number of its time, so a series over years needs the borders of one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from helseanalyse.catalogue.codes.model import CodeError, Entry
from helseanalyse.catalogue.codes.table import entries_of, lines_of

FIRST_DAY = date(1988, 1, 1)  # the list of municipalities begins here


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality of one extent: number, name, first and last day, and what it became.

    becomes: the numbers of the day after `until`, the one with most people first, each with its share
    of the people, or None where the share is not known. later: where those that it joined have parted
    again, the number that its land has now.
    """

    code: str
    name: str
    since: date | None
    until: date | None
    becomes: tuple[tuple[str, float | None], ...] = ()
    later: str = ""

    def on(self, day: date) -> bool:
        """Whether it was there on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@cache
def _municipalities() -> dict[str, tuple[Municipality, ...]]:
    found: dict[str, tuple[Municipality, ...]] = {}
    for line in lines_of("municipality"):
        becomes = tuple(_share(part, line["becomes"].count(" ")) for part in line["becomes"].split())
        one = Municipality(
            line["code"],
            line["name"],
            date.fromisoformat(line["since"]) if line["since"] else None,
            date.fromisoformat(line["until"]) if line["until"] else None,
            becomes,
            line["later"],
        )
        found[one.code] = (*found.get(one.code, ()), one)
    return found


def _share(part: str, others: int) -> tuple[str, float | None]:
    code, _, share = part.partition(":")
    if not others:
        return code, 1.0
    return code, None if share == "?" else float(share)


def municipalities(on: date) -> tuple[Municipality, ...]:
    """The municipalities of a day, in order of number. Raises CodeError for days before 1988.

    >>> len(municipalities(date(2024, 1, 1))), len(municipalities(date(2020, 1, 1)))
    (357, 356)
    """
    if on < FIRST_DAY:
        raise CodeError(f"The list of municipalities begins on {FIRST_DAY}. Ask for a later day than {on}.")
    found = (one for spans in _municipalities().values() for one in spans if one.on(on))
    return tuple(sorted(found, key=lambda one: one.code))


def counties(on: date) -> tuple[str, ...]:
    """The numbers of the counties of a day, sorted.

    >>> len(counties(date(2024, 1, 1))), len(counties(date(2020, 1, 1)))
    (15, 11)
    """
    return tuple(sorted({one.code[:2] for one in municipalities(on)}))


def at(code: str, day: date, then: date) -> tuple[tuple[str, float | None], ...]:
    """What a municipality of one day is on another, later day: each number with its share of the people.

    A share is None where it is not known; the first number has most people. Where a municipality is
    wanted and not shares, take the first. Raises CodeError where the number was no municipality on
    `day`, and where `then` is earlier, since what was merged cannot be told apart again.

    >>> at("0123", date(2018, 6, 1), date(2024, 1, 1))  # Spydeberg -> Indre Østfold
    (('3118', 1.0),)
    >>> at("1507", date(2021, 1, 1), date(2024, 1, 1))  # Ålesund, from which Haram parted
    (('1508', 0.86), ('1580', 0.14))
    """
    here = next((one for one in _municipalities().get(code, ()) if one.on(day)), None)
    if here is None:
        raise CodeError(f"{code} was no municipality on {day}. Check the number and the day.")
    if then < day:
        raise CodeError(f"{then} is before {day}: what was merged cannot be told apart. Ask for a later day.")
    return _later(here, then)


def _later(here: Municipality, then: date) -> tuple[tuple[str, float | None], ...]:
    if here.on(then):
        return ((here.code, 1.0),)
    if here.until is None:
        raise CodeError(f"The list has nothing on {then}. Ask for an earlier day.")
    if here.later and any(one.on(then) for one in _municipalities().get(here.later, ())):
        target = next(one for one in _municipalities()[here.later] if one.on(then))
        # Only a number that came after the parting: 1508 of 2024 is Ålesund without Haram.
        if target.since is not None and target.since > here.until + timedelta(days=1):
            return ((here.later, 1.0),)
    shares: dict[str, float | None] = {}
    for code, share in here.becomes:
        next_day = here.until + timedelta(days=1)
        heir = next(one for one in _municipalities()[code] if one.on(next_day))
        for final, part in _later(heir, then):
            whole = None if share is None or part is None else share * part
            before = shares.get(final, 0.0)
            shares[final] = None if whole is None or before is None else before + whole
    return tuple(shares.items())


def municipality_table() -> dict[str, tuple[Entry, ...]]:
    """The list of the code system `municipality`: counties, municipalities, and the numbers in place of one."""
    table = {
        code: tuple(Entry(one.name, one.name, one.since, one.until) for one in spans)
        for code, spans in _municipalities().items()
    }
    counties_and_specials = entries_of(lines_of("county"))
    for code, entries in counties_and_specials.items():
        table[code] = entries
        if len(code) == 2:
            table[f"{code}00"] = tuple(
                Entry(
                    f"{entry.nb}, ukjent kommune",
                    f"{entry.en}, municipality not known",
                    entry.since,
                    entry.until,
                )
                for entry in entries
            )
    return table
