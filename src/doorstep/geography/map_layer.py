"""England's areas as a browser takes them: borders stored once each, and what is known of each area.

Two files: `england.bin` has the borders, `england.json` the areas. Both carry a `stamp` over their sources, so that a
page can tell files that belong together. The numbers of areas are their places in `codes` in both.

`england.bin`, little-endian: the bytes `DSL1`; a uint32 with the length of a JSON header; the header, with blanks to a
multiple of four; then int32 a, int32 b (-1: outside England), float32 metres, uint32 start (one more than stretches;
into all points), int32 first points (x, y), int16 steps (x, y) from point to point within each stretch. Units are
ten-thousandths of a degree (WGS 84).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.geography.shapes import SCALE, borders
from doorstep.reference import table

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"DSL1"
SOURCES = ("lsoa21", "lsoa21_borders", "need_lsoa21")


def write(folder: Path) -> None:
    """Write both files into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "england.bin").write_bytes(shapes_bytes())
    text = json.dumps(areas(), ensure_ascii=False, separators=(",", ":"))
    (folder / "england.json").write_text(text, encoding="utf-8")


def stamp() -> str:
    """Return twelve hexadecimal digits over the tables that the layer is made of."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(table(name).read_bytes())
    return digest.hexdigest()[:12]


def shapes_bytes() -> bytes:
    """Return the borders of all areas in the form the module describes."""
    import numpy as np

    found = borders()
    steps = np.diff(found.xy, axis=0)
    within = np.ones(len(steps), dtype=bool)
    within[found.start[1:-1] - 1] = False  # the step from one stretch to the next is none
    header = {"stamp": stamp(), "areas": len(found.codes), "stretches": len(found.a), "points": len(found.xy)}
    return b"".join(
        (
            head(MAGIC, {**header, "scale": SCALE}),
            _bytes(found.a, "<i4"),
            _bytes(found.b, "<i4"),
            _bytes(found.metres, "<f4"),
            _bytes(found.start, "<u4"),
            _bytes(found.xy[found.start[:-1]], "<i4"),
            _bytes(steps[within], "<i2"),
        )
    )


def head(magic: bytes, header: dict[str, Any]) -> bytes:
    """Return how a file for the browser begins: four bytes that say its form, and a header of a stated length."""
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    return magic + len(text).to_bytes(4, "little") + text


def _bytes(values: NDArray[Any], kind: str) -> bytes:
    import numpy as np

    made = values.astype(kind)
    if not np.issubdtype(made.dtype, np.floating) and not (made == values).all():
        raise ValueError(f"a border does not fit {kind}")
    return made.tobytes()


def areas() -> dict[str, Any]:
    """Return what a page shows of each area, by column; `council` and `system` are places in their lists of names."""
    import pyarrow.parquet as pq

    named = ["lsoa21", "lsoa21_name", "msoa21_name", "ltla24_name", "icb24_name", "population", "imd2025_decile"]
    facts = pq.ParquetFile(table("lsoa21")).read(columns=named).to_pydict()
    points = pq.ParquetFile(table("need_lsoa21")).read(columns=["lsoa21", "lon", "lat"]).to_pydict()
    if points["lsoa21"] != facts["lsoa21"] or tuple(facts["lsoa21"]) != borders().codes:
        raise ValueError("the tables of areas are not in one order")
    councils, council = _numbered(facts["ltla24_name"])
    systems, system = _numbered([_short(name) for name in facts["icb24_name"]])
    return {
        "stamp": stamp(),
        "codes": facts["lsoa21"],
        "names": facts["lsoa21_name"],
        "councils": councils,
        "council": council,
        "systems": systems,
        "system": system,
        "population": facts["population"],
        "decile": facts["imd2025_decile"],
        "lon": [round(x, 4) for x in points["lon"]],
        "lat": [round(y, 4) for y in points["lat"]],
    }


def _numbered(names: list[str]) -> tuple[list[str], list[int]]:
    known = sorted(set(names))
    place = {name: i for i, name in enumerate(known)}
    return known, [place[name] for name in names]


def _short(name: str) -> str:
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board")
