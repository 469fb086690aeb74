"""What a file is, by its content and not by its name: hash, compression, encoding, delimiter and header."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from doorstep.errors import DataError, NotWhatItClaimsError
from doorstep.records.contracts import LAYOUTS

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20  # a line above one megabyte is no record of any extract; it is refused, not read
_LARGEST_RATIO = 200  # gzip of real extracts is 5 to 30; above this, and of some size, it is a bomb
_BOMB_FROM = 64 << 20
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# first bytes -> what such a file is
_MAGIC = {
    b"PK\x03\x04": ("a spreadsheet or a zip archive", "save it as CSV UTF-8, or unpack it, and load that file"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save it as CSV UTF-8 and load that file"),
    b"%PDF": ("a PDF", "ask the sender for the data as CSV"),
    b"SQLite format 3": ("a SQLite database", "export the table as CSV"),
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it and load the file inside"),
    b"Rar!": ("a RAR archive", "unpack it and load the file inside"),
}


@dataclass(frozen=True)
class SourceFile:
    """One file as it arrived: `file_id` is the first 16 hex digits of the SHA-256 of its bytes."""

    path: Path
    file_id: str
    sha256: str
    stem: str | None
    n_bytes: int


@dataclass(frozen=True)
class Sniffed:
    """What a look through the whole file found. `is_plain` text needs no care: no quotes, no odd bytes."""

    source: SourceFile
    format: str  # csv or parquet
    is_gzip: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    n_lines: int = 0
    is_plain: bool = True
    needs_care: bool = False
    line_end: str = "\n"
    is_unended: bool = False  # the last line has no end: the file may have been cut short
    notes: tuple[str, ...] = field(default=())


def stem_of(path: Path, stems: Iterator[str] | tuple[str, ...] | None = None) -> str | None:
    """Return the longest stem that the file's name starts with, or None (`APCS_2026-07.csv.gz` is APCS)."""
    name = path.name.lower()
    found = [s for s in (stems or tuple(LAYOUTS)) if _starts(name, s.lower())]
    return max(found, key=len, default=None)


def _starts(name: str, stem: str) -> bool:
    return name.startswith(stem) and not name[len(stem) : len(stem) + 1].isalpha()


