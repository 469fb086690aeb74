"""A set in files: `set.toml` and `areas.csv`, a folder for each version, never overwritten, and GeoJSON for maps."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.errors import DataError, DoorstepError, NotWhatItClaimsError, UsageError
from doorstep.geography.neighbourhoods.model import (
    ADMINISTRATIVE,
    Evidence,
    Neighbourhood,
    NeighbourhoodSet,
    Reason,
)

FORMAT = 1
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right 2023-2024"
)


def versions(folder: Path, set_id: str) -> list[int]:
    """Return the versions of a set that a folder holds, the oldest first."""
    found = (re.fullmatch(r"v(\d+)", path.name) for path in (folder / set_id).glob("v*"))
    return sorted(int(match[1]) for match in found if match)


def save(folder: Path, made: NeighbourhoodSet) -> Path:
    """Write a set as the next version and return its folder: `folder`/id/v1, v2 and so on; older ones stay."""
    version = (versions(folder, made.id) or [0])[-1] + 1
    home = folder / made.id
    home.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".part-", dir=home))
    try:
        _write(work, replace(made, version=version))
        work.chmod(0o755)
        work.rename(home / f"v{version}")  # refused where somebody else wrote this version meanwhile
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return home / f"v{version}"


def _write(work: Path, made: NeighbourhoodSet) -> None:
    (work / "set.toml").write_text("\n".join(_toml(made)) + "\n", encoding="utf-8")
    with (work / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("lsoa21", "neighbourhood"))
        writer.writerows((code, n.id) for code, n in made.members())
        writer.writerows((code, "") for code in made.gaps())
    (work / "areas.geojson").write_text(json.dumps(geojson(made)) + "\n", encoding="utf-8")


def _toml(made: NeighbourhoodSet) -> Iterator[str]:
    yield f"format = {FORMAT}"
    yield from _pairs({
        "id": made.id, "version": made.version, "title": made.title, "basis": made.basis, "scope": made.scope,
        "valid_from": made.valid_from, "valid_to": made.valid_to, "notes": list(made.notes),
    })  # fmt: skip
    yield from ("", "[settings]", *_pairs(made.settings))
    for n in made.neighbourhoods:
        yield from ("", "[[neighbourhood]]", *_pairs({"id": n.id, "name": n.name, "practices": list(n.practices)}))
        for sign in n.recognition:
            yield from ("", "[[neighbourhood.recognition]]", *_pairs(vars(sign)))
        for reason in n.reasons:
            yield from ("", "[[neighbourhood.reason]]", *_pairs(vars(reason)))


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, list):
            yield f"{name} = [{', '.join(_text(item) for item in value)}]"
        elif value is not None:
            yield f"{name} = {_text(value) if isinstance(value, str) else value}"


def _text(value: str) -> str:
    """Return a TOML string; JSON's escapes are TOML's too, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read(folder: Path, version: int | None = None) -> NeighbourhoodSet:
    """Return a set from its folder: a version's own, or that of all versions (the newest, or the one asked for).

    Raises UsageError where there is none, NotWhatItClaimsError where the files are not a set's or say two things.
    """
    if not (folder / "set.toml").exists():
        known = versions(folder.parent, folder.name)
        if not known or (version is not None and version not in known):
            raise UsageError(
                f"there is no set of neighbourhoods{f' of version {version}' if version else ''}", where=str(folder),
                expected="a folder that `doorstep neighbourhoods draw` or `import` wrote",
                do=f"versions there are: {', '.join(map(str, known))}" if known else _sets_in(folder),
            )  # fmt: skip
        folder = folder / f"v{version or known[-1]}"
    try:
        return _read(folder)
    except DoorstepError as error:
        raise NotWhatItClaimsError(error.seen, expected=error.expected, where=str(folder), do=error.do) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError, OSError) as error:
        raise NotWhatItClaimsError(
            f"the set cannot be read: {type(error).__name__}: {error}", where=str(folder),
            expected="set.toml and areas.csv as Doorstep writes them",
        ) from error  # fmt: skip


def _sets_in(folder: Path) -> str:
    """Name the sets of a folder that holds sets."""
    names = sorted(path.name for path in folder.iterdir() if versions(folder, path.name)) if folder.is_dir() else []
    return f"name one of the sets in it: {', '.join(names)}" if names else ""


