"""Read a code list from a CSV file as people have them, and refuse codes that cannot be what they claim.

OpenCodelists, TRUD and local teams name the same three columns differently; a spreadsheet that opened the file may have
rounded the long identifiers. Both are the rule and not the exception.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.errors import DataError

SYSTEMS = {
    "snomedct": "snomedct", "snomed": "snomedct", "snomed ct": "snomedct", "sct": "snomedct",
    "icd10": "icd10", "icd-10": "icd10", "icd": "icd10", "dmd": "dmd", "dm+d": "dmd",
}  # fmt: skip
# The column that holds a part, by its names in small letters and without spaces, _ or -; the first that is there.
NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code", "snomedcode", "snomedctcode", "snomedctid", "snomedid", "snomedctconceptid", "conceptid",
        "snomedconceptid", "referencedcomponentid", "sctid", "icd10code", "icdcode", "icd10", "dmdid", "dmdcode", "id",
    ),
    "term": (
        "term", "description", "snomedcodedescription", "codedescription", "preferredterm", "fsn", "conceptname",
        "name", "nm", "display", "dmdname",
    ),
    "system": ("system", "codesystem", "codingsystem", "terminology"),
    "cluster": ("clusterid", "cluster"),
}  # fmt: skip
SYSTEM_OF_COLUMN = {"icd10code": "icd10", "icdcode": "icd10", "icd10": "icd10", "dmdid": "dmd", "dmdcode": "dmd"}

_LIST_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_ICD10 = re.compile(r"[A-Z][0-9]{1,2}[0-9A-Z]{0,4}")
_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PLACES = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_FAULTS_SHOWN = 5
_AS_TEXT = (
    "a spreadsheet rounds identifiers of more than 15 digits when it opens them as numbers: fetch the file again and "
    "do not save it from a spreadsheet, or import its code column as text"
)


@dataclass(frozen=True, order=True)
class Code:
    """One code of a list; an ICD-10 code is a prefix, in capitals and without its dot."""

    code: str
    system: str
    term: str


def list_id(path: Path) -> str:
    """Return the list that a file holds, from its name; DataError where that is no name for a list."""
    if not _LIST_ID.fullmatch(path.stem):
        raise DataError(
            f"the file's name {path.stem!r} is no name for a code list",
            expected="small letters, digits, _ . or -, such as efi2.csv",
            where=str(path),
            do="name the file after the list that a definition asks for; see `doorstep reference lists show`",
        )
    return path.stem


def read_list(path: Path) -> tuple[Code, ...]:
    """Read one code list, sorted, each code once.

    Raises DataError that names the file and the first wrong rows (1-based, the header not counted), and what to do.
    """
    names, *rows = _cells(path)
    header = _Header.of(names, path)
    codes: set[Code] = set()
    faults: list[str] = []
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            code = header.read(cells)
            fault = _fault(code)
            faults += [f"row {number}: {fault}"] if fault else []
            codes.add(code)
    _refuse(path, faults, codes, {_cell(c, header.cluster) for c in rows} - {""})
    return tuple(sorted({(c.code, c.system): c for c in sorted(codes, reverse=True)}.values()))


def snomed_fault(code: str) -> str:
    """Return why a text cannot be the identifier of a SNOMED CT concept; an empty text where it can.

    Checks length, digits, the Verhoeff check digit (last) and the partition (the two digits before it: 00 or 10).
    """
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", code):
        return f"{code} was written by a spreadsheet as a rounded number"
    if not re.fullmatch(r"[1-9]\d{5,17}", code):
        return f"{code!r} is no SNOMED CT identifier (6 to 18 digits)"
    if not has_check_digit(code):
        rounded = ": it ends in noughts, as rounded numbers do" if len(code) > 15 and code.endswith("00") else ""
        return f"{code} has a wrong check digit{rounded}"
    if code[-3:-1] not in ("00", "10"):
        kind = {"01": "a description", "11": "a description", "02": "a relationship", "12": "a relationship"}
        return f"{code} is the identifier of {kind.get(code[-3:-1], 'something else')}, not of a concept"
    return ""


def has_check_digit(code: str) -> bool:
    """Return whether the last digit is the Verhoeff check digit of those before it (SNOMED CT release file guide)."""
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(_DIHEDRAL[check][int(_PLACES[place % 8][int(digit)])])
    return check == 0


@dataclass(frozen=True)
class _Header:
    """Where each part stands in a row (None: nowhere), and the system of codes that the code's column speaks of."""

    code: int
    term: int | None
    system: int | None
    cluster: int | None
    implied: str

    @classmethod
    def of(cls, names: Sequence[str], path: Path) -> _Header:
        """Find the columns by their names; of two of one name the first."""
        plain = [re.sub(r"[\s_-]", "", name).lower() for name in names]
        places = {part: next((plain.index(n) for n in known if n in plain), None) for part, known in NAMES.items()}
        code = places.pop("code")
        if code is None:
            raise DataError(
                f"no column of codes among {', '.join(names) or 'nothing'}",
                expected="a header with code, and where there are any term and system",
                where=str(path),
                do="put the line `code,term` above the codes",
            )
        return cls(code=code, implied=SYSTEM_OF_COLUMN.get(plain[code], "snomedct"), **places)

    def read(self, cells: Sequence[str]) -> Code:
        """Read one row."""
        said = _cell(cells, self.system).lower()
        system = SYSTEMS.get(said, said) if said else self.implied
        code = _cell(cells, self.code)
        return Code(code.upper().replace(".", "") if system == "icd10" else code, system, _cell(cells, self.term))


def _cells(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        first = text.split("\n", 1)[0]
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))) or [[]]
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8 text", where=str(path), do="save it as CSV UTF-8") from error
    except csv.Error as error:
        raise DataError(f"the file is not CSV: {error}", where=str(path), do="save it as CSV UTF-8") from error
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(path)) from error


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _fault(code: Code) -> str:
    match code.system:
        case "snomedct" | "dmd":
            return snomed_fault(code.code)
        case "icd10":
            return "" if _ICD10.fullmatch(code.code) else f"{code.code!r} is no ICD-10 code"
        case _:
            return f"system {code.system!r}; expected snomedct, icd10 or dmd"


def _refuse(path: Path, faults: Sequence[str], codes: set[Code], clusters: set[str]) -> None:
    if faults:
        more = f"; and {len(faults) - _FAULTS_SHOWN} more" if len(faults) > _FAULTS_SHOWN else ""
        raise DataError("; ".join(faults[:_FAULTS_SHOWN]) + more, where=str(path), do="".join(_advice(faults)))
    if len(clusters) > 1:
        raise DataError(
            f"the file holds {len(clusters)} clusters: {', '.join(sorted(clusters)[:_FAULTS_SHOWN])}",
            expected="one list a file",
            where=str(path),
            do="save each cluster under the name of the list it replaces",
        )
    if not codes:
        raise DataError("the list has no codes", expected="at least one row", where=str(path))


def _advice(faults: Sequence[str]) -> Iterator[str]:
    if any("check digit" in f or "spreadsheet" in f for f in faults):
        yield _AS_TEXT
    else:
        yield "correct the rows, or take the list again from where it came"
