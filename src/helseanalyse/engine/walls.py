"""The third wall: what the operating system keeps the process that holds the data from doing.

DuckDB's own lock is not enough. `enable_external_access=false` leaves the folder for temporary files open to COPY, and
even the attached files themselves: `COPY (SELECT 1) TO 'npr@1.duckdb' (USE_TMP_FILE false)` overwrites a registry that
is attached read-only, if the rights of the file allow it. The gate refuses COPY. Behind the gate, Linux does: of all
files the process may then read the registries and write below its temporary folder, and it has no network.

Each wall is put up as far as the system knows it, without special rights. A deployment adds its own: another user, a
read-only mount.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from helseanalyse.engine.connection import bytes_of

# linux/landlock.h. The numbers of the calls are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _TRUNCATE = 1 << 7, 1 << 8, 1 << 14
_WITHIN_TEMP = _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many there are, by version; 16 in all later ones
# What DuckDB asks for at its start: how many cores and how much memory there are. It ends at once where it may not.
_OF_THE_MACHINE = ("/proc/self/cgroup", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/fs/cgroup")
_NO_NEW_PRIVILEGES = 38  # linux/prctl.h
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h


def put_up(files: Iterable[Path], temp: Path, *, memory: str, threads: int) -> list[str]:
    """Restricts this process for good, and says by which walls: "memory", "network", "files".

    Called while there is one thread only, since a wall holds for the threads that start after it.
    """
    walls = {"memory": _bound_memory(memory, threads)}
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        walls |= {"network": _leave_network(libc), "files": _bound_files(libc, files, temp)}
    return [wall for wall, stands in walls.items() if stands]


def _bound_memory(memory: str, threads: int) -> bool:
    """What DuckDB's own limit does not see, a fault or a heap in pieces, ends here and not in the swap.

    The system bounds what is reserved, not what is used: in measurements at most 3.3 times DuckDB's limit, while 1.1
    times was in use. So four times, with room for the interpreter and the stacks.
    """
    wall = 4 * bytes_of(memory) + (512 + 32 * threads) * 2**20
    with suppress(ValueError, OSError):  # the system has set a lower one, or does not know it
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the data
        resource.setrlimit(resource.RLIMIT_DATA, (wall, wall))
        return True
    return False


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Into a network without any device. Who is not root needs users of its own for that."""
    return bool(libc.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_USERS | _NEW_NETWORK) == 0)


def _bound_files(libc: ctypes.CDLL, files: Iterable[Path], temp: Path) -> bool:
    """Landlock: nothing on the disk but the registries to read, and the temporary folder; no program to start."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    attributes = struct.pack("<QQ", handled, 3 if version >= 4 else 0)  # from 4 on also TCP: to bind and to connect
    rules = libc.syscall(_CREATE_RULESET, attributes, len(attributes) if version >= 4 else 8, 0)
    if rules < 0:
        return False
    readable = [*files, *map(Path, _OF_THE_MACHINE)]
    for path, rights in [*((path, _READ_FILE) for path in readable), (temp, _WITHIN_TEMP & handled)]:
        with suppress(OSError):  # a file that is missing is reported when it is opened
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("<Qi", rights, place), 0)
            os.close(place)
    stands = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return bool(stands)
