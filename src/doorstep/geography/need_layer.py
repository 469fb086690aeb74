"""Need as a browser takes it: what the index is computed from, how firm its ranks are, and what stands beside it.

One file, `need.bin`, little-endian: the bytes `DSN1`; a uint32 with the length of a JSON header; the header, with
blanks to a multiple of four; then one uint16 column after another over the areas, in the order that `columns` of the
header names. The `stamp` is the map's (`map_layer`), whose areas have the same numbers.

An indicator goes as each area's place in order (1 the least need, ties share the first, 0 a blank): Blom's normal
scores follow from places alone, so the page computes the very index that `need.rank` does. `rank_low`, `rank_high` and
`draws_in_top` are the default index's `rank_intervals`. `NOTHING` in a layer says that nothing is known of the area.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.errors import DataError
from doorstep.geography import map_layer
from doorstep.geography.need import load, rank, rank_intervals, shipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from doorstep.geography.need import Ranked, RankIntervals

    Columns = dict[str, NDArray[np.uint16]]

MAGIC = b"DSN1"
FILE = "need.bin"
NOTHING = 65_535
FINE = 100  # GPs for each 1,000 disabled residents go in hundredths


@dataclass(frozen=True)
class Layer:
    """The file read back: its header, and a column of whole numbers by name."""

    header: dict[str, Any]
    columns: Columns


def write(folder: Path) -> None:
    """Compute the default index with its rank intervals, and write the file."""
    ranked = rank(load(), shipped())
    (folder / FILE).write_bytes(layer_bytes(ranked, rank_intervals(ranked)))


def layer_bytes(ranked: Ranked, firm: RankIntervals) -> bytes:
    """Return the file of an index and its rank intervals."""
    first_wave, names = _first_wave()
    columns = {f"place:{i.id}": _places(part) for i, part in zip(ranked.index.indicators, ranked.parts, strict=True)}
    columns |= {"rank_low": firm.low, "rank_high": firm.high, "draws_in_top": (firm.share_in_top * firm.draws).round()}
    columns |= {**_beside(), "first_wave": first_wave}
    header = {
        "stamp": map_layer.stamp(),
        "areas": len(ranked.codes),
        "index": f"{ranked.index.id}@{ranked.index.version}",
        "least_weight": ranked.index.least_weight,
        "draws": firm.draws,
        "seed": firm.seed,
        "first_wave": names,
        "columns": list(columns),
    }
    return map_layer.head(MAGIC, header) + b"".join(_bytes(column) for column in columns.values())


def _places(part: NDArray[np.float64]) -> NDArray[Any]:
    """Return places, 1 for the lowest score; ties share the first, and a blank is 0."""
    import numpy as np
    from scipy.stats import rankdata

    there = np.isfinite(part)
    places = np.zeros(len(part))
    places[there] = rankdata(part[there], method="min")
    return places


def _beside() -> dict[str, NDArray[Any]]:
    from doorstep.geography.need.layers import layers

    found = layers()
    return {
        "patients_per_gp": _whole(found["patients_per_gp"]),
        "gps_per_1000_disabled": _whole(found["gps_per_1000_disabled"], FINE),
        "in_report_150": _whole(found["in_report_150"]),
    }


def _first_wave() -> tuple[NDArray[Any], list[str]]:
    from doorstep.geography.need.layers import layers

    found = layers()["place"]
    names = sorted({name for name in found if name is not None})
    return _whole([None if name is None else names.index(name) for name in found]), names


def _whole(values: list[Any], times: int = 1) -> NDArray[Any]:
    import numpy as np

    return np.array([NOTHING if v is None else round(v * times) for v in values])


def _bytes(values: NDArray[Any]) -> bytes:
    made = values.astype("<u2")
    if not (made == values).all():
        raise ValueError("a number of the need layer does not fit 16 bits")
    return made.tobytes()


def read(path: Path) -> Layer:
    """Read the file back. Raises DataError where it is none, or where its areas are not those of the map."""
    import numpy as np

    content = path.read_bytes()
    if content[:4] != MAGIC:
        raise DataError("the file is no layer of need", where=str(path), do="run scripts/build_assets.py")
    length = int.from_bytes(content[4:8], "little")
    header = json.loads(content[8 : 8 + length])
    if header["stamp"] != map_layer.stamp():
        raise DataError("the layer is of other tables than those here", where=str(path), do="build the assets again")
    whole = np.frombuffer(content, dtype="<u2", offset=8 + length).reshape(len(header["columns"]), header["areas"])
    return Layer(header, dict(zip(header["columns"], whole, strict=True)))
