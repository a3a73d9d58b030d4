"""From delivered person keys to internal numbers: who is who in this delivery.

Everything works on the distinct keys of a delivery, not on its rows. The result is a table for
each kind of key, `key_national_id` and `key_source`: (key, pid, reason, reference), where pid is
NULL exactly where reason says why. They live in the loader's memory, never in the vault. New numbers
wait in `new_person`, `new_source` and `new_reference` until `keys.commit`.

Who exists is said by the universe registry alone: a load of it gives numbers to the keys of its
main table, in the order of their digests, so that the same persons get the same numbers whatever
the order of the rows, and a load that was killed and begun again gives them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from helseanalyse.catalogue.model import Kind, Table
from helseanalyse.vault import convert, identity
from helseanalyse.vault.database import run, value
from helseanalyse.vault.delivery import Plan
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.keys import KeyFile
from helseanalyse.vault.reasons import Reason
from helseanalyse.vault.source import Source
from helseanalyse.vault.sql import Sql, fill, literal, name

NATIONAL, SOURCE = "national_id", "source"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The sound files of one table, and whether they say who exists."""

    table: Table
    sources: Sequence[Source]
    main: bool  # the universe's main table


@dataclass(frozen=True, slots=True)
class Universe:
    """The population version that persons are looked up in: NAME@V, its registry and its main table."""

    version: str
    registry: str
    people: Sql


def keymap(kind: str) -> Sql:
    """The name of the table that maps keys of a kind."""
    return name(f"key_{kind}")


def person_field(plan: Plan, table: Table, source: Source, columns: Iterable[str]) -> Sql | None:
    """The text of a person key in a file, from the first of the columns that it has."""
    field = source.field(columns)
    if field is None:
        return None
    return convert.key_text(field, national=plan.table_person(table).key == NATIONAL)


def link(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    keys: KeyFile,
    delivered: Sequence[Delivered],
    key_files: Sequence[Source],
    universe: Universe | None,
) -> None:
    """Make the key maps of a delivery. universe: None where the delivery is the universe itself."""
    for statement in (
        Sql("CREATE TEMP TABLE new_person (digest UUID, pid INTEGER)"),
        Sql("CREATE TEMP TABLE new_source (digest UUID, pid INTEGER)"),
        Sql("CREATE TEMP TABLE new_reference (pid INTEGER, day DATE)"),
    ):
        run(connection, statement, "Preparing the keys")
    for kind in (NATIONAL, SOURCE):
        if any(plan.table_person(item.table).key == kind for item in delivered):
            _collect(connection, plan, kind, delivered)
            _identify(connection, plan, keys, kind, key_files)
            _number(connection, plan, keys, kind, universe)
            _add_references(connection, plan, kind, delivered, universe)


def _collect(connection: duckdb.DuckDBPyConnection, plan: Plan, kind: str, delivered: Sequence[Delivered]) -> None:
    """The distinct keys of the delivery, and which of them the universe's main table has."""
    run(connection, Sql("CREATE OR REPLACE TEMP TABLE delivered_key (key VARCHAR, main BOOLEAN)"), "Reading the keys")
    for item in delivered:
        person = plan.table_person(item.table)
        if person.key != kind:
            continue
        groups = [(person.columns, item.main)]
        groups += [(column.source, False) for column in item.table.columns if column.kind is Kind.PERSON]
        for source in item.sources:
            for columns, main in groups:
                field = person_field(plan, item.table, source, columns)
                if field is not None:
                    _collect_column(connection, source, field, main)
    run(
        connection,
        Sql(
            "CREATE OR REPLACE TEMP TABLE delivered_key AS SELECT key, bool_or(main) AS main FROM delivered_key "
            "WHERE key IS NOT NULL GROUP BY key"
        ),
        "Reading the keys",
    )


def _collect_column(connection: duckdb.DuckDBPyConnection, source: Source, field: Sql, main: bool) -> None:
    statement = fill(
        "INSERT INTO delivered_key SELECT DISTINCT {f}, {m} FROM {r}", f=field, m=literal(main), r=source.relation
    )
    run(connection, statement, f"Reading the keys of {source.name}", source.damaged)
    source.forget_rejects(connection)


