"""What stands beside the numbers: definition, weights, sources with their vintage, caveats, and each column."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from doorstep.geography.need import Ranked
from doorstep.geography.site.need import facts, tables
from doorstep.geography.site.need.asking import Asked, default
from doorstep.reference import Source
from doorstep.reference.tables import source

_READ = ("need_lsoa21", "lsoa21", "report_150")


def tables_read() -> tuple[Source, ...]:
    """Return the shipped tables that the pages of need read: title, publisher, vintage, licence, caveats."""
    return tuple(_read(source(name)) for name in _READ)


def _read(one: Source) -> Source:
    """Return what is told of a table without its lines on constituencies, which no page of need reads."""
    caveats, attribution = (
        tuple(line for line in lines if "constituenc" not in line) for lines in (one.caveats, one.attribution)
    )
    return replace(one, caveats=caveats, attribution=attribution)


def file_name(of: Asked) -> str:
    """Return a name that says which index a file holds; what else was asked is in it as a short hash."""
    index = default()
    query = of.query(area="", page=0, layer="")
    mark = f"-{sha256(query.encode()).hexdigest()[:8]}" if query else ""
    return f"{index.id}-{index.version}{mark}.csv"


def metadata(of: Asked, ranked: Ranked) -> dict[str, Any]:
    """Return what stands beside the CSV, in the W3C's Metadata Vocabulary for Tabular Data (2015)."""
    index, firm = ranked.index, facts.firmness()
    read = tables_read()
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": file_name(of),
        "dc:title": index.title,
        "dc:description": [index.purpose, *index.caveats],
        "dc:source": [f"{one.title}: {one.publisher}; {one.vintage}; {one.licence}" for one in read],
        "dc:rights": sorted({line for one in read for line in one.attribution}),
        "doorstep:definition": f"{index.id}@{index.version}",
        "doorstep:status": index.status,
        "doorstep:weights": {i.id: i.weight for i in index.indicators},
        "doorstep:least_weight": index.least_weight,
        "doorstep:within": of.within,
        "doorstep:find": of.find,
        "doorstep:ranked_areas": ranked.n_ranked,
        "doorstep:rank_intervals": f"{firm.draws} draws of other weights round the default ones",
        "null": "",
        "tableSchema": {"columns": [{"name": name, "titles": told} for name, told in tables.columns(index)]},
    }
