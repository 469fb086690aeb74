"""The open centres as rows, CSV and GeoJSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from doorstep.errors import UsageError
from doorstep.geography.siting.answering import Answer
from doorstep.geography.siting.effects import by_site
from doorstep.geography.siting.grid import lonlat


def rows_of(found: Answer) -> list[dict[str, Any]]:
    """Return a record for each open centre: what it is, where, and how many people have it nearest."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 3)

    return [
        {
            "site": e.site.id,
            "name": e.site.name,
            "kind": e.site.kind,
            "how": "stands already" if e.is_fixed else e.site.how,
            "lsoa21": e.site.lsoa21,
            "council": e.council,
            "easting": e.site.easting,
            "northing": e.site.northing,
            "people_nearest": e.people_nearest,
            "mean_distance": rounded(e.mean),
            "closing_adds": rounded(e.closing_adds),
        }
        for e in by_site(found)
    ]


def write(found: Answer, out: Path) -> None:
    """Write the open centres as CSV, or as GeoJSON where the name ends so; whole or not at all.

    Raises UsageError for another ending or a folder that cannot be written.
    """
    rows = rows_of(found)
    if out.suffix.lower() not in (".csv", ".geojson", ".json"):
        raise UsageError(f"{out.name} is neither CSV nor GeoJSON", expected="a name ending in .csv or .geojson")
    temporary = out.with_name(out.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            if out.suffix.lower() == ".csv":
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            else:
                json.dump(geojson(found, rows), file, ensure_ascii=False, indent=1)
        temporary.replace(out)
    except OSError as error:
        raise UsageError("the file cannot be written", where=str(out), do="name a folder that is there") from error


def geojson(found: Answer, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows as a FeatureCollection of points in longitude and latitude, with the sentence."""
    features = []
    for row in rows:
        lon, lat = lonlat(row["easting"], row["northing"])
        point = {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}
        features.append({"type": "Feature", "geometry": point, "properties": row})
    return {"type": "FeatureCollection", "doorstep": found.sentence, "features": features}
