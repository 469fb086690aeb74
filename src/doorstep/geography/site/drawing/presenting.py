"""A set as its page shows it: a row for each neighbourhood, with what it has and what it lacks, and the map's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from doorstep.geography.neighbourhoods import Neighbourhood, NeighbourhoodSet
from doorstep.geography.neighbourhoods.auditing import Audit
from doorstep.geography.neighbourhoods.auditing import Row as Found
from doorstep.geography.neighbourhoods.checks import HIGH, LOW
from doorstep.geography.neighbourhoods.ground import areas, residents
from doorstep.geography.site.drawing.changing import label_of
from doorstep.reference import table

BAR = 200  # pixels of a bar's scale
OF_RANGE = {"within": "Within the range", "small": "Smaller than the range", "large": "Larger than the range"}


@dataclass(frozen=True)
class Bar:
    """Residents as a bar beside the range: pixels from the left."""

    width: float
    low: float
    high: float


def bar(people: int, most: int) -> Bar:
    """Return the bar of a population on a scale that ends at `most` residents."""
    end = scale_end(most)
    return Bar(*(round(BAR * n / end, 1) for n in (people, LOW, HIGH)))


def scale_end(most: int) -> int:
    """Return where the scale of bars ends: beyond the range, and beyond the largest."""
    return max(80_000, -(-most // 10_000) * 10_000)


@dataclass(frozen=True)
class Row:
    """One neighbourhood on the page of its set. `number` is its number on the map."""

    number: int
    n: Neighbourhood
    found: Found
    called: str
    bar: Bar
    deprivation: str
    moved_since: int  # areas that moved since somebody recognised it

    @property
    def recognition(self) -> str:
        """Who recognises it, or that nobody does."""
        by = sorted({sign.who for sign in self.n.recognition})
        return f"Recognised by {_and(by)}" if by else "Administrative only"

    @property
    def pieces(self) -> str:
        """Whether it hangs together, in words."""
        n = self.found.pieces
        return {0: "No area yet", 1: "Hangs together"}.get(n, f"In {n} pieces")

    @property
    def range(self) -> str:
        """Where its residents stand to the range of a neighbourhood."""
        if self.found.range == "within" or not self.found.n_areas:
            return OF_RANGE[self.found.range]
        by = abs(self.found.residents - (LOW if self.found.range == "small" else HIGH))
        return f"{by:,} {'under' if self.found.range == 'small' else 'over'} the range"

    @property
    def asks_for_reason(self) -> bool:
        """Whether it is outside the range and nobody has said why."""
        return self.found.range != "within" and not self.n.reasons


def rows(made: NeighbourhoodSet, found: Audit, moved: Mapping[str, frozenset[str]]) -> list[Row]:
    """Return the rows of a set; `moved` are the areas that moved since somebody recognised a neighbourhood."""
    most = max(row.residents for row in found.rows)
    return [
        Row(
            number, n, row, made.called(n), bar(row.residents, most), deprivation(n.areas), len(moved.get(n.id, ()))
        )
        for number, (n, row) in enumerate(zip(made.neighbourhoods, found.rows, strict=True), start=1)
    ]  # fmt: skip


@cache
def _deciles() -> Mapping[str, int]:
    import pyarrow.parquet as pq

    found = pq.read_table(table("lsoa21"), columns=["lsoa21", "imd2025_decile"]).to_pydict()
    return dict(zip(found["lsoa21"], found["imd2025_decile"], strict=True))


def deprivation(codes: Sequence[str]) -> str:
    """Return how deprivation (IMD 2025) spreads over some areas: people in the most deprived fifth, and the range."""
    if not codes:
        return ""
    of, here = _deciles(), areas()
    people = residents(codes)
    most = sum(here[code].people for code in codes if of[code] <= 2)
    spread = sorted({of[code] for code in codes})
    deciles = f"deciles {spread[0]} to {spread[-1]}" if len(spread) > 1 else f"decile {spread[0]}"
    return f"{most / people:.0%} in the most deprived fifth; {deciles}" if people else deciles


def _and(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def map_data(made: NeighbourhoodSet) -> dict[str, Any]:
    """Return what the map needs: the ground with each area's ward and neighbourhoods, and what these are called."""
    at = {n.id: i for i, n in enumerate(made.neighbourhoods)}
    held: dict[str, list[int]] = {}
    for code, n in made.members():
        held.setdefault(code, []).append(at[n.id])
    ground = sorted({*made.ground, *held})
    here = areas()
    wards = sorted({here[code].ward_name for code in ground})
    place = {name: i for i, name in enumerate(wards)}
    return {
        "areas": ground,
        "home": [held.get(code, []) for code in ground],
        "wards": wards,
        "ward": [place[here[code].ward_name] for code in ground],
        "neighbourhoods": [{"id": n.id, "name": n.name, "label": label_of(n)} for n in made.neighbourhoods],
        "range": [LOW, HIGH],
        "version": made.version,
    }


def listed_areas(made: NeighbourhoodSet, words: str = "", within: str = "") -> list[dict[str, Any]]:
    """Return the areas of a set's ground for a table: those whose name, ward or code has these words.

    `within` is the id of a neighbourhood, or "-" for areas in none.
    """
    here, homes = areas(), dict(made.members())
    wanted = words.casefold().split()
    found = []
    for code in sorted({*made.ground, *homes}, key=lambda code: (here[code].name, code)):
        home, area = homes.get(code), here[code]
        text = f"{code} {area.name} {area.ward_name}".casefold()
        is_within = not within or (home.id == within if home else within == "-")
        if is_within and all(word in text for word in wanted):
            found.append({"code": code, "name": area.name, "ward": area.ward_name, "people": area.people,
                          "home": home.id if home else ""})  # fmt: skip
    return found


@dataclass(frozen=True)
class Size:
    """How many people and areas a neighbourhood has."""

    id: str
    residents: int
    n_areas: int


def sizes(made: NeighbourhoodSet) -> list[Size]:
    """Return the size of each neighbourhood, which needs no audit."""
    return [Size(n.id, residents(n.areas), len(n.areas)) for n in made.neighbourhoods]


@dataclass(frozen=True)
class Gaps:
    """The areas that are in no neighbourhood, with their residents and the names of the first few."""

    n: int
    people: int
    names: tuple[str, ...]


def gaps(made: NeighbourhoodSet, shown: int = 20) -> Gaps:
    """Return what of the ground is in no neighbourhood."""
    codes, here = made.gaps(), areas()
    return Gaps(len(codes), residents(codes), tuple(here[code].name for code in codes[:shown]))