def _identify(
    connection: duckdb.DuckDBPyConnection, plan: Plan, keys: KeyFile, kind: str, key_files: Sequence[Source]
) -> None:
    """`known_key`: each key with the digest of its identity number, of itself as a source key, and what is wrong."""
    if kind == NATIONAL:
        _refuse_real_persons(connection, plan, Sql("SELECT key FROM delivered_key"))
        run(
            connection,
            fill(
                "CREATE OR REPLACE TEMP TABLE known_key AS SELECT key, main, CAST(NULL AS UUID) AS source_digest, "
                "CASE WHEN good THEN {d} END AS digest, CASE WHEN NOT good THEN {bad} END AS reason "
                "FROM (SELECT key, main, {valid} AS good FROM delivered_key)",
                d=keys.digest_sql(Sql("key")),
                bad=literal(Reason.BAD_NUMBER),
                valid=identity.valid_sql(Sql("key"), from_2032=plan.from_2032),
            ),
            "Checking the identity numbers",
        )
        return
    _read_key_files(connection, plan, key_files)
    _refuse_real_persons(connection, plan, Sql("SELECT DISTINCT number FROM key_file"))
    run(
        connection,
        fill(
            "CREATE OR REPLACE TEMP TABLE known_key AS SELECT key, main, {s} AS source_digest, "
            "CASE WHEN numbers = 1 AND good THEN {d} END AS digest, "
            "CASE WHEN numbers > 1 THEN {two} WHEN numbers = 1 AND NOT good THEN {bad} "
            "WHEN numbers IS NULL AND {told} THEN {none} END AS reason "
            "FROM (SELECT key, main, number, numbers, {valid} AS good FROM delivered_key "
            "LEFT JOIN (SELECT key, min(number) AS number, count(DISTINCT number) AS numbers FROM key_file "
            "GROUP BY key) USING (key))",
            s=keys.source_sql(plan.registry.name, Sql("key")),
            d=keys.digest_sql(Sql("number")),
            two=literal(Reason.TWO_PERSONS),
            bad=literal(Reason.BAD_NUMBER),
            none=literal(Reason.NO_KEY),
            told=literal(bool(key_files)),
            valid=identity.valid_sql(Sql("coalesce(number, '')"), from_2032=plan.from_2032),
        ),
        "Checking the key file",
    )
    run(connection, Sql("DROP TABLE key_file"), "Checking the key file")


def _read_key_files(connection: duckdb.DuckDBPyConnection, plan: Plan, key_files: Sequence[Source]) -> None:
    run(connection, Sql("CREATE OR REPLACE TEMP TABLE key_file (key VARCHAR, number VARCHAR)"), "Reading the key file")
    for source in key_files:
        assert plan.keys is not None
        key, number = source.field(plan.keys.source), source.field(plan.keys.national_id)
        if key is None or number is None:
            raise LoadError(
                f"The key file {source.name} needs one column of {', '.join(plan.keys.source)} and one of "
                f"{', '.join(plan.keys.national_id)}. {source.shown_header}"
            )
        run(
            connection,
            fill(
                "INSERT INTO key_file SELECT {k}, {n} FROM {r} WHERE {k} IS NOT NULL AND {n} IS NOT NULL",
                k=convert.key_text(key, national=False),
                n=convert.key_text(number, national=True),
                r=source.relation,
            ),
            f"Reading the key file {source.name}",
            source.damaged,
        )
        if source.forget_rejects(connection):
            raise LoadError(
                f"The key file {source.name} has rows with a wrong number of columns. A person may be lost with each "
                "of them: correct the file, or ask for it again."
            )