def sniff(path: Path, stems: tuple[str, ...] | None = None) -> Sniffed:
    """Read a file once and say what it is.

    Raises NotWhatItClaimsError for a file that is no CSV or Parquet, DataError for one that is empty or not there.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise DataError(f"the file cannot be opened: {error.strerror}", where=str(path)) from error
    if not head:
        raise DataError("the file is empty", expected="a header line and rows", where=str(path), do=_ASK_AGAIN)
    for magic, (what, fix) in _MAGIC.items():
        if head.startswith(magic):
            raise NotWhatItClaimsError(
                f"this is {what}, whatever its name says", expected="CSV or Parquet", where=str(path), do=fix
            )
    if head.startswith(b"PAR1"):
        return Sniffed(_identify(path, stems), "parquet")
    return _sniff_text(path, stems, is_gzip=head.startswith(b"\x1f\x8b"))


_ASK_AGAIN = "ask the sender to send the file again, or compare its size and checksum with theirs"


def _identify(path: Path, stems: tuple[str, ...] | None) -> SourceFile:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return _source(path, stems, digest.hexdigest())


def _source(path: Path, stems: tuple[str, ...] | None, sha256: str) -> SourceFile:
    return SourceFile(path, sha256[:16], sha256, stem_of(path, stems), path.stat().st_size)


def open_bytes(path: Path, *, is_gzip: bool) -> IO[bytes]:
    """Open a file for reading, unpacked where it is gzip."""
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]


def _sniff_text(path: Path, stems: tuple[str, ...] | None, *, is_gzip: bool) -> Sniffed:
    look = _Look(path, path.stat().st_size)
    digest = hashlib.sha256()
    try:
        with open_bytes(path, is_gzip=is_gzip) as stream:
            while chunk := stream.read(CHUNK):
                look.at(chunk)
                digest.update(chunk)
    except (EOFError, OSError, zlib.error) as error:
        raise NotWhatItClaimsError(
            "the gzip file is cut short or damaged", expected="a whole gzip file", where=str(path), do=_ASK_AGAIN
        ) from error
    source = _identify(path, stems) if is_gzip else _source(path, stems, digest.hexdigest())
    return look.result(source, is_gzip=is_gzip)


class _Look:
    """One pass over the bytes of a text file, in chunks, so that memory does not grow with the file."""

    def __init__(self, path: Path, n_packed: int) -> None:
        self.path, self.n_packed = path, n_packed
        self.head = b""
        self.n_bytes = self.n_newlines = self.n_returns = self.run = 0
        self.last = b""
        self.has_quotes = self.has_nul = self.is_long = self.has_bare_return = False
        self.is_utf8 = True
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def at(self, chunk: bytes) -> None:
        """Take in the next chunk."""
        if len(self.head) < CHUNK:
            self.head += chunk[: CHUNK - len(self.head)]
        self.n_bytes += len(chunk)
        if self.n_bytes > _BOMB_FROM and self.n_bytes > _LARGEST_RATIO * self.n_packed:
            raise NotWhatItClaimsError(
                "the gzip file unpacks to over 200 times its size",
                expected="an extract",
                where=str(self.path),
                do=_ASK_AGAIN,
            )
        self.n_newlines += chunk.count(b"\n")
        self.last = chunk[-1:]
        self.has_quotes = self.has_quotes or b'"' in chunk
        self.has_nul = self.has_nul or b"\0" in chunk
        self._measure(chunk)
        self._decode(chunk)

    def _measure(self, chunk: bytes) -> None:
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        if first < 0:
            self.run += len(chunk)
        else:
            self.is_long = self.is_long or self.run + first > LONGEST_LINE
            self.run = len(chunk) - last - 1
        self.is_long = self.is_long or self.run > LONGEST_LINE
        if b"\r" in chunk:
            returns = chunk.count(b"\r")
            self.n_returns += returns
            self.has_bare_return = self.has_bare_return or abs(returns - chunk.count(b"\r\n")) > 1

    def _decode(self, chunk: bytes) -> None:
        if not self.is_utf8:
            return
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError:
            self.is_utf8 = False

    def result(self, source: SourceFile, *, is_gzip: bool) -> Sniffed:
        """Return what was found; raises where it is no text with a header."""
        if not self.n_bytes:
            raise DataError("the file is empty", expected="a header line and rows", where=str(self.path), do=_ASK_AGAIN)
        encoding, notes = self._encoding()
        first = self._first_line(encoding)
        delimiter, header = _header(first, self.path)
        if delimiter != ",":
            notes.append(f"fields are parted by {_DELIMITERS[delimiter]}, not comma")
        # Old Macintosh files end lines with a return alone; a return beside line feeds is a stray one in a field.
        line_end = "\r" if self.n_returns and not self.n_newlines else "\n"
        unended = self.last not in (line_end.encode(), b"\0")
        return Sniffed(
            source=source,
            format="csv",
            is_gzip=is_gzip,
            encoding=encoding,
            delimiter=delimiter,
            header=header,
            n_lines=(self.n_newlines or self.n_returns) + unended,
            is_plain=not self.has_quotes,
            needs_care=self.has_nul
            or self.is_long
            or self.has_bare_return
            or line_end == "\r"
            or encoding not in ("utf-8", "utf-8-sig"),
            line_end=line_end,
            is_unended=unended,
            notes=tuple(notes),
        )

    def _encoding(self) -> tuple[str, list[str]]:
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16", ["the file is UTF-16: read as such"]
        if self.has_nul and self.head[:4096].count(b"\0") > 16:
            raise NotWhatItClaimsError(
                "the file is binary", expected="CSV (text) or Parquet", where=str(self.path), do=_ASK_AGAIN
            )
        if self.head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", []
        if self.is_utf8:
            return "utf-8", []
        return "cp1252", ["the file is not UTF-8: read as Windows-1252, so look at names with accents"]

    def _first_line(self, encoding: str) -> str:
        text = self.head.decode(encoding, errors="replace")
        control = sum(c < " " and c not in "\t\r\n" for c in text[:4096])
        if control > 16 or text[:4096].count("\ufffd") > 16:
            raise NotWhatItClaimsError(
                "the file is binary", expected="CSV (text) or Parquet", where=str(self.path), do=_ASK_AGAIN
            )
        return text.splitlines()[0] if text.strip() else ""


def _header(first: str, path: Path) -> tuple[str, tuple[str, ...]]:
    if not first.strip():
        raise DataError("the first line is blank", expected="a header line", where=f"{path}, line 1", do=_ASK_AGAIN)
    delimiter = max(_DELIMITERS, key=lambda d: first.count(d))
    try:
        cells = next(csv.reader(io.StringIO(first), delimiter=delimiter))
    except csv.Error as error:
        raise NotWhatItClaimsError(
            "the first line is no header", expected="column names", where=f"{path}, line 1", do=_ASK_AGAIN
        ) from error
    return delimiter, tuple(c.strip() for c in cells)
