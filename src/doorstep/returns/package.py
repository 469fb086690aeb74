"""Open the zip of a workbook without trusting it: bounded sizes, no entities, no links followed.

Limits are some fifty times what a filled template needs; a hostile file meets them before memory does.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from lxml import etree

from doorstep.errors import NotWhatItClaimsError

MAX_FILE: Final = 20_000_000
MAX_MEMBERS: Final = 500
MAX_MEMBER: Final = 30_000_000
MAX_TOTAL: Final = 100_000_000

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"

WORKBOOK: Final = "xl/workbook.xml"
_OLD_OFFICE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


def refuse(path: Path, seen: str) -> NotWhatItClaimsError:
    """Return the error for a file that is not a workbook we can read."""
    return NotWhatItClaimsError(
        seen,
        expected="an Excel workbook (.xlsx) made from the NNHIP template",
        where=path.name,
        do="open it in a spreadsheet program and save it as .xlsx",
    )


def main(tag: str) -> str:
    """Return a tag with the main spreadsheet namespace."""
    return f"{{{MAIN}}}{tag}"


def open_package(path: Path) -> dict[str, bytes]:
    """Return the members of a workbook's zip by name.

    Raises NotWhatItClaimsError where it is no zip, is too large, holds a name twice or is no workbook.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise refuse(path, "the file can't be read") from error
    if size > MAX_FILE:
        raise refuse(path, f"the file has {size:,} bytes, more than the {MAX_FILE:,} a return may have")
    _look_at_start(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise refuse(path, "this is not an .xlsx workbook, or it is damaged or locked with a password") from error
    if WORKBOOK not in members:
        raise refuse(path, _other_package(members))
    return members


def _look_at_start(path: Path) -> None:
    """Refuse what does not begin as a zip does: programs differ on a zip that stands after something else."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_OLD_OFFICE))
    except OSError as error:
        raise refuse(path, "the file can't be read") from error
    if not start:
        raise refuse(path, "the file is empty")
    if start == _OLD_OFFICE:
        raise refuse(path, "this is a workbook locked with a password, or an old .xls")
    if not start.startswith(b"PK"):
        raise refuse(path, "this is not an .xlsx workbook, or it is damaged")


def _other_package(members: dict[str, bytes]) -> str:
    if b"opendocument" in members.get("mimetype", b""):
        return "this is an OpenDocument file (.ods)"
    if "xl/workbook.bin" in members:
        return "this is a binary workbook (.xlsb)"
    return "the file is a zip but holds no workbook"


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise refuse(path, f"the file holds {len(infos)} parts, more than {MAX_MEMBERS}")
    if len({info.filename for info in infos}) < len(infos):
        raise refuse(path, "the file holds two parts of one name")
    members: dict[str, bytes] = {}
    total = 0
    for info in infos:
        # The declared size may lie: read one byte more than allowed and look at what came.
        with archive.open(info) as part:
            content = part.read(min(MAX_MEMBER, MAX_TOTAL - total) + 1)
        total += len(content)
        if len(content) > MAX_MEMBER or total > MAX_TOTAL:
            raise refuse(path, f"the part {info.filename} unpacks to more than a return may hold")
        members[info.filename] = content
    return members


def parse(path: Path, name: str, content: bytes) -> etree._Element:
    """Parse one part; a document type, an entity or broken XML refuses the file."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refuse(path, f"{name} is not sound XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refuse(path, f"{name} declares a document type, which no workbook does")
    return root


def sheet_parts(path: Path, members: dict[str, bytes]) -> dict[str, str]:
    """Return the part name of each worksheet by its title, in the workbook's order."""
    workbook = parse(path, WORKBOOK, members[WORKBOOK])
    targets = _targets(path, members)
    parts: dict[str, str] = {}
    for sheet in workbook.iterfind(f"{main('sheets')}/{main('sheet')}"):
        part = targets.get(sheet.get(f"{{{RELATIONS}}}id", ""))
        title = sheet.get("name", "")
        if title in parts:
            raise refuse(path, f"two sheets are called {title!r}")
        if part in members:
            parts[title] = part
    return parts


def _targets(path: Path, members: dict[str, bytes]) -> dict[str, str]:
    name = "xl/_rels/workbook.xml.rels"
    if name not in members:
        raise refuse(path, "the workbook does not say where its sheets are")
    relations = parse(path, name, members[name])
    found: dict[str, str] = {}
    for relation in relations.iterfind(f"{{{PACKAGE}}}Relationship"):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            full = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            found[relation.get("Id", "")] = full
    return found
