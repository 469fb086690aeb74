"""Have LibreOffice calculate a return afresh and compare: does every formula carry the value it should?

    python scripts/recalculate_check.py FILE

The values are taken out of a copy first, so that nothing can be passed through uncalculated. Needs `soffice`.
Exit code: 0 all values agree, 1 some differ, 2 LibreOffice is not installed or could not read the file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lxml import etree

from doorstep.returns.package import main as tag
from doorstep.returns.package import open_package, sheet_parts
from doorstep.returns.reading import Cell, SubmittedReturn, read


def emptied(path: Path, out: Path) -> None:
    """Copy a workbook without the values of its formulas."""
    members = open_package(path)
    for part in sheet_parts(path, members).values():
        root = etree.fromstring(members[part])
        for cell in root.iter(tag("c")):
            value = cell.find(tag("v"))
            if cell.find(tag("f")) is not None and value is not None:
                cell.remove(value)
        members[part] = etree.tostring(root)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def recalculated(path: Path, soffice: str, scratch: Path) -> SubmittedReturn | None:
    """Return the workbook as LibreOffice calculates and saves it."""
    (scratch / "in").mkdir()
    copy = scratch / "in" / "return.xlsx"
    emptied(path, copy)
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(scratch / "out"), str(copy)]
    subprocess.run(command, check=False, capture_output=True, timeout=300)
    saved = scratch / "out" / "return.xlsx"
    return read(saved) if saved.exists() else None


def same(ours: Cell, theirs: Cell) -> bool:
    """Say whether two cells hold the same value, numbers to nine digits."""
    if ours.number is not None and theirs.number is not None:
        return abs(ours.number - theirs.number) <= 1e-9 * max(1.0, abs(ours.number))
    return ours.value == theirs.value


def main(argv: list[str]) -> int:
    """Compare and report."""
    soffice = shutil.which("soffice")
    if len(argv) != 1 or soffice is None:
        print("usage: recalculate_check.py FILE" if soffice else "LibreOffice (soffice) is not installed")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = read(Path(argv[0])), recalculated(Path(argv[0]), soffice, Path(scratch))
    if theirs is None:
        print("LibreOffice could not read the file")
        return 2
    pairs = [
        (f"{sheet}!{address}", cell, theirs.cell(sheet, address))
        for sheet, cells in ours.sheets.items()
        for address, cell in cells.items()
        if cell.formula is not None
    ]
    different = [(where, a, b) for where, a, b in pairs if not same(a, b)]
    for where, a, b in different:
        print(f"{where}: carries {a.value!r}, LibreOffice calculates {b.value!r} ({a.formula})")
    print(f"{len(pairs)} formulas, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
