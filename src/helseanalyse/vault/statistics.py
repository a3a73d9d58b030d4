"""What a finished registry version looks like, for its load report: completeness, years, codes, conflicts.

Read from the new file, attached as `final`, and the population, attached as `universe`.
"""

from __future__ import annotations

import duckdb

from helseanalyse.catalogue.codes import Status, system
from helseanalyse.catalogue.model import Column, Kind, Registry, Table
from helseanalyse.vault import order
from helseanalyse.vault.database import run
from helseanalyse.vault.sql import Sql, commas, either, fill, name
from helseanalyse.vault.tally import ColumnFacts

KNOWN = (Status.LISTED, Status.FINER)


def column_facts(connection: duckdb.DuckDBPyConnection, table: Table) -> list[ColumnFacts]:
    """Completeness of every column, and how many of its codes stand in the code list."""
    target = name("final", table.name)
    plain = order.plain_columns(table)
    counts = run(
        connection,
        fill(
            "SELECT count(*){c} FROM {t}",
            c=Sql("".join(f", count({name(column.name)})" for column in plain)),
            t=target,
        ),
        f"Describing {table.path}",
    )[0]
    filled = dict(zip((column.name for column in plain), counts[1:], strict=True))
    facts = []
    for column in table.columns:
        coded, listed = _codes(connection, table, column)
        if column.kind is Kind.CODES:
            long = name("final", order.long_name(table, column))
            statement = fill('SELECT count(DISTINCT "row") FROM {l}', l=long)
            filled[column.name] = run(connection, statement, f"Describing {table.path}")[0][0]
        facts.append(
            ColumnFacts(
                table=table.name,
                column=column.name,
                rows=counts[0],
                filled=filled[column.name],
                coded=coded,
                listed=listed,
            )
        )
    return facts


def _codes(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> tuple[int, int]:
    """All codes of a column, and those that its list knows."""
    if column.kind not in (Kind.CODE, Kind.CODES) or column.system is None:
        return 0, 0
    if column.kind is Kind.CODES or column.name == table.order:
        statement = fill('SELECT code, "rows" FROM {d}', d=name("final", order.dictionary_name(table, column.name)))
    else:
        statement = fill(
            "SELECT {c}, count(*) FROM {t} WHERE {c} IS NOT NULL GROUP BY ALL",
            c=name(column.name),
            t=name("final", table.name),
        )
    known = system(column.system)
    rows = run(connection, statement, f"Describing {table.path}.{column.name}")
    return sum(count for _, count in rows), sum(count for code, count in rows if known.status(code) in KNOWN)


def rows_by_year(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[int, int]:
    """Rows by the year of the table's date or start; empty where it has none."""
    moment = order.moment(table)
    if moment is None:
        return {}
    statement = fill(
        "SELECT year({m}), count(*) FROM {t} WHERE {m} IS NOT NULL GROUP BY ALL ORDER BY ALL",
        m=name(moment),
        t=name("final", table.name),
    )
    return dict(run(connection, statement, f"Describing {table.path}"))


def conflicts(connection: duckdb.DuckDBPyConnection, registry: Registry, universe: Registry) -> dict[str, int]:
    """Rows that disagree with the population: another sex or birth date, or a date outside the person's life.

    They are counted, not set aside: which registry is right is for the study to say.
    """
    main = universe.table(universe.main)
    shared = [column.name for column in main.columns if column.name in ("sex", "born_on")]
    found: dict[str, int] = {}
    for table in registry.tables:
        # Where a row names a second person, as a birth names the child, nobody can tell whose sex it gives.
        alone = all(column.kind is not Kind.PERSON for column in table.columns)
        rules = [
            (f"{table.name}.{column} is not that of the population", fill("t.{c} <> p.{c}", c=name(column)))
            for column in shared
            if alone and table.has(column)
        ]
        moment = order.moment(table)
        if moment and main.has("born_on") and moment != "born_on":
            rules.append((f"{table.name}.{moment} is before birth", fill("t.{m} < p.born_on", m=name(moment))))
        if moment and main.has("died_on"):
            rules.append((f"{table.name}.{moment} is after death", fill("t.{m} > p.died_on", m=name(moment))))
        if not rules:
            continue
        counts = run(
            connection,
            fill(
                "SELECT {c} FROM {t} AS t JOIN {p} AS p USING (pid) WHERE {any}",
                c=commas(fill("count(*) FILTER (WHERE {r})", r=rule) for _, rule in rules),
                t=name("final", table.name),
                p=name("universe", main.name),
                any=either(rule for _, rule in rules),
            ),
            f"Comparing {table.path} with the population",
        )[0]
        found |= {words: count for (words, _), count in zip(rules, counts, strict=True) if count}
    return found
