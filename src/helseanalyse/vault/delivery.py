"""What a delivery looks like: the catalogue's delivery blocks as values, the folder's own note, and its files.

The layout of the blocks is checked by `catalogue`; here they get their defaults and their meaning.
A folder may carry `delivery.yml`, which overrides the catalogue for this one delivery:

    registry: npr                  # a check: the folder is for this registry
    reference_date: 1902-05-16     # for day differences
    reference: person              # or: one secret reference date a person
    extracted_on: 2024-02-01       # later dates are impossible
    complete_to: 2023-12-31        # the last day that the delivery covers
    without: [education, episode.any_procedure]   # tables and code files that were not ordered
    numbers_from_2032: true        # identity numbers may follow the looser rule of 2032
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from helseanalyse.catalogue.model import CatalogueError, Column, Registry, Table
from helseanalyse.catalogue.yaml_file import read_yaml
from helseanalyse.vault.errors import LoadError

NOTE = "delivery.yml"
QUARANTINE_SHARE = 0.02  # of the rows of a table or code file that may be set aside before a load stops
EARLIEST = date(1850, 1, 1)  # nobody in a registry is older, and no registry is
RUN = re.compile(r"\{(\d+)\.\.(\d+)\}")

Block = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What `delivery.yml` says; every part may be missing."""

    reference_date: date | None = None
    per_person: bool | None = None  # one secret reference date a person
    extracted_on: date | None = None
    complete_to: date | None = None
    without: frozenset[str] = frozenset()
    from_2032: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How text files are written: delimiter, decimal sign, encodings to try strictly, way of dates."""

    delimiter: str = ";"
    decimal: str = ","
    encodings: tuple[str, ...] = ("utf-8", "latin-1")
    dates: str = "iso"


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonKey:
    """Which delivered column holds the person, and what it holds: national_id, source or row."""

    key: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFiles:
    """Files that give the national identity number of each source key."""

    files: tuple[str, ...]
    source: tuple[str, ...]
    national_id: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How one delivery of one registry is read: the catalogue's blocks with the folder's note on top."""

    registry: Registry
    note: Note
    form: Form
    person: PersonKey
    keys: KeyFiles | None
    reference_date: date | None
    per_person: bool
    anchor: Mapping[str, tuple[str, ...]]  # month, offset: columns that give a person's reference date
    quarantine_share: float
    from_2032: bool = False  # accept the looser check digit of numbers given out from 2032
    synthetic: bool = False  # the persons are made up: every identity number must show it

    def table_form(self, table: Table) -> Form:
        """The form of a table's files."""
        return form_of(table.delivery, self.form)

    def table_person(self, table: Table) -> PersonKey:
        """The person key of a table."""
        own = cast("Block | None", table.delivery.get("person"))
        return _person(own) if own else self.person

    @property
    def latest(self) -> date:
        """The last day that a date of this delivery can be."""
        told = [day for day in (self.note.extracted_on, self.note.complete_to) if day]
        return max(told) if told else datetime.now(UTC).date()

    @property
    def precision(self) -> str:
        """How exact the dates are, in words; "" where they are exact."""
        if self.per_person:
            return (
                "Days between two dates of one person are exact. The calendar was recovered from the birth month, "
                "so that a date is up to 15 days off, by the same number of days in all of a person's rows."
            )
        return ""


def texts(value: object) -> tuple[str, ...]:
    """A text or a list of texts as a tuple.

    >>> texts("a"), texts(["a", "b"]), texts(None)
    (('a',), ('a', 'b'), ())
    """
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(item) for item in cast("Iterable[object]", value))


def form_of(block: Block, default: Form) -> Form:
    """The form that a delivery block gives, with the rest from the default."""
    return Form(
        delimiter=str(block.get("delimiter", default.delimiter)),
        decimal=str(block.get("decimal", default.decimal)),
        encodings=texts(block.get("encoding")) or default.encodings,
        dates=str(block.get("dates", default.dates)),
    )


def _person(block: Block) -> PersonKey:
    return PersonKey(key=str(block["key"]), columns=texts(block.get("column")))


def plan_of(registry: Registry, note: Note, *, synthetic: bool = False) -> Plan:
    """The plan for a delivery of the registry. LoadError where day differences have nothing to count from."""
    block = cast("Block", registry.delivery)
    if "person" not in block:
        raise LoadError(
            f"The catalogue does not say how `{registry.name}` is delivered. "
            "Add delivery: {person: {column: [lopenr], key: source}, ...} to its file."
        )
    keys = cast("Block | None", block.get("keys"))
    per_person = block.get("reference") == "person"
    reference_date = cast("date | None", block.get("reference_date"))
    if note.per_person is not None:
        per_person, reference_date = note.per_person, None
    if note.reference_date is not None:
        per_person, reference_date = False, note.reference_date
    anchor = cast("Block", block.get("anchor") or {})
    plan = Plan(
        registry=registry,
        note=note,
        form=form_of(block, Form()),
        person=_person(cast("Block", block["person"])),
        keys=None
        if keys is None
        else KeyFiles(**{key: texts(keys[key]) for key in ("files", "source", "national_id")}),
        reference_date=reference_date,
        per_person=per_person,
        anchor={key: texts(anchor.get(key)) for key in ("month", "offset")},
        quarantine_share=float(cast("float", block.get("quarantine_share", QUARANTINE_SHARE))),
        from_2032=note.from_2032,
        synthetic=synthetic,
    )
    _check_reference(plan)
    return plan


