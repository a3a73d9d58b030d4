"""Official code lists that an installation imports: read once, checked, kept in the installation's folder.

Official files are under licences of their own, so they are data of the installation and no part of
the platform. What is imported takes the place of the shipped list of the system: its levels are then
wholly known, so that a code which the list does not hold is an error, and its labels go first.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from helseanalyse.catalogue.codes.model import CodeError, Coverage, Entry
from helseanalyse.catalogue.codes.system import CodeSystem
from helseanalyse.catalogue.codes.table import entries_of, parse_lines

# What official files call their columns, in small letters.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "kode", "kodeverdi", "atc-kode", "atckode", "icd-10", "icpc-2"),
    "nb": ("nb", "navn", "tekst", "kodenavn", "kodetekst", "text", "name", "nb_navn"),
    "en": ("en", "english", "engelsk", "en_name"),
    "since": ("since", "validfrom", "gyldigfra", "gyldig fra", "fradato"),
    "until": ("until", "validto", "gyldigtil", "gyldig til", "tildato"),
}
_HEAD = ("code", "nb", "en", "since", "until")


def import_codes(path: str | Path, system: CodeSystem, folder: str | Path) -> Path:
    """Import an official list (a text file with a head, fields by ; or , or tab) for one system.

    The file must have a column of codes, named `code`, `kode` or as official files do, and may have
    names (`nb`, `navn`, `tekst`; `en`) and first and last days (`gyldigfra`, `gyldigtil`; ISO or
    dd.mm.yyyy). UTF-8 or Latin-1. Writes FOLDER/SYSTEM.tsv, as a whole or not at all, and returns it.
    Raises CodeError where the file cannot be read, has no codes, or holds codes that are none.
    """
    path, folder = Path(path), Path(folder)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CodeError(f"{path} cannot be read: {error.strerror}. Check the path.") from None
    lines = _read(raw, path)
    table: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, start=2):
        code = system.normalise(line["code"].rstrip("*†+"))  # marks of dagger and asterisk codes
        if not code or "-" in code[1:]:  # blank lines, and chapters or blocks written as ranges
            continue
        if system.level(code) is None:
            wrong.append(f"line {number}: `{line['code'][:20]}`")
            continue
        table[code] = {key: _clean(line.get(key, ""), key, path, number) for key in _HEAD} | {"code": code}
    if wrong:
        shown = "; ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise CodeError(f"{path} holds {len(wrong)} codes that are no {system.name} codes: {shown}. Check the file.")
    if not table:
        raise CodeError(f"{path} holds no {system.name} codes. Check that it is the right file.")
    return _write(table, system, folder, hashlib.sha256(raw).hexdigest())


def installed(system: CodeSystem, folder: Path) -> CodeSystem:
    """The system with the list that the installation imported, or the shipped one where there is none."""
    path = _path(system, folder)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return system
    except OSError as error:
        raise CodeError(f"{path} cannot be read: {error.strerror}. Import the list again.") from None
    imported = entries_of(parse_lines(text, str(path)))
    covered = {level.name for level in system.levels if any(level.pattern.fullmatch(code) for code in imported)}
    whole = set(covered)
    for level, example in zip(system.levels, system.examples, strict=True):
        above = system.level(system.normalise(example)[: level.parent])
        if above is not None and above.name in whole:  # what the list does not divide is not divided
            whole.add(level.name)
    levels = tuple(replace(level, coverage=Coverage.WHOLE) if level.name in whole else level for level in system.levels)

    def load() -> dict[str, tuple[Entry, ...]]:
        shipped = system.table
        # Levels that the imported list is silent about keep the shipped codes: official files often
        # leave out the groups above. At a level that it has, its absences count.
        kept = {
            code: entry
            for code, entry in shipped.items()
            if (level := system.level(code)) is not None and level.name not in covered
        }
        return kept | {code: _joined(entry, shipped.get(code)) for code, entry in imported.items()}

    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return replace(system, version=f"imported list {digest}", source=str(path.name), levels=levels, load=load)


def stamp_of(name: str, folder: Path) -> tuple[int, int] | None:
    """When the imported list of a system was written and how long it is, or None where there is none."""
    try:
        found = (folder / f"{name}.tsv").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _joined(entries: tuple[Entry, ...], shipped: tuple[Entry, ...] | None) -> tuple[Entry, ...]:
    """The imported entry, with the shipped label in a language that it does not give."""
    if not shipped:
        return entries
    return tuple(replace(entry, nb=entry.nb or shipped[-1].nb, en=entry.en or shipped[-1].en) for entry in entries)


def _read(raw: bytes, path: Path) -> list[dict[str, str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    head = [name.strip().casefold() for name in rows[0]] if rows else []
    places = {
        key: head.index(found)
        for key, names in _NAMES.items()
        if (found := next((name for name in names if name in head), None)) is not None
    }
    if "code" not in places:
        raise CodeError(
            f"{path} has no column of codes: its first line names {', '.join(head[:8]) or 'nothing'}. "
            "Name the column `code`."
        )
    return [{key: row[place].strip() if place < len(row) else "" for key, place in places.items()} for row in rows[1:]]


def _clean(value: str, key: str, path: Path, number: int) -> str:
    if key not in ("since", "until"):
        return " ".join(value.split())
    if not value:
        return ""
    try:
        if "." in value:
            day, month, year = value.split(".")
            return date(int(year), int(month), int(day)).isoformat()
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise CodeError(f"{path}, line {number}: `{value[:20]}` is no date. Write 2024-01-31 or 31.01.2024.") from None


def _path(system: CodeSystem, folder: Path) -> Path:
    return folder / f"{system.name}.tsv"


def _write(table: Mapping[str, Mapping[str, str]], system: CodeSystem, folder: Path, digest: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(system, folder)
    lines = [f"# {system.name}, imported from a file with SHA-256 {digest}", "\t".join(_HEAD)]
    lines += ["\t".join(table[code][key] for key in _HEAD) for code in sorted(table)]
    unfinished = path.with_suffix(".tsv.new")
    unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unfinished.replace(path)  # whole or not at all
    return path
