"""The checks of a set that need no map: the range of its tier, and what was asked of every board's teams."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

LOW, HIGH, VERY_LARGE = 30_000, 50_000, 100_000
GUIDANCE = "The range is guidance: outside it, a reason is asked for and recorded; it is no error."


@dataclass(frozen=True)
class Tier:
    """Where a population stands to the range: within, small or large; outside, whether a reason is recorded."""

    verdict: str
    words: str


def tier(people: int, reasons: Sequence[str] = (), low: int = LOW, high: int = HIGH) -> Tier:
    """Return where residents stand to the range of a neighbourhood, both ends included."""
    if low <= people <= high:
        return Tier("within", "within range")
    verdict = "small" if people < low else "large"
    by = low - people if people < low else people - high
    said = f"outside range ({by:,} too {'few' if verdict == 'small' else 'many'})"
    return Tier(verdict, f"{said}, {f'reason: {reasons[-1]}' if reasons else 'no reason recorded'}")


@dataclass(frozen=True)
class Team:
    """What the checks of teams need to know of one."""

    people: int
    is_named: bool
    is_pcn: bool


@dataclass(frozen=True)
class Count:
    """How many of how many, in words of `what`."""

    what: str
    n: int
    of: int

    @property
    def share(self) -> float:
        """The share, 0 where there is nothing to share."""
        return self.n / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.what}: {self.n:,} of {self.of:,} ({self.share:.1%})"


def team_checks(teams: Iterable[Team]) -> list[Count]:
    """Return how many teams are over 50,000, at or above 100,000, unnamed, and the same as a network."""
    found = list(teams)
    return [
        Count("over 50,000 people", sum(t.people > HIGH for t in found), len(found)),
        Count("at or above 100,000 people", sum(t.people >= VERY_LARGE for t in found), len(found)),
        Count("without a name", sum(not t.is_named for t in found), len(found)),
        Count("the same as a primary care network", sum(t.is_pcn for t in found), len(found)),
    ]


def not_accounted_for(counts: Iterable[int], of: int) -> int:
    """Return how many of a whole the counts of its parts leave out."""
    return of - sum(counts)


@dataclass(frozen=True)
class Published:
    """The published share of teams at or above 100,000, how well it is known, and what is to be said beside it."""

    count: Count
    status: str
    words: tuple[str, ...]


def published() -> Published:
    """Return what was published of the sizes of teams."""
    text = (resources.files("doorstep.geography.neighbourhoods") / "published_teams.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    parts = [told["boards_whole"], told["boards_part"], told["boards_defining"]]
    left = not_accounted_for(parts, told["boards"])
    words = (
        f"Published: {told['source']}, as quoted in {told['quoted_in']} [{told['status']}]; "
        f"{told['boards_with_populations']} boards gave populations.",
        f"Of {told['boards']} boards {' + '.join(map(str, parts))} = {sum(parts)} "
        f"said where they stand: {left} not accounted for.",
    )
    count = Count("at or above 100,000 people", told["at_or_above_100000"], told["teams"])
    return Published(count, told["status"], words)
