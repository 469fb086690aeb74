"""An answer as a page, a file and a map take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doorstep.geography.site.centres.asking import AIMS, HOWS, KINDS, WEIGHTS, Asked
from doorstep.geography.site.centres.sites import hours_told
from doorstep.geography.siting import Answer, Site, by_council, by_quintile
from doorstep.geography.siting.effects import Group
from doorstep.geography.siting.grid import lonlat
from doorstep.geography.siting.writing import rows_of
from doorstep.reference import sources

KIND = {"library": "Library", "hospital": "Hospital", "practice": "General practice", "area": "New building",
        "spot": "Spot placed by hand"}  # fmt: skip
CAVEATS = (
    "Distances are straight lines times a road factor of {factor:g} (our assumption), from the mean of each area's "
    "postcodes. Rivers, hills and motorways are not in them.",
    "Nothing here is of public transport or walking times. Where these matter, bring times of your own: "
    "doorstep centres site --matrix.",
    "Nothing says that a building could be used, has room or is for sale. A new building's spot says where about, "
    "and nothing of land.",
    "People are of Census 2021. Buildings: {vintage}; some have closed or moved since.",
    "Hospitals were placed by a geocoder and can be some way off; several names of one hospital can stand as several "
    "sites.",
)


def caveats(asked: Asked) -> list[str]:
    """Return what a reader must know before believing a distance."""
    [vintage] = [s.vintage for s in sources() if s.name == "sites"]
    told = vintage[:1].lower() + vintage[1:]
    return [caveat.format(factor=asked.road_factor, vintage=told) for caveat in CAVEATS]


def question_rows(asked: Asked, found: Answer) -> list[tuple[str, str]]:
    """Return the question as pairs of what and how, as it was understood."""
    demand = found.question.demand
    match asked.how:
        case "number":
            how_much = f"{asked.n:,} centres"
        case "mix":
            how_much = f"{asked.new:,} new and {asked.repurposed:,} repurposed"
        case _:
            costs = ", ".join(f"{KIND[kind].lower()} {cost:,g}" for kind, cost in asked.costs)
            how_much = f"what {asked.budget:,g} pays for (each {costs})"
    aim = AIMS[asked.aim] + (f" ({asked.share:.0%} of the aim)" if asked.aim == "equity" else "")
    return [
        ("Where", f"{asked.where}: {len(demand.codes):,} small areas, {demand.people.sum():,.0f} people"),
        ("Candidate sites", f"{len(found.question.candidates):,}: " + ", ".join(KINDS[k].lower() for k in asked.kinds)),
        ("How much", how_much),
        ("Aim", aim),
        ("People count", WEIGHTS[asked.weight]),
        ("Coverage distance", f"{asked.within:g} km"),
        ("Centres that stand", f"{len(found.question.fixed):,}" if found.question.fixed else "None"),
    ]


def site_rows(found: Answer) -> list[dict[str, Any]]:
    """Return a record for each open centre, numbered as on the map, fixed ones first."""
    return [
        {"number": n, **row, "twelve_hours_six_days": hours_told(site)}
        for n, (row, site) in enumerate(zip(rows_of(found), found.open_sites, strict=True), start=1)
    ]


def people_rows(found: Answer) -> list[dict[str, Any]]:
    """Return everyone, each quintile, the worst-off tenth and each council as records with rounded numbers."""
    return [_rounded("people", group) for group in by_quintile(found)] + [
        _rounded("council", group) for group in by_council(found)
    ]


def _rounded(kind: str, group: Group) -> dict[str, Any]:
    was = None if group.mean_before is None else round(group.mean_before, 3)
    return {
        "by": kind,
        "group": group.name,
        "people": group.people,
        "mean_km_before": was,
        "mean_km": round(group.mean, 3),
        "share_within_before": None if was is None else round(group.within_before, 4),
        "share_within": round(group.within, 4),
    }


def summary(found: Answer) -> list[dict[str, Any]]:
    """Return the numbers that come first."""
    groups = {group.name.split(",")[0]: group for group in by_quintile(found)}
    everyone, worst = groups["everyone"], groups["tenth with furthest to go"]
    within = found.question.within or 0.0
    cards = [
        {"text": "Mean distance", "value": f"{everyone.mean:.2f} km"},
        {"text": f"People within {within:g} km", "value": f"{everyone.within:.1%}"},
        {"text": "Mean distance of the tenth with furthest to go", "value": f"{worst.mean:.2f} km"},
    ]
    if poorest := groups.get("quintile 1"):
        cards.insert(2, {"text": "Mean distance, most deprived fifth", "value": f"{poorest.mean:.2f} km"})
    return cards


def map_data(asked: Asked, found: Answer, placed: Sequence[Site] = ()) -> dict[str, Any]:
    """Return what the map and the browser's own counting need: areas by column, sites, and the question's settings.

    `placed` are sites placed by hand, which need not be candidates.
    """
    question = found.question
    demand = question.demand
    return {
        "areas": {
            "codes": demand.codes,
            "easting": demand.points[:, 0].tolist(),
            "northing": demand.points[:, 1].tolist(),
            "people": demand.people.tolist(),
            "weight": demand.weight.tolist(),
            "quintile": demand.quintile.tolist(),
        },
        "candidates": [_on_map(site) for site in question.candidates],
        "fixed": [_on_map(site) for site in question.fixed],
        "placed": [{**_on_map(site), "isSpot": site.kind == "spot"} for site in placed],
        "chosen": [site.id for site in found.chosen],
        "settings": {
            "aim": asked.aim,
            "factor": asked.road_factor,
            "within": asked.within,
            "share": asked.share,
            "best": found.solved.value,
        },
    }


def _on_map(site: Site) -> dict[str, Any]:
    lon, lat = lonlat(site.easting, site.northing)
    return {
        "id": site.id, "name": site.name, "kind": KIND.get(site.kind, site.kind), "easting": site.easting,
        "northing": site.northing, "lon": round(lon, 5), "lat": round(lat, 5),
    }  # fmt: skip


def candidate_rows(found: Answer, sites: Sequence[Site]) -> list[dict[str, str]]:
    """Return sites with their kind and council in words."""
    names = dict(zip(found.question.demand.codes, found.question.demand.council, strict=True))
    return [
        {
            "id": site.id,
            "name": site.name,
            "kind": KIND.get(site.kind, site.kind),
            "council": names.get(site.lsoa21, ""),
        }
        for site in sites
    ]


def chosen_words() -> dict[str, Any]:
    """Return the words of the form's choices."""
    return {"all_kinds": KINDS, "hows": HOWS, "aims": AIMS, "weights": WEIGHTS}
