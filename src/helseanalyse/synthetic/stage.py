"""A registry of the synthetic Norway as staged tables in a DuckDB connection, ready to publish.

    world = World(100_000, seed=1)
    stage("npr", connection, world)

makes `staged.episode` with `pid` and the columns of the catalogue (`codes` columns as lists). Rows come in
batches of persons, drawn on a second thread while the first batch is being written; their order does
not matter, since publishing sorts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import duckdb
import pyarrow as pa

from helseanalyse.synthetic import dar, kpr, krg, lmr, mfr, npr, population, quality
from helseanalyse.synthetic.world import SyntheticError, World

Maker = Callable[[World, int], dict[str, pa.Table]]
Progress = Callable[[str, int, int], None]

MAKERS: Final[dict[str, Maker]] = {
    "population": population.tables,
    "npr": npr.tables,
    "lmr": lmr.tables,
    "dar": dar.tables,
    "kpr": kpr.tables,
    "mfr": mfr.tables,
    "krg": krg.tables,
    "infarction": quality.infarction_tables,
    "stroke": quality.stroke_tables,
}
REGISTRIES: Final = tuple(MAKERS)


def batches(name: str, world: World, threads: int = 2) -> Iterator[dict[str, pa.Table]]:
    """The tables of a registry, batch after batch, at most `threads` being drawn ahead.

    name: one of REGISTRIES. The values do not depend on `threads`.
    """
    if name not in MAKERS:
        raise SyntheticError(f"The synthetic Norway has no registry called {name!r}. It has: {', '.join(REGISTRIES)}.")
    make = MAKERS[name]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        waiting: list[Future[dict[str, pa.Table]]] = []
        try:
            for batch in range(world.batches):
                waiting.append(pool.submit(make, world, batch))
                if len(waiting) > threads:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for one in waiting:
                one.cancel()


def stage(
    name: str,
    connection: duckdb.DuckDBPyConnection,
    world: World,
    progress: Progress | None = None,
    threads: int = 2,
) -> None:
    """Make the tables of a registry in the schema `staged` of the connection (made where missing).

    progress: called with (words, persons done, persons in all) after each batch.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS staged")
    made: set[str] = set()
    for number, tables in enumerate(batches(name, world, threads)):
        for table, rows in tables.items():
            connection.register("synthetic_batch", rows)
            way = f'INSERT INTO staged."{table}"' if table in made else f'CREATE TABLE staged."{table}" AS'
            connection.execute(f"{way} SELECT * FROM synthetic_batch")
            connection.unregister("synthetic_batch")
            made.add(table)
        if progress:
            progress(f"Drawing {name}", int(world.pids(number)[-1]), world.total)