def _read(folder: Path) -> NeighbourhoodSet:
    told = tomllib.loads((folder / "set.toml").read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        raise DataError(f"the set has format {told['format']}", expected=f"format {FORMAT}", do="use a newer Doorstep")
    areas, ground = _read_areas(folder / "areas.csv")
    entries = told.get("neighbourhood", [])
    strange = sorted(areas.keys() - {entry["id"] for entry in entries})
    if strange:
        raise DataError(f"areas.csv names {strange[0]}, which set.toml does not", expected="the same ids in both")
    return NeighbourhoodSet(
        id=told["id"], version=told["version"], title=told["title"], basis=told["basis"], scope=told["scope"],
        valid_from=told["valid_from"], valid_to=told.get("valid_to"), ground=ground, settings=told.get("settings", {}),
        notes=tuple(told["notes"]), neighbourhoods=tuple(neighbourhood_of(e, areas.get(e["id"], ())) for e in entries),
    )  # fmt: skip


def neighbourhood_of(entry: Mapping[str, Any], areas: tuple[str, ...]) -> Neighbourhood:
    """Return the neighbourhood that a table of the file tells of, with its areas."""
    return Neighbourhood(
        entry["id"], areas, entry.get("name", ""), tuple(entry.get("practices", ())),
        tuple(_evidence(found) for found in entry.get("recognition", ())),
        tuple(Reason(_str(r, "text"), _str(r, "by"), _day(r)) for r in entry.get("reason", ())),
    )  # fmt: skip


def _evidence(found: Mapping[str, Any]) -> Evidence:
    return Evidence(_str(found, "who"), _str(found, "what"), _day(found), _str(found, "source"))


def _str(found: Mapping[str, Any], name: str) -> str:
    if not isinstance(found.get(name), str):
        raise DataError(f"{name} is {found.get(name)!r}", expected="a text")
    return str(found[name])


def _day(found: Mapping[str, Any]) -> date:
    if type(found.get("on")) is not date:
        raise DataError(f"on is {found.get('on')!r}", expected="a day such as 2026-04-01, without quotation marks")
    return date.fromisoformat(str(found["on"]))


def _read_areas(path: Path) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    held: dict[str, list[str]] = {}
    ground = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ground.add(row["lsoa21"])
            if row["neighbourhood"]:
                held.setdefault(row["neighbourhood"], []).append(row["lsoa21"])
    return {name: tuple(sorted(codes)) for name, codes in held.items()}, tuple(sorted(ground))


def geojson(made: NeighbourhoodSet) -> dict[str, Any]:
    """Return a set as a GeoJSON FeatureCollection (RFC 7946): a MultiPolygon for each neighbourhood.

    A neighbourhood without areas has no geometry (null). `name` and `attribution` stand beside what the standard
    names, as it allows: QGIS calls the layer by the first.
    """
    from doorstep.geography.shapes import polygon

    features = [
        {
            "type": "Feature",
            "id": n.id,
            "geometry": polygon(n.areas, is_cut=True) if n.areas else None,
            "properties": _properties(made, n),
        }
        for n in made.neighbourhoods
    ]
    box = _box(features)
    return {
        "type": "FeatureCollection", "name": made.reference, **({"bbox": box} if box else {}),
        "attribution": ATTRIBUTION, "features": features,
    }  # fmt: skip


def _properties(made: NeighbourhoodSet, n: Neighbourhood) -> dict[str, Any]:
    """Return what a map program shows and labels by: the same names and kinds for every neighbourhood."""
    from doorstep.geography.neighbourhoods.ground import residents

    by = sorted({sign.who for sign in n.recognition})
    return {
        "id": n.id, "name": n.name, "label": n.label, "called": made.called(n),
        "recognition": f"recognised by {', '.join(by)}" if by else ADMINISTRATIVE, "recognised_by": ", ".join(by),
        "residents": residents(n.areas), "areas": len(n.areas), "practices": " ".join(n.practices),
        "reason": n.reasons[-1].text if n.reasons else "", "set": made.reference, "title": made.title,
        "version": made.version, "valid_from": made.valid_from.isoformat(),
        "valid_to": made.valid_to.isoformat() if made.valid_to else None,
    }  # fmt: skip


def _box(features: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return west, south, east and north of all there is; nothing where there is nothing."""
    shapes = [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]]
    points = [point for shape in shapes for rings in shape for ring in rings for point in ring]
    if not points:
        return []
    xs, ys = zip(*points, strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]
