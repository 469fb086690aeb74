"""What stands beside need, never in it: deprivation, doctors, the programme's Places, a report's list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from doorstep.geography.need.measures import frame_of, shipped
from doorstep.reference import places, table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# name -> what it says
LAYERS = {
    "imd2025_decile": "Index of Multiple Deprivation 2025, decile (1 most deprived)",
    "patients_per_gp": "Patients for each GP, of the practices that serve the area (IoD 2025)",
    "gps_per_1000_disabled": "GPs for each 1,000 disabled residents: fewer means less supply for the need",
    "place": "Place of the programme's first wave (whole councils where it is part of one: approximate)",
    "in_report_150": "One of a report's 150 neighbourhoods in poorest health, by its rank there",
}


def layers() -> Mapping[str, list[Any]]:
    """Return every layer as a list over the areas of the measures; None where it says nothing of an area."""
    import numpy as np

    deciles = frame_of(("imd2025_decile",))["imd2025_decile"]
    supply = gps_per_1000_disabled()
    return {
        "imd2025_decile": deciles,
        "patients_per_gp": [None if np.isnan(v) else float(v) for v in shipped().column("patients_per_gp")],
        "gps_per_1000_disabled": [None if np.isnan(v) else float(v) for v in supply],
        "place": _places(),
        "in_report_150": _report(),
    }


def gps_per_1000_disabled() -> Floats:
    """Return GPs for each 1,000 disabled residents: 1,000 / (patients for each GP x share of residents disabled)."""
    import numpy as np

    measures = shipped()
    asked = measures.column("asked_about_disability")
    share = np.divide(measures.column("disabled"), asked, out=np.full(len(asked), np.nan), where=asked > 0)
    load = measures.column("patients_per_gp") * share
    supply: Floats = np.divide(1000.0, load, out=np.full(len(load), np.nan), where=load > 0)
    return supply


def _over_areas(found: Iterable[tuple[str, Any]]) -> list[Any]:
    of = dict(found)
    return [of.get(code) for code in shipped().codes]


def _places() -> list[Any]:
    pairs = [(code, place.name.strip()) for place in places.all_places() for code in place.lsoas()]
    return _over_areas(pairs)


def _report() -> list[Any]:
    import pyarrow.parquet as pq

    found = pq.ParquetFile(table("report_150")).read(columns=["lsoa21", "rank"])
    return _over_areas(zip(found["lsoa21"].to_pylist(), found["rank"].to_pylist(), strict=True))
