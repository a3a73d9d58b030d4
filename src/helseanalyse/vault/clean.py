"""What only the whole table shows: duplicates, unknown persons, two rows for one, overlapping periods, odd codes."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Column, Grain, Kind
from helseanalyse.vault import codefile, order
from helseanalyse.vault.database import run, value
from helseanalyse.vault.reasons import DUPLICATE, Reason
from helseanalyse.vault.sql import Sql, commas, fill, literal, name, names
from helseanalyse.vault.stage import Reading, columns_read, inline


def clean(connection: duckdb.DuckDBPyConnection, reading: Reading, people: Sql | None) -> None:
    """Mark every row of `loaded.<table>` that cannot stay.

    people: in the universe, a query for the persons of its main table, for its other tables.
    """
    doing = f"Checking {reading.table.path}"
    if people is not None:
        run(
            connection,
            fill(
                'UPDATE {t} SET "#fault" = {f} WHERE "#fault" IS NULL AND pid NOT IN ({p})',
                t=_loaded(reading),
                f=reading.faults.number(Reason.UNKNOWN_PERSON),
                p=people,
            ),
            doing,
        )
    _mark_strange_codes(connection, reading, doing)
    if reading.finds_twins:
        _mark_twins(connection, reading, doing)
    if reading.by_row:
        _mark_rows_named_twice(connection, reading, doing)
    if reading.table.grain is Grain.PERSON and reading.keyed:
        again = fill('SELECT pid FROM {t} WHERE "#fault" IS NULL GROUP BY pid HAVING count(*) > 1', t=_loaded(reading))
        _mark(connection, reading, Reason.TWICE, "", fill("pid IN ({again})", again=again), doing)
    if reading.table.grain is Grain.PERIOD and not reading.table.overlaps:
        _mark_overlaps(connection, reading, doing)


def _loaded(reading: Reading) -> Sql:
    return name("loaded", reading.table.name)


def _mark(
    connection: duckdb.DuckDBPyConnection, reading: Reading, reason: str, column: str, condition: Sql, doing: str
) -> None:
    run(
        connection,
        fill(
            'UPDATE {t} SET "#fault" = {f} WHERE "#fault" IS NULL AND {c}',
            t=_loaded(reading),
            f=reading.faults.number(reason, column),
            c=condition,
        ),
        doing,
    )


def _mark_twins(connection: duckdb.DuckDBPyConnection, reading: Reading, doing: str) -> None:
    """All but one of each set of rows that were delivered alike, in every column, the unused ones too.

    The hash only proposes: rows are the same when every column that is kept agrees besides.
    """
    kept = names(["pid", *(column.name for column in columns_read(reading.table))])
    again = fill(
        'SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY "#twin", {kept} ORDER BY '
        "rowid) AS nth FROM {t} "
        'WHERE "#fault" IS NULL AND "#twin" IN (SELECT "#twin" FROM {t} WHERE "#fault" IS NULL GROUP BY "#twin" '
        "HAVING count(*) > 1)) WHERE nth > 1",
        kept=kept,
        t=_loaded(reading),
    )
    _mark(connection, reading, DUPLICATE, "", fill("rowid IN ({a})", a=again), doing)


def _mark_rows_named_twice(connection: duckdb.DuckDBPyConnection, reading: Reading, doing: str) -> None:
    """Rows that share a row number: nobody can say which of them the codes belong to."""
    key = Sql('pid, "#row"' if reading.by_person else '"#row"')
    again = fill(
        'SELECT {k} FROM {t} WHERE "#fault" IS NULL AND "#row" IS NOT NULL GROUP BY {k} HAVING count(*) > 1',
        k=key,
        t=_loaded(reading),
    )
    _mark(connection, reading, Reason.ROW_TWICE, "", fill("({k}) IN ({a})", k=key, a=again), doing)


def _mark_overlaps(connection: duckdb.DuckDBPyConnection, reading: Reading, doing: str) -> None:
    """Every period that shares a day with another of the person: no choice is made between them."""
    start, stop = name(reading.table.start or ""), name(reading.table.stop or "")
    over = fill(
        "SELECT rowid FROM (SELECT rowid, {start} AS start, coalesce({stop}, DATE '9999-12-31') AS stop, "
        "max(coalesce({stop}, DATE '9999-12-31')) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before, "
        "min({start}) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after FROM {t} "
        'WHERE "#fault" IS NULL '
        "WINDOW w AS (PARTITION BY pid ORDER BY {start}, {stop} NULLS LAST, rowid)) WHERE before > "
        "start OR after < stop",
        start=start,
        stop=stop,
        t=_loaded(reading),
    )
    _mark(connection, reading, Reason.OVERLAP, "", fill("rowid IN ({o})", o=over), doing)


# ---------------------------------------------------------------- codes
def _mark_strange_codes(connection: duckdb.DuckDBPyConnection, reading: Reading, doing: str) -> None:
    """Codes without a form of their system become unknown; where one is required, the row is set aside.

    A registry has a few thousand different codes, so the forms are looked at once a code, not once a row.
    """
    for column in columns_read(reading.table):
        if column.kind not in (Kind.CODE, Kind.CODES):
            continue
        strange = strange_codes(connection, reading, column, doing)
        if not strange:
            continue
        codes = commas(map(literal, strange))
        field = name(column.name)
        if column.kind is Kind.CODE and column.required:
            _mark(connection, reading, Reason.CODE, column.name, fill("{f} IN ({c})", f=field, c=codes), doing)
        elif column.kind is Kind.CODE:
            _lose(
                connection, reading, column, fill("{f} IN ({c})", f=field, c=codes), Sql("NULL"), fill("[{f}]", f=field)
            )
        else:
            bad = fill("list_filter({f}, lambda x: x IN ({c}))", f=field, c=codes)
            first = Sql(f"[CASE WHEN {field}[1] IN ({codes}) THEN NULL ELSE {field}[1] END] || ")
            rest = fill(
                "list_filter({f}{cut}, lambda x: x NOT IN ({c}))",
                f=field,
                c=codes,
                cut=Sql("[2:]" if column.main else ""),
            )
            kept = fill("{first}{rest}", first=first if column.main else Sql(""), rest=rest)
            _lose(connection, reading, column, fill("len({b}) > 0", b=bad), kept, bad)


def _lose(
    connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, condition: Sql, kept: Sql, lost: Sql
) -> None:
    """Make values unknown and note them with the row."""
    run(
        connection,
        fill(
            'UPDATE {t} SET {f} = {kept}, "#lost" = coalesce("#lost", []) || list_transform({lost}, lambda x: '
            'struct_pack("column" := {n}, reason := {r}, "value" := x)) WHERE "#fault" IS NULL AND {c}',
            t=_loaded(reading),
            f=name(column.name),
            kept=kept,
            lost=lost,
            n=literal(column.name),
            r=literal(Reason.CODE),
            c=condition,
        ),
        f"Checking the codes of {reading.table.path}.{column.name}",
    )


def strange_codes(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, doing: str) -> list[str]:
    """The codes of a column that have no form of its system."""
    codes = fill("unnest({f})" if column.kind is Kind.CODES else "{f}", f=name(column.name))
    found = run(
        connection,
        fill('SELECT DISTINCT {c} AS code FROM {t} WHERE "#fault" IS NULL', c=codes, t=_loaded(reading)),
        doing,
    )
    own = system(column.system or "")
    return sorted(code for (code,) in found if code is not None and own.level(code) is None)


# ---------------------------------------------------------------- the good rows
def stage_good_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """The view `staged.<table>` of the rows that stay, with the codes of code files."""
    table = reading.table
    fields, joins = [], []
    for column in table.columns:
        if column.kind is Kind.CODES and not inline(column):
            lists = name(f"list {column.name}")
            joins.append(
                fill(
                    'LEFT JOIN {l} AS {a} ON {a}.pid = good.pid AND {a}."#row" = good."#row"',
                    l=codefile.list_name(reading, column),
                    a=lists,
                )
            )
            fields.append(fill("{a}.codes AS {n}", a=lists, n=name(column.name)))
        elif column.name not in order.mains(table):
            fields.append(fill("good.{n}", n=name(column.name)))
    pid = Sql("good.pid")
    if not reading.keyed:
        # Without a key a row is a person, numbered by what it says: not by where it stood in the file.
        key = order.order_by(column.name for column in columns_read(table))
        pid = fill("CAST(row_number() OVER (ORDER BY {k}) AS INTEGER) AS pid", k=key)
    run(
        connection,
        fill(
            'CREATE VIEW {v} AS SELECT {p}, {f} FROM {t} AS good {j} WHERE "#fault" IS NULL',
            v=name("staged", table.name),
            p=pid,
            f=commas(fields),
            t=_loaded(reading),
            j=Sql(" ".join(joins)),
        ),
        f"Preparing {table.path}",
    )


def forget_unknown_relatives(connection: duckdb.DuckDBPyConnection, reading: Reading, people: Sql) -> None:
    """In the universe, relations to persons whose own row was set aside become unknown, and are noted."""
    for column in _relations(reading):
        condition = fill("{c} NOT IN ({p})", c=name(column.name), p=people)
        if value(
            connection,
            fill('SELECT count(*) FROM {t} WHERE "#fault" IS NULL AND {c}', t=_loaded(reading), c=condition),
            f"Checking {reading.table.path}.{column.name}",
        ):
            run(
                connection,
                fill(
                    'UPDATE {t} SET {f} = NULL, "#lost" = coalesce("#lost", []) || [struct_pack("column" := {n}, '
                    'reason := {r}, "value" := CAST(NULL AS VARCHAR))] WHERE "#fault" IS NULL AND {c}',
                    t=_loaded(reading),
                    f=name(column.name),
                    n=literal(column.name),
                    r=literal(Reason.UNKNOWN_PERSON),
                    c=condition,
                ),
                f"Checking {reading.table.path}.{column.name}",
            )


def _relations(reading: Reading) -> Iterator[Column]:
    return (column for column in columns_read(reading.table) if column.kind is Kind.PERSON)
