"""What a count counts, and why some counts may not have Poisson limits."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from doorstep.errors import UsageError
from doorstep.statistics.choices import unknown_choice
from doorstep.statistics.results import Numbers, ZeroPopulationError, counts


class Counted(StrEnum):
    """What one unit of a numerator is; the caller must say."""

    PEOPLE = "people"
    """People, each counted once at most."""
    EVENTS = "events"
    """Separate events, taken to be independent of each other, such as deaths or calls from many people."""
    REPEATS = "repeats"
    """Events that the same people have again and again, such as the attendances of a caseload."""
    DAYS = "days"
    """Days, hours or pounds: an amount that comes in lumps, such as bed days."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        unknown_choice("what is counted", value, cls)


FEWEST_FOR_REPEATS = 10
"""Below this many areas their spread may not stand in for how much one person adds."""


class RepeatedCountError(UsageError):
    """Limits for independent events were asked for a count that repeats within people."""


def refuse_repeats(counted: Counted, dispersion: str, within_people: float | None, n_areas: int) -> None:
    """Raise RepeatedCountError where the limits asked for would take a count that repeats for independent events."""
    if counted in (Counted.PEOPLE, Counted.EVENTS) or within_people is not None:
        return
    by_areas = dispersion == "multiplicative"
    if by_areas and n_areas >= FEWEST_FOR_REPEATS:
        return
    what = "days of stays" if counted is Counted.DAYS else "events that repeat within people"
    asked = f"limits from the spread of {n_areas} areas" if by_areas else "limits for independent events"
    raise RepeatedCountError(
        f"these are {what}, and {asked} were asked for",
        expected="limits that know how much one person adds: Poisson limits would be several times too narrow, "
        "and areas would be called different by chance",
        do="count people or stays instead; or give within_people=person_dispersion(...) from one total a person; or, "
        f'with {FEWEST_FOR_REPEATS} areas or more, use dispersion="multiplicative", which estimates it from the areas',
    )


def person_dispersion(amounts: Numbers) -> float:
    """Return how much wider than Poisson a sum of people's amounts varies: their variance over their mean.

    amounts: one total a person (bed days, attendances), with a nought for every person who had none.
    An area's sum over n people has variance n s² and mean n m, so that a Poisson variance must be multiplied by
    φ = s² / m. Never below 1. Raises ZeroPopulationError where there are fewer than two people or nothing was counted.
    Source: the variance of a compound Poisson sum (Feller, An Introduction to Probability Theory I, XII.2).
    """
    found = counts("amounts", amounts).ravel()
    if found.size < 2 or not found.any():
        raise ZeroPopulationError(
            f"amounts holds {found.size} people and {found.sum():g} in all",
            expected="two people or more, and something counted",
        )
    return max(1.0, float(found.var(ddof=1) / found.mean()))