def _refuse_real_persons(connection: duckdb.DuckDBPyConnection, plan: Plan, numbers: Sql) -> None:
    """In a vault of made-up persons every number must show that it is made up, so that no real person gets in."""
    if not plan.synthetic:
        return
    statement = fill(
        "SELECT count(*) FROM ({n}) AS given (number) WHERE {valid} AND NOT {synthetic}",
        n=numbers,
        valid=identity.valid_sql(Sql("number"), from_2032=plan.from_2032),
        synthetic=identity.synthetic_sql(Sql("number")),
    )
    if value(connection, statement, "Checking the identity numbers"):
        raise LoadError(
            "This vault is for made-up persons, and the delivery has identity numbers that real persons can have. "
            "Load it into a vault of its own; made-up persons have numbers with 80 added to the month."
        )


def _find_known(
    connection: duckdb.DuckDBPyConnection, plan: Plan, keys: KeyFile, kind: str, universe: Universe | None
) -> None:
    """`found_key`: each key with the number that the key file has for it: by identity number, or by source key."""
    there = universe.registry if universe else plan.registry.name
    sources, source_pids = Sql(""), Sql("NULL")
    if kind == SOURCE:
        # A project that uses one serial number for everyone needs no key file: the universe's keys are the key.
        sources = fill(
            "LEFT JOIN (SELECT digest, pid FROM keys.source WHERE registry = {r}) AS own "
            "ON own.digest = known.source_digest "
            "LEFT JOIN (SELECT digest, pid FROM keys.source WHERE registry = {t}) AS shared ON shared.digest = {s}",
            r=literal(plan.registry.name),
            t=literal(there),
            s=keys.source_sql(there, Sql("known.key")),
        )
        source_pids = Sql("own.pid, shared.pid")
    run(
        connection,
        fill(
            "CREATE OR REPLACE TEMP TABLE found_key AS SELECT known.key, known.main, known.digest, "
            "known.source_digest, known.reason, coalesce(person.pid, {pids}) AS pid FROM known_key AS known "
            "LEFT JOIN keys.person AS person ON person.digest = known.digest {sources}",
            pids=source_pids,
            sources=sources,
        ),
        "Looking the persons up",
    )


def _number(
    connection: duckdb.DuckDBPyConnection, plan: Plan, keys: KeyFile, kind: str, universe: Universe | None
) -> None:
    """The key map itself: numbers that are known, and for the universe the numbers that are new."""
    _find_known(connection, plan, keys, kind, universe)
    if universe is None:
        _give_numbers(connection, kind)
        known = Sql("SELECT pid FROM found_key WHERE main AND pid IS NOT NULL")
    else:
        known = fill("SELECT pid FROM {p}", p=universe.people)
    run(
        connection,
        fill(
            "CREATE TEMP TABLE {map} AS SELECT key, CASE WHEN there THEN pid END AS pid, CASE "
            "WHEN there THEN NULL WHEN pid IS NOT NULL OR reason IS NULL THEN {unknown} ELSE reason END AS reason, "
            "CAST(NULL AS DATE) AS reference FROM (SELECT *, pid IS NOT NULL AND pid IN ({known}) "
            "AND coalesce(reason, {no_key}) = {no_key} AS there FROM found_key)",
            map=keymap(kind),
            unknown=literal(Reason.UNKNOWN_PERSON),
            no_key=literal(Reason.NO_KEY),
            known=known,
        ),
        "Looking the persons up",
    )
    _remember(connection, kind)
    run(
        connection,
        Sql("DROP TABLE delivered_key; DROP TABLE known_key; DROP TABLE found_key"),
        "Looking the persons up",
    )


