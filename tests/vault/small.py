"""A small catalogue with every kind of delivery, and deliveries of it made from Python rows.

All persons are made up: their identity numbers have 80 added to the month.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.catalogue.model import Registry
from helseanalyse.catalogue.read import parse_registry
from helseanalyse.vault.identity import synthetic_number
from helseanalyse.vault.load import load
from helseanalyse.vault.open import Vault

POPULATION = """
registry: people
label: {nb: Folk, en: People}
description: {nb: Folk, en: People}
custodian: Nobody
source: made up
universe: true
main: person
delivery:
  person: {column: [fnr], key: national_id}
  dates: iso
  quarantine_share: 0.5
  anchor: {month: [birth_month], offset: [birth_offset]}
tables:
  person:
    grain: person
    label: {nb: Person, en: Person}
    delivery: {files: ["people*.csv", "people*.parquet"]}
    columns:
      sex:
        kind: category
        label: {nb: Kjønn, en: Sex}
        source: [KJOENN]
        levels: {female: {nb: K, en: F, source: ["2"]}, male: {nb: M, en: M, source: ["1"]}}
      born_on: {kind: date, label: {nb: Født, en: Born}, source: [FDATO, birth_offset], required: true}
      died_on: {kind: date, label: {nb: Død, en: Died}, source: [DDATO]}
      mother: {kind: person, label: {nb: Mor, en: Mother}, source: [mor_fnr]}
  home:
    grain: period
    label: {nb: Bosted, en: Home}
    start: moved_in_on
    stop: moved_out_on
    delivery: {files: ["homes*.csv"]}
    columns:
      moved_in_on: {kind: date, label: {nb: Inn, en: In}, source: [fra], required: true}
      moved_out_on: {kind: date, label: {nb: Ut, en: Out}, source: [til]}
      municipality: {kind: code, system: municipality, label: {nb: Kommune, en: Municipality}, source: [kommnr]}
"""

HOSPITAL = """
registry: hospital
label: {nb: Sykehus, en: Hospital}
description: {nb: Sykehus, en: Hospital}
custodian: Nobody
source: made up
main: stay
delivery:
  person: {column: [lopenr, lnr], key: source}
  keys: {files: ["kobling*.csv"], source: [lopenr], national_id: [fnr]}
  dates: offset
  reference_date: 1902-05-16
  quarantine_share: 0.5
tables:
  stay:
    grain: event
    label: {nb: Opphold, en: Stay}
    date: admitted_on
    delivery: {files: ["Aktivitet_*.csv", "Aktivitet_*.parquet"], row: [oppholdLopenr]}
    columns:
      admitted_on: {kind: date, label: {nb: Inn, en: In}, source: [InnDato], required: true}
      discharged_on: {kind: date, label: {nb: Ut, en: Out}, source: [UtDato]}
      level:
        kind: category
        label: {nb: Nivå, en: Level}
        source: [omsorgsniva]
        levels: {inpatient: {nb: D, en: I, source: ["1"]}, outpatient: {nb: P, en: O, source: ["3"]}}
      weight: {kind: float, unit: kg, label: {nb: Vekt, en: Weight}, source: [vekt], least: 0.1, most: 400}
      acute: {kind: bool, label: {nb: Akutt, en: Acute}, source: [akutt]}
      beds: {kind: int, label: {nb: Senger, en: Beds}, source: [senger]}
      ward: {kind: text, label: {nb: Post, en: Ward}, source: [post]}
      main_diagnosis: {kind: code, system: ICD-10, label: {nb: Hoved, en: Main}}
      any_diagnosis:
        kind: codes
        system: ICD-10
        main: main_diagnosis
        label: {nb: Alle, en: Any}
        delivery:
          files: ["Tilstand_*.csv"]
          row: [oppholdlopenr]
          code: [kode]
          first: {column: [Hovedtilstand], value: "1"}
          keep: {column: [kodenavn], values: [ICD-10]}
      procedures:
        kind: codes
        system: NCSP
        label: {nb: Prosedyrer, en: Procedures}
        delivery: {columns: ["ncsp{1..3}"]}
      main_reason: {kind: code, system: ICPC-2, label: {nb: Årsak, en: Reason}}
      reasons:
        kind: codes
        system: ICPC-2
        main: main_reason
        label: {nb: Årsaker, en: Reasons}
        delivery:
          column: [DIAGNOSER]
          separator: ","
          system: {column: [VERK], values: [ICPC-2, ICPC-2B]}
          cut_suffix: {longer_than: 6, drop: 4}
  drug:
    grain: event
    label: {nb: Utlevering, en: Dispensing}
    date: dispensed_on
    order: atc
    delivery: {files: ["lmr_*.csv"]}
    columns:
      dispensed_on: {kind: date, label: {nb: Dato, en: Date}, source: [dager], required: true}
      atc: {kind: code, system: ATC, label: {nb: ATC, en: ATC}, source: [atc5, atc4], required: true}
      packs: {kind: float, label: {nb: Pakninger, en: Packs}, source: [pakn]}
