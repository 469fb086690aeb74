"""All people of a real Place and of a real system as drawn, and what the published tables say of the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import numpy as np

from doorstep import reference
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.homes import shares
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import make_people
from doorstep.synthetic.roll import People, joined_people
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline

TIMELINE = Timeline.ending("2026-09", 24)
SYSTEM = "Cheshire and Merseyside"
TABLES = (
    "registrations",
    "lsoa11_lsoa21",
    "age_lsoa21",
    "ethnicity_lsoa21",
    "practices",
    "lsoa21",
    "sex_ltla",
    "unpaid_care_msoa21",
)


@dataclass(frozen=True)
class Drawn:
    """A ground and the people drawn on it; `opening` marks who is registered when the window opens."""

    ground: Ground
    people: People

    @property
    def opening(self) -> Any:
        return self.people.registered_from < TIMELINE.first

    @property
    def age(self) -> Any:
        """Age on the eve of the window, at most 90."""
        return np.minimum(self.people.age_on(TIMELINE.first - 1), 90)

    def by_lsoa(self, what: Any, n: int) -> dict[str, Any]:
        """How many people of each LSOA have each number of `what` (below `n`) when the window opens."""
        who = self.opening
        counts = np.zeros((len(self.ground.lsoas), n), int)
        np.add.at(counts, (self.people.lsoa[who], what[who]), 1)
        return dict(zip(self.ground.lsoas, counts, strict=True))


def drawn(parameters: Parameters, ground: Ground, every: int = 1) -> Drawn:
    """Draw every part, or one part in so many."""
    streams = Streams(parameters.seed)
    parts = shares(ground, TIMELINE, parameters)[::every]
    return Drawn(ground, joined_people([make_people(ground, TIMELINE, parameters, streams, part) for part in parts]))


@cache
def sefton() -> Drawn:
    return drawn(Parameters("Sefton", seed=3), Ground.of("Sefton"))


@cache
def system_ground() -> Ground:
    return Ground.of_system(SYSTEM)


@cache
def system() -> Drawn:
    return drawn(Parameters(system=SYSTEM, seed=3), system_ground())


def published(sql: str) -> list[tuple[Any, ...]]:
    """Ask the shipped tables; a table's name in braces is its file."""
    with duckdb.connect() as connection:
        return connection.execute(sql.format(**{name: f"'{reference.table(name)}'" for name in TABLES})).fetchall()
