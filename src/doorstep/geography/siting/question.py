"""The question: who needs a centre near, where one could be, which stand already, how many, and what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from doorstep.errors import UsageError
from doorstep.geography.siting.pairs import Listed
from doorstep.geography.siting.rules import Floats, Ints
from doorstep.geography.siting.solving import Aim

How = Literal["new", "repurposed"]
ROAD_FACTOR = 1.3


@dataclass(frozen=True)
class Site:
    """A building, or a spot for one. `how` says whether it would be new or an existing building put to this use."""

    id: str
    name: str
    kind: str
    easting: float
    northing: float
    how: How = "repurposed"
    cost: float | None = None
    lsoa21: str = ""

    @property
    def spot(self) -> tuple[float, float]:
        """Where it is on the National Grid, in metres."""
        return self.easting, self.northing


@dataclass(frozen=True)
class Demand:
    """Small areas: their point (easting, northing), people, and each one's weight in the aim.

    `weight` is people times need; `weight_says` defines it in a sentence.
    """

    codes: tuple[str, ...]
    points: Floats
    people: Floats
    weight: Floats
    weight_says: str
    quintile: Ints
    council: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked. One of `n`, (`new`, `repurposed`) or `budget` says how much may be opened, fixed centres apart.

    `within` is kilometres (minutes with a matrix of minutes); `share` is how much of the equity aim is the worst-off
    tenth's; `matrix` gives each area's distance to the candidates and then to the fixed centres. Raises UsageError
    where these do not go together.
    """

    demand: Demand
    candidates: tuple[Site, ...]
    fixed: tuple[Site, ...] = ()
    n: int | None = None
    new: int | None = None
    repurposed: int | None = None
    budget: float | None = None
    aim: Aim = "median"
    within: float | None = None
    share: float = 0.5
    road_factor: float = ROAD_FACTOR
    matrix: Listed | None = None
    unit: str = "km"
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        mixed = self.new is not None or self.repurposed is not None
        if sum((self.n is not None, mixed, self.budget is not None)) != 1:
            raise UsageError(
                "how much may be opened is not said once",
                expected="a number, a mix, or a budget",
                do="say --n alone, --new and --repurposed together, or --budget alone",
            )
        if self.aim == "covering" and self.within is None:
            raise UsageError("covering needs a distance", expected="within so many km", where="--within")
        if self.within is not None and not self.within > 0:
            raise UsageError(f"{self.within:g} is no distance", expected="above nought", where="--within")
        if self.aim == "equity" and not 0 < self.share < 1:
            raise UsageError(f"{self.share:g} is no share", expected="above 0 and below 1", where="--share")
        if not self.road_factor >= 1:
            raise UsageError(f"{self.road_factor:g} is no road factor", expected="1 or more", where="--road-factor")
        if not self.candidates:
            raise UsageError("there is no candidate site", do="offer other kinds of building, or a file of your own")
        if not self.demand.codes or not float(self.demand.weight.sum()) > 0:
            raise UsageError("nobody lives there", expected="areas with people")
        self._check_mix()
        unpriced = [s.id for s in self.candidates if s.cost is None]
        if self.budget is not None and unpriced:
            raise UsageError(
                f"a budget needs each candidate's cost, and {len(unpriced):,} have none, first {unpriced[0]}",
                expected="a column cost, in the budget's unit", where="--candidates",
            )  # fmt: skip

    def _check_mix(self) -> None:
        """Refuse a mix that asks for more of a sort than there are; it says how to offer more of them."""
        for how, wanted, do in (
            ("new", self.new, "add the kind area (spots of new buildings), or write new in your own column how"),
            ("repurposed", self.repurposed, "add kinds of building, or rows to your own list"),
        ):
            there = sum(s.how == how for s in self.candidates)
            if wanted is not None and wanted > there:
                raise UsageError(
                    f"{wanted:,} {how} centres are asked, and {there:,} of the candidate sites are {how}", do=do
                )
