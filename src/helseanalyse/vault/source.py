"""One delivered file: checked byte by byte before anything of it is believed, then read as text columns.

Every value is read as text; `convert` gives it its meaning. A CSV is looked at once from first to
last byte: its digest, its encoding (the catalogue's are tried strictly, in order), bytes that no
text has, whether its last row is whole. Only then does DuckDB read it, and rows with a wrong
number of columns are set aside rather than guessed at.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from helseanalyse.vault.database import run, translated
from helseanalyse.vault.delivery import Form
from helseanalyse.vault.disk import digest_of
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.sql import Sql, commas, fill, literal, name

PIECE = 1 << 22
C1 = re.compile(rb"[\x80-\x9f]")  # control characters in latin-1, letters in windows-1252: a sign of the wrong one
NATIVE = ("utf-8", "latin-1")  # what DuckDB reads by itself; others are rewritten first
SAME = {"utf8": "utf-8", "utf-8-sig": "utf-8", "iso-8859-1": "latin-1", "latin1": "latin-1", "cp1252": "windows-1252"}
NAME = re.compile(r"[^\W\d][\w .-]*\Z")
BREAKS = "\n\r"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A delivered file that was found sound.

    name: as people know it. fields: for each delivered column, by its name in small letters, the
    expression that gives its text. header: the column names as delivered. relation: what to put
    after FROM. quotes, lines: whether a CSV has quotes, and its line breaks.
    """

    path: Path
    name: str
    digest: str
    size: int
    encoding: str  # "" for Parquet
    header: tuple[str, ...]
    fields: Mapping[str, Sql]
    relation: Sql
    quotes: bool = False
    lines: int = 0
    note: str = ""

    @property
    def parquet(self) -> bool:
        """Whether the file is Parquet; else it is CSV."""
        return self.encoding == ""

    @property
    def shown_header(self) -> str:
        """The delivered column names, for messages; a first line that may be a row of data is never shown."""
        if all(NAME.match(cell) for cell in self.header):
            return f"It has {', '.join(self.header)}."
        return "Its first line does not look like column names."

    @property
    def damaged(self) -> str:
        """What to say where the file, found sound at first, cannot be read to its end."""
        if self.parquet:
            return f"{self.name} is damaged: a part of it cannot be read. Ask for the file again."
        return (
            f"{self.name} cannot be read as a table of {len(self.header)} columns: its line breaks are mixed, or it is "
            "damaged. Ask for the file again."
        )

    def decimal(self, written: str) -> str:
        """The decimal sign of its numbers: a Parquet file has numbers, and they come with a point."""
        return "." if self.parquet else written

    def forget_rejects(self, connection: duckdb.DuckDBPyConnection) -> list[int]:
        """The numbers of the lines that the last reading could not take apart; the list itself is dropped."""
        if self.parquet:
            return []
        doing = f"Reading {self.name}"
        # A quote that is never closed swallows the rows after it, so it is no matter of one row.
        found = run(
            connection,
            Sql(
                "SELECT line, bool_or(contains(trim(csv_line, e'\\r\\n'), e'\\n')) FROM rejected "
                "GROUP BY line ORDER BY line"
            ),
            doing,
        )
        run(connection, Sql("DROP TABLE rejected; DROP TABLE rejected_scan"), doing)
        if open_quotes := [line for line, runs_on in found if runs_on]:
            raise LoadError(
                f"{self.name} has a quotation mark on line {open_quotes[0]} that is not closed on "
                "that line, so the rows "
                "after it cannot be told apart. Correct the file, or ask for it again."
            )
        return [int(line) for line, _ in found]

    def field(self, names: Iterable[str]) -> Sql | None:
        """The text of the first of these columns that the file has, or None."""
        for wanted in names:
            if wanted.casefold() in self.fields:
                return self.fields[wanted.casefold()]
        return None


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over the bytes of a text file shows."""

    digest: str
    utf8: bool
    nul: bool
    lines: int
    quotes: bool
    utf16: bool  # begins with the mark of UTF-16


def open_source(connection: duckdb.DuckDBPyConnection, path: Path, shown: str, form: Form, work: Path) -> Source:
    """The file as a source; LoadError where it is empty, damaged, cut off, or in another encoding."""
    with translated(f"Reading {shown}", LoadError):
        if path.stat().st_size == 0:
            raise LoadError(f"{shown} is empty. Ask for the file again, or take it out of the folder.")
        if path.suffix.lower() in (".parquet", ".pq"):
            return _parquet(connection, path, shown)
        return _text(path, shown, form, work)


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, shown: str) -> Source:
    relation = fill("read_parquet({p}, hive_partitioning = false)", p=literal(path))
    damaged = f"{shown} is no whole Parquet file: it is damaged or cut off. Ask for the file again."
    with translated(f"Reading {shown}", LoadError, otherwise=damaged):
        columns = connection.execute(fill("DESCRIBE SELECT * FROM {r}", r=relation)).fetchall()
    header = tuple(str(column[0]) for column in columns)
    fields = {str(column[0]).casefold(): _as_text(name(str(column[0])), str(column[1])) for column in columns}
    _check_header(header, shown)
    return Source(
        path=path,
        name=shown,
        digest=digest_of(path),
        size=path.stat().st_size,
        encoding="",
        header=header,
        fields=fields,
        relation=relation,
    )


def _as_text(field: Sql, kind: str) -> Sql:
    """A typed column as the text that a CSV would have: dates in ISO form, whole numbers without a point."""
    if kind.startswith(("TIMESTAMP", "DATE")):
        return fill("CAST(CAST({f} AS DATE) AS VARCHAR)", f=field)
    if kind in ("DOUBLE", "FLOAT"):
        whole = fill("{f} = floor({f}) AND abs({f}) < 9e15", f=field)
        return fill(
            "CASE WHEN {w} THEN CAST(CAST({f} AS BIGINT) AS VARCHAR) ELSE CAST({f} AS VARCHAR) END", w=whole, f=field
        )
    return fill("CAST({f} AS VARCHAR)", f=field)


def _text(path: Path, shown: str, form: Form, work: Path) -> Source:
    look = _look(path)
    encoding = _encoding(path, shown, form, look)
    read, native = path, encoding
    if encoding not in NATIVE:
        read, native = work / f"{look.digest[:16]}.csv", "utf-8"
        _rewrite(path, read, encoding)
    with read.open(encoding="utf-8-sig" if native == "utf-8" else native, newline="") as handle:
        first = handle.readline()
    header = tuple(cell.strip() for cell in next(csv.reader([first.rstrip(BREAKS)], delimiter=form.delimiter), []))
    _check_header(header, shown)
    note = _check_end(read, shown, form, native, len(header))
    return Source(
        path=path,
        name=shown,
        digest=look.digest,
        size=path.stat().st_size,
        encoding=encoding,
        header=header,
        fields={cell.casefold(): name(f"c{at}") for at, cell in enumerate(header)},
        relation=_csv(read, native, form, len(header), look),
        quotes=look.quotes,
        lines=look.lines,
        note=note,
    )


def _look(path: Path) -> Look:
    """One pass over the bytes."""
    state, decoder = sha256(), codecs.getincrementaldecoder("utf-8")("strict")
    utf8, nul, quotes, lines, utf16 = True, False, False, 0, None
    with path.open("rb") as handle:
        while piece := handle.read(PIECE):
            state.update(piece)
            if utf16 is None:
                utf16 = piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            nul = nul or b"\0" in piece
            quotes = quotes or b'"' in piece
            lines += piece.count(b"\n")
            if utf8 and (not piece.isascii() or decoder.getstate()[0]):
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError:
                    utf8 = False
    if utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    return Look(state.hexdigest(), utf8, nul, lines, quotes, bool(utf16))


def _encoding(path: Path, shown: str, form: Form, look: Look) -> str:
    """The first of the catalogue's encodings that every byte of the file fits."""
    tried = [SAME.get(encoding.lower(), encoding.lower()) for encoding in form.encodings]
    for encoding in tried:
        if encoding == "utf-8":
            fits = look.utf8 and not look.nul
        elif encoding == "latin-1":
            fits = not look.nul and not _any_c1(path)
        else:
            fits = _decodes(path, encoding)
        if fits:
            return encoding
    if look.nul and not look.utf16:
        raise LoadError(f"{shown} holds bytes that no text has: it is damaged, or not a text file. Ask for it again.")
    raise LoadError(
        f"{shown} is not in {' or '.join(tried)}, the encodings that the catalogue names. "
        f"Add its encoding to the delivery block (it may be {'utf-16' if look.nul else 'windows-1252'}), "
        "or ask for the file in UTF-8."
    )


