"""Definitions made of other columns of the person table: flags, weighted sums, segments and cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from doorstep.planning.definitions.base import Definition, require


@dataclass(frozen=True, kw_only=True)
class Flag(Definition):
    """A true-or-false column: a rule over columns of the person table (rule language; not known is false)."""

    rule: str

    kind: ClassVar[str] = "flag"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.rule.strip()), "the rule is empty", expected="such as: ed_attendances_12m >= 5")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One weight: it counts where the column is true. The column may be any yes/no column that a rule may ask."""

    column: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class WeightedSum(Definition):
    """A score that adds the weights of what a person has; weights may be negative. Column `<id>`, never null.

    Weights are added as whole multiples of 10 to the power of minus `decimals`, so that every engine has the same sum.
    `not_counted` names conditions of the published score that no column can find here.
    """

    term: tuple[Term, ...]
    decimals: int = 2
    not_counted: tuple[str, ...] = ()

    kind: ClassVar[str] = "weighted sum"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.term), "adds nothing", expected="at least one [[term]] table")
        fine = [t.column for t in self.term if round(t.weight, self.decimals) != t.weight]
        require(not fine, f"{', '.join(fine)} has a finer weight", expected=f"at most {self.decimals} decimals")

    def steps(self, term: Term) -> int:
        """Return a weight in whole steps."""
        return int(Decimal(str(term.weight)).scaleb(self.decimals))


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One segment of a scheme; its rule is asked only of people whom no earlier segment has."""

    id: str
    title: str
    rule: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Scheme(Definition):
    """A segmentation: ordered rules, the first that holds decides, the last segment has no rule and takes the rest.

    So each person is in exactly one segment. Column `<id>` (the segment's id). `beside` are flags that stand beside
    the segment, such as maternity.
    """

    segment: tuple[Segment, ...]
    beside: tuple[str, ...] = ()

    kind: ClassVar[str] = "segmentation"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(len(self.segment) > 1, "fewer than two segments", expected="[[segment]] tables, first match first")
        *ruled, last = self.segment
        without = [s.id for s in ruled if not s.rule.strip()]
        require(not without, f"{', '.join(without)} has no rule", expected="a rule in every segment but the last")
        require(not last.rule.strip(), f"the last segment, {last.id}, has a rule", expected="none: it takes the rest")
        names = [s.id for s in self.segment]
        require(len(set(names)) == len(names), "a segment twice", expected="each id once")