"""

# The hospital's drugs alone: the quickest delivery that has keys, an order and a dictionary.
PHARMACY = HOSPITAL.replace("registry: hospital", "registry: pharmacy").replace("main: stay", "main: drug")
PHARMACY = PHARMACY[: PHARMACY.index("  stay:\n")] + PHARMACY[PHARMACY.index("  drug:\n") :]

REFERENCE = date(1902, 5, 16)


def people() -> Registry:
    """The universe: one row a person, and where they live."""
    return parse_registry(POPULATION, "people.yml")


def hospital(**changes: str) -> Registry:
    """Stays with codes delivered in every way, and drugs sorted by code."""
    text = HOSPITAL
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_registry(text, "hospital.yml")


def pharmacy() -> Registry:
    """Drugs sorted by code, and nothing else."""
    return parse_registry(PHARMACY, "pharmacy.yml")


def pharmacy_folder(path: Path, drugs: Iterable[Sequence[object]]) -> Path:
    """A delivery of the pharmacy."""
    return Folder(path).add("kobling.csv", "lopenr;fnr", key_rows()).add("lmr_2020.csv", DRUG, drugs).noted()


def offset(day: date, reference: date = REFERENCE) -> int:
    """Days from a reference date, as custodians deliver dates."""
    return (day - reference).days


@dataclass(frozen=True)
class Person:
    """One made-up person: identity number, source key in the hospital, birth date, sex."""

    number: str
    key: str
    born_on: date
    sex: str

    @classmethod
    def nth(cls, n: int) -> Person:
        born_on = date(1950, 1, 1) + timedelta(days=17 * n % 15000)
        return cls(synthetic_number(born_on, n // 100 % 300), str(7000 + n), born_on, "12"[n % 2])


def csv(columns: str, rows: Iterable[Sequence[object]]) -> str:
    """The text of a delivered file; None is nothing between two delimiters."""
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join([columns, *lines]) + "\n"


@dataclass
class Folder:
    """A delivery's folder under construction."""

    path: Path
    note: dict[str, str] = field(default_factory=lambda: {"extracted_on": "2024-01-01"})

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, columns: str, rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> Folder:
        (self.path / name).write_bytes(csv(columns, rows).encode(encoding))
        return self

    def without(self, *tables: str) -> Folder:
        self.note["without"] = f"[{', '.join(tables)}]"
        return self

    def noted(self, **keys: str) -> Path:
        """The folder with its delivery.yml written."""
        lines = [f"{key}: {value}\n" for key, value in (self.note | keys).items()]
        (self.path / "delivery.yml").write_text("".join(lines), encoding="utf-8")
        return self.path