def _any_c1(path: Path) -> bool:
    with path.open("rb") as handle:
        while piece := handle.read(PIECE):
            if not piece.isascii() and C1.search(piece):
                return True
    return False


def _decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        with path.open("rb") as handle:
            while piece := handle.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except LookupError:
        raise LoadError(f"The catalogue names the encoding {encoding}, which is not known. Correct its name.") from None
    except UnicodeError:
        return False
    return True


def _rewrite(path: Path, target: Path, encoding: str) -> None:
    """The file in UTF-8, for an encoding that DuckDB does not read."""
    with path.open(encoding=encoding, newline="") as read, target.open("w", encoding="utf-8", newline="") as write:
        while piece := read.read(PIECE):
            write.write(piece)


def _check_header(header: tuple[str, ...], shown: str) -> None:
    folded = [cell.casefold() for cell in header]
    if twice := sorted({cell for cell in header if folded.count(cell.casefold()) > 1 and NAME.match(cell)}):
        raise LoadError(
            f"{shown} has the column {', '.join(twice)} more than once (letter case does not count). "
            "Ask for the file with each column once."
        )


def _check_end(path: Path, shown: str, form: Form, encoding: str, width: int) -> str:
    """LoadError where the last row is cut off; a note where it cannot be told whether it is."""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - (1 << 16)))
        tail = handle.read()
    text = tail.decode(encoding, errors="ignore")
    if text.endswith(("\n", "\r")) or "\n" not in text:
        return ""
    last = text.rsplit("\n", 1)[1]
    cells = next(csv.reader([last], delimiter=form.delimiter), [])
    if len(cells) < width or last.count('"') % 2:
        raise LoadError(f"{shown} ends in the middle of a row: it was cut off. Ask for the file again.")
    return "does not end with a line break, so its last value may be cut off"


def _csv(path: Path, encoding: str, form: Form, width: int, look: Look) -> Sql:
    """The file as DuckDB reads it: nothing guessed, every column text, bad rows noted in `rejected`."""
    columns = commas(fill("{n}: 'VARCHAR'", n=literal(f"c{at}")) for at in range(width))
    return fill(
        "read_csv({path}, auto_detect = false, delim = {delim}, quote = {quote}, escape = {quote}, header = false, "
        "skip = 1, encoding = {encoding}, columns = {{{columns}}}, store_rejects = true, rejects_limit = 0, "
        "rejects_table = 'rejected', rejects_scan = 'rejected_scan', null_padding = false, strict_mode = true)",
        path=literal(path),
        delim=literal(form.delimiter),
        # Without quotes in the file there is none to look for, which reads faster.
        quote=literal('"' if look.quotes else ""),
        encoding=literal(encoding),
        columns=columns,
    )