def _check_reference(plan: Plan) -> None:
    """Day differences need a day to count from, and a person's secret day needs the birth month."""
    if plan.per_person and plan.registry.universe and not all(plan.anchor.values()):
        raise LoadError(
            f"`{plan.registry.name}` has a secret reference date a person, but its catalogue names no columns to "
            "recover it from. Add anchor: {month: [...], offset: [...]} to its delivery block."
        )
    if plan.per_person or plan.reference_date:
        return
    for table in plan.registry.tables:
        default = plan.table_form(table).dates
        for column in table.columns:
            if column.kind == "date" and column_dates(column, default) == "offset":
                raise LoadError(
                    f"{table.path}.{column.name} is delivered as days from a reference date, and nothing says which. "
                    f"Add `reference_date: YYYY-MM-DD` (or `reference: person`) to {NOTE} in the delivery's folder."
                )


def column_dates(column: Column, default: str) -> str:
    """The way in which a date column is delivered."""
    return str(column.delivery.get("dates", default))


def read_note(folder: Path, registry: str) -> Note:
    """What `delivery.yml` says; an empty note where there is none. LoadError names a key that is not known."""
    path = folder / NOTE
    if not path.is_file():
        return Note()
    try:
        read = read_yaml(path.read_text(encoding="utf-8"), str(path))
    except (CatalogueError, UnicodeDecodeError):
        raise LoadError(f"{path} cannot be read as YAML in UTF-8. Correct it, or take it away.") from None
    block = cast("Block", read if isinstance(read, dict) else {})
    known = ("registry", "reference_date", "reference", "extracted_on", "complete_to", "without", "numbers_from_2032")
    if wrong := [str(key) for key in block if key not in known] or ([] if isinstance(read, dict) else ["its text"]):
        raise LoadError(f"{path}: {', '.join(wrong)} is not known there. It may hold {', '.join(known)}.")
    if block.get("registry", registry) != registry:
        raise LoadError(f"{path} says that this is a delivery of `{block['registry']}`, not of `{registry}`.")
    for key in ("reference_date", "extracted_on", "complete_to"):
        if block.get(key) is not None and type(block[key]) is not date:
            raise LoadError(f"{path}: `{key}` must be a date such as 1902-05-16.")
    if block.get("reference", "person") != "person":
        raise LoadError(f"{path}: `reference` can only be `person`; write one common date as `reference_date`.")
    return Note(
        reference_date=block.get("reference_date"),
        per_person=True if "reference" in block else None,
        extracted_on=block.get("extracted_on"),
        complete_to=block.get("complete_to"),
        without=frozenset(texts(block.get("without"))),
        from_2032=block.get("numbers_from_2032") is True,
    )


def files_of(delivery: Path) -> tuple[Path, ...]:
    """Every file of a delivery (a folder, or one file), in order of name; hidden files and notes left out."""
    if delivery.is_file():
        return (delivery,)
    if not delivery.is_dir():
        raise LoadError(f"There is no delivery at {delivery}. Name the folder with the delivered files.")
    found = [
        path
        for path in delivery.rglob("*")
        if path.is_file()
        and path.name != NOTE
        and not any(part.startswith(".") for part in path.relative_to(delivery).parts)
    ]
    return tuple(sorted(found))


def matching(files: Iterable[Path], patterns: Iterable[str]) -> tuple[Path, ...]:
    """The files whose name fits one of the patterns, whatever the case of letters."""
    wanted = [pattern.casefold() for pattern in patterns]
    return tuple(path for path in files if any(fnmatchcase(path.name.casefold(), pattern) for pattern in wanted))


def spread(patterns: Iterable[str]) -> Iterator[str]:
    """Column names with runs written out.

    >>> list(spread(["hdiag", "bdiag{1..3}"]))
    ['hdiag', 'bdiag1', 'bdiag2', 'bdiag3']
    """
    for pattern in patterns:
        found = RUN.search(pattern)
        if not found:
            yield pattern
            continue
        for number in range(int(found[1]), int(found[2]) + 1):
            yield f"{pattern[: found.start()]}{number}{pattern[found.end() :]}"
