"""Which Place plays which part."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.reference import places
from doorstep.synthetic.programme_returns.parameters import Parameters
from doorstep.synthetic.streams import Streams

# In the order in which Places are given parts, where there are few.
PARTS = ("true_change", "regression_to_the_mean", "wider_rule", "joined_late", "no_caseload")


@dataclass(frozen=True)
class Cast:
    """Places by part (slugs), and the others in an order drawn once.

    A part is kept by its Place when what it stands for is left out, so that leaving it out changes nothing else.
    """

    of_part: dict[str, str]
    others: tuple[str, ...]

    def part(self, slug: str) -> str | None:
        """Return the part of a Place; None where it plays none."""
        return next((part for part, who in self.of_part.items() if who == slug), None)

    def other(self, number: int) -> str | None:
        """Return one of the other Places; where there are fewer they come again, and where there is none, None."""
        return self.others[number % len(self.others)] if self.others else None


def slugs(parameters: Parameters) -> tuple[str, ...]:
    """Return the Places that take part, in the order of the return's list."""
    return tuple(place.slug for place in places.all_places()[: parameters.places])


def cast(parameters: Parameters) -> Cast:
    """Give the parts out by the seed."""
    who = list(slugs(parameters))
    Streams(parameters.seed)("cast").shuffle(who)
    return Cast(dict(zip(PARTS, who, strict=False)), tuple(who[len(PARTS) :]))


def plants(parameters: Parameters) -> dict[str, int]:
    """Return what is planted among the figures, with its month as a position in the window.

    What the window is too short to show is not planted.
    """
    months, change = parameters.months, parameters.change
    wanted = {
        "true_change": None if change is None else change.month - 1,
        "regression_to_the_mean": parameters.reselects_until,  # the first month without a new choice
        "wider_rule": None if parameters.wider_rule_from is None else parameters.wider_rule_from - 1,
        "joined_late": None if parameters.joined_late is None else months - parameters.joined_late,
    }
    parts = cast(parameters).of_part
    shown = {part: at for part, at in wanted.items() if at is not None and 0 < at < months and part in parts}
    return shown | ({"no_caseload": 0} if "no_caseload" in parts else {})
