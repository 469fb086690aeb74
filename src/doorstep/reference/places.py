"""The 43 Places of the programme's first wave: names, councils, practices and areas, each dated, with a status.

A Place is not a council: it is a dated definition. The names are those of the return's own lookup list, kept to the
character; the areas are read from the names until a Place gives its own list of practices.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from doorstep.errors import ConfigurationError, UsageError
from doorstep.reference.tables import DATA, table

STATUSES = {
    "council": "whole councils, approximate",
    "sub_icb": "whole sub-ICB locations, approximate",
    "part_of_council": "part of a council: needs the Place's own list of practices",
}


@dataclass(frozen=True)
class PlaceDefinition:
    """One Place as this package knows it.

    `name` is the return's own lookup string, trailing blank included. `status` is a key of STATUSES, or `system` for a
    whole system (`reference.systems`).
    """

    name: str
    slug: str
    order: int
    aliases: tuple[str, ...]
    region: str
    icb: str
    icb_name: str
    icb_status: str
    basis: str
    status: str
    councils: tuple[str, ...]
    ltla24: tuple[str, ...]
    sicbl: tuple[str, ...]
    valid_from: date
    source: str
    note: str

    def practices(self, listed: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the codes of the Place's practices, in order.

        `listed` is the Place's own list (`practices` in a home's config.toml) and replaces what we would infer from
        councils or sub-ICB locations. Raises ConfigurationError for a part of a council without a list.
        """
        if listed:
            return tuple(sorted({code.strip().upper() for code in listed}))
        if self.status == "part_of_council":
            raise ConfigurationError(
                f"{self.name.strip()} is part of a council, and no boundary is published",
                expected="the Place's own list of practice codes",
                where="practices in config.toml",
                do='write practices = ["A00001", …] there, or export the list from your population health tool',
            )
        if self.sicbl:
            return _select("practices", "practice", "sicbl", self.sicbl)
        return _select("practices", "practice", "ltla24", self.ltla24)

    def lsoas(self) -> tuple[str, ...]:
        """Return the 2021 LSOA codes of the Place's area, in order.

        For a part of a council: those of the whole council, an outer bound.
        """
        if self.sicbl:
            return _select("lsoa21", "lsoa21", "sicbl24_nhs", self.sicbl)
        return _select("lsoa21", "lsoa21", "ltla24", self.ltla24)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that finds this Place: official, short, earlier spellings, and councils that are wholly in it."""
        councils = self.councils if self.status == "council" else ()
        return (self.name, self.slug, *self.aliases, *councils)


@cache
def _select(name: str, column: str, where: str, values: tuple[str, ...]) -> tuple[str, ...]:
    import duckdb  # loads in a fraction of the time of `pyarrow.parquet.read_table`, which brings pandas

    query = f"select {column} from read_parquet(?) where list_contains(?, {where})"
    with duckdb.connect(":memory:") as con:
        return tuple(sorted(code for (code,) in con.execute(query, [str(table(name)), list(values)]).fetchall()))


def _definition(entry: dict[str, Any]) -> PlaceDefinition:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return PlaceDefinition(**fields)


@cache
def all_places() -> tuple[PlaceDefinition, ...]:
    """Return the 43 Places in the order of the return's lookup list."""
    files = (DATA / "places").glob("*.toml")
    found = (_definition(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files)
    return tuple(sorted(found, key=lambda place: place.order))


def plain(name: str) -> str:
    """Return a name as it is compared: lower case, letters and digits only, `&` as `and`."""
    return " ".join(re.findall(r"[a-z0-9]+", name.lower().replace("&", " and ")))


@cache
def _by_name() -> dict[str, PlaceDefinition]:
    found: dict[str, PlaceDefinition] = {}
    for place in all_places():
        for name in place.names:
            found.setdefault(plain(name), place)
    for place in all_places():  # an official name outranks any other Place's alias
        found[plain(place.name)] = place
    return found


def find(name: str) -> PlaceDefinition:
    """Return the Place of that name: official, earlier spelling or council; case and punctuation do not matter.

    Raises UsageError with the nearest names where there is none.
    """
    known = _by_name()
    if plain(name) in known:
        return known[plain(name)]
    near = difflib.get_close_matches(plain(name), known, n=3, cutoff=0.6)
    raise UsageError(
        f"no Place of the first wave is called {name!r}",
        expected="one of the 43 names of the return, an earlier spelling, or a council wholly inside a Place",
        do=("did you mean " + " or ".join(dict.fromkeys(known[n].name.strip() for n in near)) + "? " if near else "")
        + "see `doorstep reference places`",
    )


def configured(config: Mapping[str, Any]) -> tuple[PlaceDefinition, tuple[str, ...]]:
    """Return the Place of a home and the codes of its practices.

    `config` is a home's config.toml: `place = "NAME"` (or `system = "NAME"`, in the home of a whole system), and
    `practices = ["A00001", …]` where the Place gives its own list. Raises ConfigurationError where either is missing
    and needed, or of the wrong kind, or both are named; UsageError as `find` does.
    """
    if "system" in config:
        return _configured_system(config)
    name, listed = config.get("place"), config.get("practices", [])
    if not isinstance(name, str) or not name.strip():
        raise ConfigurationError(
            f"place is {name!r}", expected='place = "NAME"', where="config.toml", do="see `doorstep reference places`"
        )
    if not isinstance(listed, list) or not all(isinstance(code, str) for code in listed):
        raise ConfigurationError(f"practices is {listed!r}", expected='practices = ["A00001", …]', where="config.toml")
    place = find(name)
    return place, place.practices(listed)


def _configured_system(config: Mapping[str, Any]) -> tuple[PlaceDefinition, tuple[str, ...]]:
    from doorstep.reference import systems  # it reads definitions of this module's kind

    name = config["system"]
    if not isinstance(name, str) or "place" in config or "practices" in config:
        raise ConfigurationError(
            f"system is {name!r}", expected='system = "NAME", without place and practices', where="config.toml"
        )
    system = systems.find(name)
    return system, system.practices()


def population(place: PlaceDefinition) -> int:
    """Return the residents of the Place's area at the 2021 Census."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found = pq.read_table(table("lsoa21"), columns=["population"], filters=[("lsoa21", "in", list(place.lsoas()))])
    return int(pc.sum(found.column("population")).as_py())