def _give_numbers(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Numbers for the keys of the universe's main table that have none, dense, in the order of their digests."""
    identity_of = Sql("digest") if kind == NATIONAL else Sql("coalesce(digest, source_digest)")
    last = value(
        connection,
        Sql(
            "SELECT greatest(coalesce(max(p.pid), 0), coalesce((SELECT max(pid) FROM keys.source), "
            "0)) FROM keys.person p"
        ),
        "Numbering the persons",
    )
    run(
        connection,
        fill(
            "CREATE OR REPLACE TEMP TABLE given AS SELECT who, CAST({last} + row_number() OVER "
            "(ORDER BY who) AS INTEGER) "
            "AS pid FROM (SELECT DISTINCT {i} AS who FROM found_key WHERE main AND pid IS NULL AND reason IS NULL)",
            last=last,
            i=identity_of,
        ),
        "Numbering the persons",
    )
    run(
        connection,
        fill(
            "UPDATE found_key SET pid = given.pid FROM given WHERE found_key.pid IS NULL AND given.who = {i}",
            i=identity_of,
        ),
        "Numbering the persons",
    )
    run(connection, Sql("DROP TABLE given"), "Numbering the persons")


def _remember(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """What the key file must hold once the load is published."""
    chosen = fill("FROM found_key AS f JOIN {m} AS m USING (key) WHERE m.pid IS NOT NULL", m=keymap(kind))
    run(
        connection,
        fill(
            "INSERT INTO new_person SELECT f.digest, min(m.pid) {c} AND f.digest IS NOT NULL GROUP BY f.digest",
            c=chosen,
        ),
        "Noting the keys",
    )
    if kind == SOURCE:
        run(
            connection,
            fill("INSERT INTO new_source SELECT DISTINCT f.source_digest, m.pid {c}", c=chosen),
            "Noting the keys",
        )


def _add_references(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    kind: str,
    delivered: Sequence[Delivered],
    universe: Universe | None,
) -> None:
    """Each person's secret reference date: the 15th of the birth month, less the delivered offset of birth.

    A date recovered so is exact against every other date of the person, and up to 15 days off
    against the calendar. It is used for dates only, never to sharpen a birth date.
    """
    if not plan.per_person:
        return
    if universe is not None:
        days = fill("SELECT pid, day FROM keys.reference WHERE universe = {v}", v=literal(universe.version))
    else:
        run(connection, Sql("CREATE OR REPLACE TEMP TABLE anchor (key VARCHAR, day DATE)"), "Recovering the dates")
        for item in delivered:
            if item.main and plan.table_person(item.table).key == kind:
                for source in item.sources:
                    _read_anchor(connection, plan, item.table, source)
        # Two anchors that disagree are no anchor: the rows will differ too, and be set aside for it.
        days = fill(
            "SELECT pid, min(day) AS day FROM anchor JOIN {m} USING (key) WHERE pid IS NOT NULL AND day IS NOT NULL "
            "GROUP BY pid HAVING min(day) = max(day)",
            m=keymap(kind),
        )
        run(connection, fill("INSERT INTO new_reference {d}", d=days), "Recovering the dates")
        days = Sql("SELECT pid, day FROM new_reference")
    run(
        connection,
        fill("UPDATE {m} SET reference = days.day FROM ({d}) AS days WHERE days.pid = {m}.pid", m=keymap(kind), d=days),
        "Recovering the dates",
    )


def _read_anchor(connection: duckdb.DuckDBPyConnection, plan: Plan, table: Table, source: Source) -> None:
    key = person_field(plan, table, source, plan.table_person(table).columns)
    month, offset = source.field(plan.anchor["month"]), source.field(plan.anchor["offset"])
    if key is None or month is None or offset is None:
        wanted = [*plan.anchor["month"], *plan.anchor["offset"]]
        raise LoadError(
            f"{source.name} lacks a column that gives each person's reference date ({', '.join(wanted)}). "
            "Ask for the birth month and the offset of birth, or give one `reference_date` in delivery.yml."
        )
    decimal = source.decimal(plan.table_form(table).decimal)
    first = convert.day(convert.trimmed(month), Sql("NULL"), "year_month", Sql("NULL"))
    days = convert.whole(convert.parse(convert.trimmed(offset), decimal))
    run(
        connection,
        fill(
            "INSERT INTO anchor SELECT {k}, {f} + 14 - CAST(CASE WHEN abs({d}) < {most} THEN {d} END "
            "AS INTEGER) FROM {r}",
            k=key,
            f=first,
            d=days,
            most=convert.LARGEST_OFFSET,
            r=source.relation,
        ),
        f"Recovering the dates of {source.name}",
        source.damaged,
    )
    source.forget_rejects(connection)
