"""The walls of the operating system: what a process behind them can still do, and what it could do before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# Each runs in a fresh process, without and with the walls. DuckDB is as it comes: nothing of it is locked here.
SCRIPT = """
    import json, os, shutil, socket, subprocess, sys, warnings
    from pathlib import Path
    import duckdb
    import encodings.idna
    from helseanalyse.engine.walls import put_up

    folder, walled = Path(sys.argv[1]), sys.argv[2] == "walled"
    registry, temp = folder / "npr.duckdb", folder / "temp"
    stands = put_up([registry, folder / "missing"], temp, memory="1GB", threads=2) if walled else []

    connection = duckdb.connect(config={"threads": 2})
    connection.execute(f"ATTACH '{registry}' AS npr (READ_ONLY)")
    connection.execute(f"SET temp_directory = '{temp}'; SET memory_limit = '60MB'")
    query = lambda text: connection.execute(text).fetchall()
    datagram = lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 53))
    # A port that nobody listens on: refused by the machine itself, if one comes that far.
    stream = lambda: socket.socket().connect_ex(("127.0.0.1", 1)) == 111 or 1 / 0

    acts = {
        "query": lambda: query("SELECT sum(pid) FROM npr.episode"),
        "spill": lambda: query("CREATE TEMP TABLE s AS SELECT hash(range) AS a FROM range(4000000) ORDER BY a"),
        "write to temp": lambda: (temp / "a").write_text("a"),
        "COPY over the registry": lambda: query(f"COPY (SELECT 1) TO '{registry}' (USE_TMP_FILE false)"),
        "COPY beside it": lambda: query(f"COPY (SELECT 1) TO '{registry}.wal'"),
        "COPY elsewhere": lambda: query(f"COPY (SELECT 1) TO '{folder}/out.csv'"),
        "read another file": lambda: query(f"SELECT * FROM read_text('{folder}/secret.txt')"),
        "read the environment": lambda: query("SELECT * FROM read_blob('/proc/self/environ')"),
        "attach another file": lambda: query(f"ATTACH '{folder}/new.duckdb' AS new"),
        "open": lambda: (folder / "secret.txt").read_text(),
        "list": lambda: next(folder.iterdir()),
        "make": lambda: (folder / "made").write_text("a"),
        "remove": lambda: (folder / "secret.txt").unlink(),
        "truncate": lambda: os.truncate(registry, 0),
        "move": lambda: registry.rename(temp / "moved"),
        "start a program": lambda: subprocess.run(["/bin/sh", "-c", "exit 0"], check=True),
        "speak to a machine": stream,
        "send to a machine": datagram,
    }
    done = []
    for name, act in acts.items():
        try:
            act()
        except (OSError, duckdb.IOException, ZeroDivisionError):
            continue
        done.append(name)
    print(json.dumps([stands, done]))
"""
ALLOWED = ["query", "spill", "write to temp"]


def acted(folder: Path, walled: str) -> tuple[list[str], list[str]]:
    """The walls that stand, and the acts that were possible."""
    import duckdb

    (folder / "temp").mkdir(parents=True)
    (folder / "secret.txt").write_text("a secret")
    with duckdb.connect(str(folder / "npr.duckdb")) as connection:
        connection.execute("CREATE TABLE episode AS SELECT range::INTEGER AS pid FROM range(100000)")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(SCRIPT), str(folder), walled]
    stands, done = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    return stands, done


def test_behind_the_walls_the_process_reads_its_registries_and_writes_below_temp(tmp_path: Path) -> None:
    before, free = acted(tmp_path / "free", "free")
    stands, walled = acted(tmp_path / "walled", "walled")
    assert before == []
    assert "memory" in stands
    if missing := {"network", "files"} - set(stands):
        pytest.skip(f"this kernel, or this container, does not put up the walls: {', '.join(sorted(missing))}")
    assert walled == ALLOWED
    assert len(free) == 18, "without the walls all of it works, so it is the walls that stop it"
    assert (tmp_path / "walled" / "npr.duckdb").stat().st_size > 10_000
