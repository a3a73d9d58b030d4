"""Kills, interrupts, a full disk and two loads at once: the vault is as it was, or has the new version whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.vault.small import (
    Loaded,
    content,
    hospital,
    hospital_folder,
    many,
    people,
    people_folder,
    pharmacy,
    pharmacy_folder,
    state_of,
)

from helseanalyse.catalogue.model import Registry
from helseanalyse.vault import disk, keys
from helseanalyse.vault.database import FULL
from helseanalyse.vault.errors import LoadError, VaultError
from helseanalyse.vault.load import load
from helseanalyse.vault.open import Vault
from helseanalyse.vault.write import NewVersion

# Children are forked from a server that has imported everything and opened nothing.
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.vault.test_interrupted"])

ROWS = 400
# A registry itself cannot be sent to a child, so what makes it is.
Place = tuple[
    Callable[[], Registry], Path, Path, str
]  # registry, vault with its version 1, delivery of version 2, what that holds


def loading(registry: Callable[[], Registry], vault: Path, delivery: Path) -> None:
    """What a child does."""
    load(registry(), delivery, vault)


def make_place(registry: Callable[[], Registry], old: Path, new: Path, first_vault: Path, folder: Path) -> Place:
    shutil.copytree(first_vault, folder / "vault")
    load(registry(), old, folder / "vault")
    shutil.copytree(folder / "vault", folder / "after")
    load(registry(), new, folder / "after")
    return registry, folder / "vault", new, content(Vault.open(folder / "after").file(registry().name, 2))


@pytest.fixture(scope="module")
def small_place(first_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A vault with pharmacy@1, and the delivery that is to become pharmacy@2."""
    folder = tmp_path_factory.mktemp("pharmacy")
    old, new = (pharmacy_folder(folder / str(rows), many(rows)["drugs"]) for rows in (20, ROWS))
    return make_place(pharmacy, old, new, first_vault, folder)