def people_folder(path: Path, count: int = 30) -> Path:
    """A sound delivery of the universe."""
    persons = [Person.nth(n) for n in range(count)]
    folder = Folder(path)
    rows = [(p.number, p.sex, p.born_on, None, persons[n // 2].number if n else None) for n, p in enumerate(persons)]
    folder.add("people.csv", "FNR;Kjoenn;fdato;DDATO;mor_fnr", rows)
    homes: list[tuple[object, ...]] = []
    for n, p in enumerate(persons):
        moved = p.born_on + timedelta(days=3000 + n)
        homes += [(p.number, p.born_on, moved, "301"), (p.number, moved, None, "4601")]
    folder.add("homes.csv", "fnr;fra;til;kommnr", homes)
    return folder.noted()


def key_rows(count: int = 30) -> list[tuple[str, str]]:
    """The hospital's key file."""
    return [(p.key, p.number) for p in map(Person.nth, range(count))]


STAY = "lopenr;oppholdLopenr;InnDato;UtDato;omsorgsniva;vekt;akutt;senger;post;ncsp1;ncsp2;ncsp3;DIAGNOSER;VERK"
CODE = "lopenr;oppholdlopenr;kodenavn;kode;Hovedtilstand"
DRUG = "lopenr;dager;atc5;pakn"


def stay(person: int, row: int, day: date, **more: object) -> tuple[object, ...]:
    """One delivered stay."""
    given: dict[str, object] = {"level": 1, "weight": "70,5", "acute": "ja", "beds": 2, "ward": "A"}
    given |= {"ncsp": (None, None, None), "reasons": None, "system": "ICPC-2", "out": offset(day) + 3} | more
    ncsp: Any = given["ncsp"]
    return (
        Person.nth(person).key, row, offset(day), given["out"], given["level"], given["weight"], given["acute"],
        given["beds"], given["ward"], *ncsp, given["reasons"], given["system"],
    )  # fmt: skip


def code(person: int, row: int, what: str | None, main: int = 0, system: str = "ICD-10") -> tuple[object, ...]:
    """One delivered diagnosis."""
    return (Person.nth(person).key, row, system, what, main)


def drug(person: int, day: date, atc: str | None, packs: str = "1,5") -> tuple[object, ...]:
    """One delivered dispensing."""
    return (Person.nth(person).key, offset(day), atc, packs)


def hospital_folder(
    path: Path,
    stays: Iterable[Sequence[object]] = (),
    codes: Iterable[Sequence[object]] = (),
    drugs: Iterable[Sequence[object]] = (),
    keys: Iterable[Sequence[object]] | None = None,
) -> Path:
    """A delivery of the hospital."""
    folder = Folder(path)
    folder.add("kobling.csv", "lopenr;fnr", key_rows() if keys is None else keys)
    folder.add("Aktivitet_SOM.csv", STAY, stays)
    folder.add("Tilstand_som.csv", CODE, codes)
    folder.add("lmr_2020.csv", DRUG, drugs)
    return folder.noted()


def many(count: int, persons: int = 30) -> dict[str, list[tuple[object, ...]]]:
    """Sound rows of every kind, by formula."""
    days = [date(2010, 1, 1) + timedelta(days=n * 37 % 4000) for n in range(count)]
    wards = ("A", "B", "Ø")
    return {
        "stays": [
            stay(
                n * 7 % persons, n, day, level=1 + 2 * (n % 2), weight=f"{50 + n % 40},{n % 10}", ward=wards[n % 3],
                ncsp=("FNG05" if n % 3 else None, "FNG02" if n % 4 == 0 else None, None),
                reasons="K75,A01" if n % 2 else None,
            )
            for n, day in enumerate(days)
        ],
        "codes": [
            line
            for n in range(count)
            for line in (code(n * 7 % persons, n, f"I21.{n % 5}", 1), code(n * 7 % persons, n, "e11.9"))
        ],
        "drugs": [drug(n * 11 % persons, day, f"C10AA0{1 + n % 5}", f"{1 + n % 3},5") for n, day in enumerate(days)],
    }  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """A vault with the universe in it."""

    path: Path

    def load(self, registry: Registry, folder: Path, **more: Any) -> Any:
        return load(registry, folder, self.path, **more)

    @property
    def vault(self) -> Vault:
        return Vault.open(self.path)

    def rows(self, registry: str, statement: str) -> list[tuple[Any, ...]]:
        """What a statement gives on the newest version of a registry."""
        with duckdb.connect(str(self.vault.file(registry)), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def aside(self, registry: str) -> list[tuple[Any, ...]]:
        """The quarantine of the newest version: table, scope, reason, column, delivered."""
        path = self.path / "quarantine" / f"{registry}@{self.vault.latest(registry)}.parquet"
        query = 'SELECT "table", scope, reason, "column", delivered FROM read_parquet(?) ORDER BY ALL'
        with duckdb.connect() as connection:
            return connection.execute(query, [str(path)]).fetchall()


def content(file: Path) -> str:
    """A digest of everything that a registry file holds, in its order."""
    state = hashlib.sha256()
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        for (table,) in tables:
            state.update(f"{table}\n".encode())
            state.update(repr(connection.execute(f'DESCRIBE "{table}"').fetchall()).encode())
            for row in connection.execute(f'SELECT rowid, * FROM "{table}" ORDER BY rowid').fetchall():
                state.update(repr(row).encode())
    return state.hexdigest()


def state_of(folder: Path) -> Mapping[str, str]:
    """Every file of a vault, with a digest of its bytes: to see that nothing changed."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
