"""Systems: the integrated care boards of the 2024 lookup, and England, as areas and practices.

A system is not a Place of the programme and sends no return; a made-up one is planned for as a whole.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from doorstep.errors import UsageError
from doorstep.reference.places import PlaceDefinition, plain
from doorstep.reference.tables import table

STATUS = "system"
ENGLAND = "England"
_SINCE = date(2024, 4, 1)


def find(name: str) -> PlaceDefinition:
    """Return the system of that name or code; "NHS" and "Integrated Care Board" may be left out.

    Its `status` is `system`, its area that of its sub-ICB locations. Raises UsageError with the nearest names where
    there is none.
    """
    boards = _boards()
    if plain(name) == plain(ENGLAND):
        return _definition(ENGLAND, "", ENGLAND, tuple(code for _, codes in boards.values() for code in codes))
    known = {plain(code): code for code in boards} | {plain(short_name(full)): c for c, (full, _) in boards.items()}
    wanted = plain(short_name(name.strip()))
    if wanted not in known:
        raise _unknown(name, wanted, {key: short_name(boards[code][0]) for key, code in known.items()})
    code = known[wanted]
    full, locations = boards[code]
    return _definition(short_name(full), code, full, locations)


def _unknown(name: str, wanted: str, known: Mapping[str, str]) -> UsageError:
    parts = [key for key in known if wanted and wanted in key]
    near = dict.fromkeys(known[key] for key in parts or difflib.get_close_matches(wanted, known, n=3, cutoff=0.5))
    return UsageError(
        f"no system is called {name!r}",
        expected="one of the 42 integrated care boards of April 2024, by name or code, or England",
        do=f"did you mean {' or '.join(near)}?" if near else "",
    )


def short_name(name: str) -> str:
    """Return a board's name without "NHS" and "Integrated Care Board"."""
    return re.sub(r"\s+(integrated care board|icb)$", "", re.sub(r"^nhs\s+", "", name, flags=re.I), flags=re.I)


def _definition(name: str, code: str, full: str, locations: tuple[str, ...]) -> PlaceDefinition:
    return PlaceDefinition(
        name=name, slug=plain(name).replace(" ", "-"), order=0, aliases=(), region="", icb=code, icb_name=full,
        icb_status="verified", basis="registered", status=STATUS, councils=(), ltla24=(), sicbl=locations,
        valid_from=_SINCE, source="ONS lookup of LSOAs to sub-ICB locations and boards, April 2024", note="",
    )  # fmt: skip


@cache
def _boards() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return code -> (full name, sub-ICB locations), in order of code."""
    import duckdb  # loads in a fraction of the time of `pyarrow.parquet.read_table`, which brings pandas

    query = "select distinct icb24_nhs, icb24_name, sicbl24_nhs from read_parquet(?) order by icb24_nhs, sicbl24_nhs"
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    with duckdb.connect(":memory:") as con:
        for code, name, location in con.execute(query, [str(table("lsoa21"))]).fetchall():
            found[code] = (name, (*(found[code][1] if code in found else ()), location))
    return found