@pytest.fixture(scope="module")
def place(first_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A vault with hospital@1, and the delivery that is to become hospital@2."""
    folder = tmp_path_factory.mktemp("hospital")
    old, new = (hospital_folder(folder / str(rows), **many(rows)) for rows in (20, ROWS))
    return make_place(hospital, old, new, first_vault, folder)


def check_after_a_kill(place: Place, vault: Path) -> bool:
    """The old version untouched, the new one whole or not there; then load again. Returns whether it was there."""
    registry, before, delivery, wanted = place
    at_rest, name = Vault.open(vault), registry().name
    published = at_rest.versions(name) == (1, 2)
    assert at_rest.versions(name) in ((1,), (1, 2))
    kept = {name: digest for name, digest in state_of(before).items() if name.startswith("registries")}
    assert {name: digest for name, digest in state_of(vault).items() if name in kept} == kept
    for number in at_rest.versions(name):
        assert disk.digest_of(at_rest.file(name, number)) == at_rest.manifest(name, number).sha256
    again = load(registry(), delivery, vault)
    assert again.changed != published
    assert content(at_rest.file(name, 2)) == wanted
    assert not (vault / "work").exists()
    assert {path.name for path in (vault / "registries").iterdir()} == {
        f"{version}{ending}" for version in ("people@1", f"{name}@1", f"{name}@2") for ending in (".duckdb", ".json")
    }
    return published


def kill_at_random(place: Place, folder: Path, times: int, seed: int) -> None:
    registry, vault, delivery, _ = place
    chance = random.Random(seed)
    length, killed = 0.0, 0  # how long a load takes here and now
    for turn in range(times):
        copy = folder / f"vault{turn}"
        shutil.copytree(vault, copy)
        child = server.Process(target=loading, args=(registry, copy, delivery))
        begun = time.monotonic()
        child.start()
        # The first two run to their end: one to start the server of children, one to be timed.
        child.join(None if turn < 2 else chance.uniform(0, length))
        child.kill()
        child.join()
        if child.exitcode == 0:
            length = time.monotonic() - begun
        killed += child.exitcode == -signal.SIGKILL
        check_after_a_kill(place, copy)
        shutil.rmtree(copy)
    assert killed > times // 4  # else the moments were no moments of a load


def test_killed_at_any_moment(small_place: Place, tmp_path: Path) -> None:
    kill_at_random(small_place, tmp_path, times=28, seed=7)


@pytest.mark.slow  # a hundred times, with codes of every kind: some minutes
def test_killed_at_very_many_moments(place: Place, tmp_path: Path) -> None:
    kill_at_random(place, tmp_path, times=100, seed=11)


# ---------------------------------------------------------------- at the moments that matter
def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before_call(number: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Dies just before the call of that number, from 1."""
    left = [number]

    def counted(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            die()
        return call(*args, **more)

    return counted


def dying(registry: Callable[[], Registry], vault: Path, delivery: Path, where: str, number: int) -> None:
    """A load that dies at a named point."""
    if where == "keys":
        keys.commit = before_call(number, keys.commit) if number == 1 else lambda *a: (COMMIT(*a), die())
    elif where == "place":
        disk.place = before_call(number, disk.place)
    load(registry(), delivery, vault)


COMMIT = keys.commit

# A version is placed as: the DuckDB file, the report, the quarantine, and then the manifest.
POINTS = [
    ("keys", 1, False),
    ("keys", 2, False),
    ("place", 1, False),
    ("place", 2, False),
    ("place", 3, False),
    ("place", 4, False),
    ("place", 5, True),
]


@pytest.mark.parametrize(("where", "number", "published"), POINTS)
def test_killed_at_the_moments_that_matter(
    small_place: Place, tmp_path: Path, where: str, number: int, published: bool
) -> None:
    registry, vault, delivery, _ = small_place
    shutil.copytree(vault, tmp_path / "vault")
    child = server.Process(target=dying, args=(registry, tmp_path / "vault", delivery, where, number))
    child.start()
    child.join(60)
    assert child.exitcode == (0 if published else -signal.SIGKILL)
    assert check_after_a_kill(small_place, tmp_path / "vault") == published


def test_a_first_load_that_was_killed_gives_the_same_numbers_when_it_is_begun_again(tmp_path: Path) -> None:
    delivery = people_folder(tmp_path / "d", 200)
    child = server.Process(target=loading, args=(people, tmp_path / "vault", delivery))
    child.start()
    secret = tmp_path / "vault" / "keys" / "secret"
    while not secret.exists() and child.is_alive():
        time.sleep(0.001)
    child.kill()
    child.join()
    assert secret.exists()
    (tmp_path / "other").mkdir(mode=0o700)
    shutil.copy2(secret, tmp_path / "other" / "secret")
    load(people(), delivery, tmp_path / "vault")
    load(people(), delivery, tmp_path / "reference", keys=tmp_path / "other")
    first, second = (Vault.open(tmp_path / name).file("people") for name in ("vault", "reference"))
    assert content(first) == content(second)


# ---------------------------------------------------------------- interrupts
def test_interrupted_at_every_step(loaded: Loaded, tmp_path: Path) -> None:
    folder = pharmacy_folder(tmp_path / "d", many(20)["drugs"])
    before = state_of(loaded.path)
    steps: list[str] = []
    at = 0
    while True:
        at += 2
        told: list[str] = []

        def stop(words: str, done: int, total: int, told: list[str] = told, at: int = at) -> None:
            told.append(words)
            if len(told) == at:
                raise KeyboardInterrupt

        try:
            loaded.load(pharmacy(), folder, progress=stop)
        except KeyboardInterrupt:
            if told[-1] == "Done":
                break
            assert state_of(loaded.path) == before, told[-1]
            assert not (loaded.path / "work").exists()
            steps.append(told[-1])
        else:
            break
    assert len(steps) >= 5
    assert loaded.vault.versions("pharmacy") == (1,)


def interrupted(registry: Callable[[], Registry], vault: Path, delivery: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        load(registry(), delivery, vault)
    except KeyboardInterrupt:
        os._exit(130)
    os._exit(0)


def test_interrupted_from_the_keyboard_inside_a_statement(small_place: Place, tmp_path: Path) -> None:
    registry, vault, delivery, _ = small_place
    chance = random.Random(3)
    before = state_of(vault)
    codes = []
    for turn in range(6):
        copy = tmp_path / f"vault{turn}"
        shutil.copytree(vault, copy)
        child = server.Process(target=interrupted, args=(registry, copy, delivery))
        child.start()
        time.sleep(chance.uniform(0.05, 0.3))
        if child.pid is not None and child.is_alive():
            os.kill(child.pid, signal.SIGINT)
        child.join(60)
        codes.append(child.exitcode)
        assert child.exitcode in (0, 130, 1)  # 1: before the load's own handling began
        if child.exitcode == 130 and Vault.open(copy).latest(registry().name) == 1:
            # The key file may have been opened and closed; what it says is the same.
            changed = {name for name, digest in state_of(copy).items() if before.get(name) != digest}
            assert changed <= {"keys/keys.duckdb"}
            assert not (copy / "work").exists()
    assert 130 in codes


# ---------------------------------------------------------------- a full disk
def with_small_files(registry: Callable[[], Registry], vault: Path, delivery: Path, most: int, answer: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        load(registry(), delivery, vault)
    except VaultError as error:
        answer.put(str(error))
    else:
        answer.put("loaded")


@pytest.mark.parametrize("most", [100_000, 300_000, 900_000])
def test_a_file_that_cannot_grow_is_a_full_disk(place: Place, tmp_path: Path, most: int) -> None:
    registry, vault, delivery, wanted = place
    shutil.copytree(vault, tmp_path / "vault")
    before = state_of(vault)
    answer = server.Queue()
    child = server.Process(target=with_small_files, args=(registry, tmp_path / "vault", delivery, most, answer))
    child.start()
    message = answer.get(timeout=60)
    child.join(60)
    assert message.endswith(f"failed. {FULL}")
    assert {name: digest for name, digest in state_of(tmp_path / "vault").items() if not name.startswith("keys")} == {
        name: digest for name, digest in before.items() if not name.startswith("keys")
    }
    load(registry(), delivery, tmp_path / "vault")
    assert content(Vault.open(tmp_path / "vault").file(registry().name, 2)) == wanted


def test_a_disk_that_is_full(small_place: Place, tmp_path: Path) -> None:
    registry, vault, delivery, _ = small_place
    small = tmp_path / "small"
    small.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(small)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("A small disk can only be mounted by root.")
    try:
        shutil.copytree(vault, small / "vault")
        before = state_of(small / "vault")
        free = shutil.disk_usage(small).free
        (small / "filler").write_bytes(b"x" * (free - 700_000))
        with pytest.raises(VaultError, match=re.escape(FULL)):
            load(registry(), delivery, small / "vault")
        assert state_of(small / "vault") == before
        (small / "filler").unlink()
        assert load(registry(), delivery, small / "vault").version == 2
    finally:
        subprocess.run(["umount", str(small)], check=True)


# ---------------------------------------------------------------- two at once
def test_a_second_load_is_refused_at_once(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", **many(20))
    message = rf"\AAnother load is using the vault {loaded.path}\. Wait for it to end, then run this one again\.\Z"
    with NewVersion(loaded.path, people()):
        before = state_of(loaded.path)
        with pytest.raises(LoadError, match=message):
            loaded.load(hospital(), folder)
        assert state_of(loaded.path) == before
    assert loaded.load(hospital(), folder).changed


def answering(registry: Callable[[], Registry], vault: Path, delivery: Path, answer: Any) -> None:
    try:
        answer.put("loaded" if load(registry(), delivery, vault).changed else "same")
    except VaultError as error:
        answer.put(str(error).split()[0])


def test_of_two_loads_at_once_one_is_done(small_place: Place, tmp_path: Path) -> None:
    registry, vault, delivery, wanted = small_place
    shutil.copytree(vault, tmp_path / "vault")
    answer = server.Queue()
    children = [
        server.Process(target=answering, args=(registry, tmp_path / "vault", delivery, answer)) for _ in range(3)
    ]
    for child in children:
        child.start()
    answers = sorted(answer.get(timeout=60) for _ in children)
    for child in children:
        child.join(60)
    assert answers.count("loaded") == 1
    assert set(answers) <= {"loaded", "same", "Another"}
    assert content(Vault.open(tmp_path / "vault").file(registry().name, 2)) == wanted
