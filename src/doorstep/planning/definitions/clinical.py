"""Registers, counts of them, and the groups and cohorts made of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doorstep.planning.definitions.base import Definition, require


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One way onto a register; every condition written in it must hold.

    - `lists`: code lists of the diagnosis, any of them.
    - `resolved_by`: lists that end it. The latest diagnosis must be later than the latest of these; on the same day
      the resolution wins.
    - `recorded_from`: the latest diagnosis is on or after this day.
    - `first_within_months`: the first dated diagnosis is later than so many months before the day asked about.
    - `first_at_age_from`: age at the first dated diagnosis.
    - `and_lists`, `and_recorded_from`: a second code is needed too, on or after that day.
    - `age_from`, `age_to`: age on the day asked about, both ends included. An age not known passes.
    - `issued`, `issued_within_months`: a medicine of these lists is needed too, issued in that window.

    An entry without a date counts as a diagnosis earlier than any dated entry. Diagnoses are SNOMED CT codes of the
    lists, medicines dm+d codes; codes of another system find nothing. Without `lists` the medicine alone decides, with
    the ages and the second code where they are given.
    """

    lists: tuple[str, ...]
    resolved_by: tuple[str, ...] = ()
    recorded_from: date | None = None
    first_within_months: int | None = None
    first_at_age_from: int | None = None
    and_lists: tuple[str, ...] = ()
    and_recorded_from: date | None = None
    age_from: int | None = None
    age_to: int | None = None
    issued: tuple[str, ...] = ()
    issued_within_months: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.lists) or bool(self.issued), "no code list", expected="lists = ['name of a code list']")
        dates = (self.recorded_from, self.first_within_months, self.first_at_age_from)
        asks = bool(self.resolved_by) or any(d is not None for d in dates)
        require(bool(self.lists) or not asks, "asks when a diagnosis was made, of no list", expected="lists = [...]")
        both = set(self.lists) & set(self.resolved_by)
        require(not both, f"{', '.join(sorted(both))} both starts and ends it", expected="different lists")
        low, high = self.age_from or 0, 150 if self.age_to is None else self.age_to
        require(0 <= low <= high, f"ages {self.age_from} to {self.age_to}", expected="age_from not above age_to")
        require(
            self.and_recorded_from is None or bool(self.and_lists),
            "and_recorded_from without and_lists",
            expected="the list that the day is about",
        )
        require(
            bool(self.issued) == bool(self.issued_within_months),
            "issued without issued_within_months, or the other way round",
            expected="both: the lists of medicines and the months to look back",
        )


@dataclass(frozen=True, kw_only=True)
class Example:
    """A person a reader can check by eye: entries are `2019-05-01 diabetes` or `undated diabetes`."""

    says: str
    entries: tuple[str, ...]
    is_on: bool
    born: date | None = None


@dataclass(frozen=True, kw_only=True)
class Register(Definition):
    """A list of people with a condition, found from coded entries of the GP record.

    A person is on it where any criterion holds and no register in `unless` has them. `missing` names what the rule
    asks for and no shipped list has; such a register must be called `..._dx_only`.
    """

    any_of: tuple[Criterion, ...]
    qof_code: str = ""
    unless: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    example: tuple[Example, ...] = ()

    kind: ClassVar[str] = "register"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.any_of), "no way onto the register", expected="at least one [[any_of]] table")
        require(
            bool(self.missing) == self.id.endswith("_dx_only"),
            f"{self.id} with {len(self.missing)} missing parts",
            expected="an id that ends in _dx_only where `missing` names something, and only there",
        )

    @property
    def lists(self) -> tuple[str, ...]:
        """Every code list the rule reads, once."""
        found = (x for c in self.any_of for x in (*c.lists, *c.resolved_by, *c.and_lists, *c.issued))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Tally(Definition):
    """A count of long-term conditions: how many of these registers a person is on."""

    registers: tuple[str, ...]
    not_counted: tuple[str, ...] = ()

    kind: ClassVar[str] = "count"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.registers), "counts nothing", expected="registers = ['names of registers']")
        twice = sorted({r for r in self.registers if self.registers.count(r) > 1})
        require(not twice, f"{', '.join(twice)} counted twice", expected="each register once")


@dataclass(frozen=True, kw_only=True)
class Group(Definition):
    """The national target group: adults with enough conditions, or fewer and a risk of admission.

    Columns: `in_national_group`, `in_national_group_by_<count>` for each of `other_counts`, and `why`. In it is who is
    alive, registered with the Place, not known to be under `age_from`, and has the number of conditions, or the smaller
    number and one of `risk_bands`; where nobody at all has a coded entry, the risk alone decides. Without a group on
    the shelf nobody is in it and `why` is null.
    """

    age_from: int
    count: str
    other_counts: tuple[str, ...]
    conditions_enough: int
    conditions_with_risk: int
    risk_bands: tuple[str, ...]

    kind: ClassVar[str] = "group"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            0 < self.conditions_with_risk < self.conditions_enough,
            f"{self.conditions_with_risk} conditions with risk, {self.conditions_enough} without",
            expected="fewer conditions where risk counts too",
        )
        wrong = sorted(set(self.risk_bands) - {"low", "intermediate", "high"})
        require(bool(self.risk_bands) and not wrong, f"bands {wrong}", expected="low, intermediate, high")


@dataclass(frozen=True, kw_only=True)
class PlaceScore(Definition):
    """The Place's own risk score, which arrives with its cohort list: what it is and where its bands are cut."""

    scored_on: date
    cohort_name: str
    intermediate_from: float
    high_from: float

    kind: ClassVar[str] = "place score"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.intermediate_from < self.high_from,
            f"cut-points {self.intermediate_from} and {self.high_from}",
            expected="intermediate_from below high_from",
        )


@dataclass(frozen=True, kw_only=True)
class CohortRule(Definition):
    """A rule for whom teams should see: a sentence over the columns of the person table.

    A cohort has a column `in_<id>` (alive, registered with the Place, and found by the rule) where it `is_on`.
    """

    rule: str

    kind: ClassVar[str] = "cohort"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.rule.strip()), "the rule is empty", expected="such as: age >= 65 and ltc_count >= 3")
