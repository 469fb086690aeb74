"""What a made-up Place is made from: size, window, activity rates and the rate of every planted fault."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from doorstep.errors import UsageError
from doorstep.synthetic.worlds.model import World

WAYS = ("A", "B", "C")
# What makes the made-up people behave like real ones; each can be left out, to see which published fact then fails.
MECHANISMS = (
    "raking",  # age, sex and ethnicity fitted jointly to each area, not drawn apart
    "deprivation_gradient",  # illness comes earlier in more deprived areas
    "correlation",  # the conditions of a person are correlated
    "frailty_use",  # use rises with frailty
    "recent_use",  # use rises after use
    "heavy_tail",  # some people use far more than others of the same age and illness
    "season",
    "weekday",
    "practice_variation",
    "provider_variation",
    "frailty_mortality",  # the frail die sooner
    "death_near_use",  # use is heavy in the last months of life
)
FORMATS = ("csv", "csv.gz", "parquet")
LARGEST_PLACE, LARGEST_SYSTEM = 3, 10  # times the real lists


@dataclass(frozen=True)
class FaultRates:
    """The share of rows (or, where said, of people) that carry each planted fault; 0 switches one off.

    Where a rate is above 0 and any row can carry the fault, at least one does.
    """

    blank_key: float = 0.001
    invalid_key: float = 0.0005
    missing_date: float = 0.0005
    impossible_date: float = 0.0004
    discharge_before_admission: float = 0.0008
    after_receipt: float = 0.0004
    duplicate_same_file: float = 0.001
    duplicate_later_file: float = 0.001
    sender_flagged: float = 0.001
    correction: float = 0.003
    late: float = 0.015
    late_refresh: float = 0.0005
    deleted: float = 0.001
    open_spell: float = 0.5  # of the stays that are under way when a delivery is cut
    retired_code: float = 0.002
    unknown_code: float = 0.001
    unknown_lsoa: float = 0.0005
    row_ethnicity_missing: float = 0.03
    row_lsoa_missing: float = 0.01
    unlinked: float = 0.001
    out_of_place: float = 0.004
    unbooked_slot: float = 0.05
    after_death: float = 0.05  # of people who died
    provider_gap: float = 1.0  # a provider's last month but one arrives a delivery late: yes (above 0) or no
    person_ethnicity_missing: float = 0.04  # of people
    person_lsoa_missing: float = 0.004  # of people
    two_practices: float = 0.002  # of people
    shared_number: float = 0.0005  # of people: two people of two practices under one number
    two_numbers: float = 0.0005  # of people: the second registration has another number
    misspelt_name: float = 0.01  # of people whose practice record is sent more than once
    wrong_birth: float = 0.01  # of people whose practice record is sent more than once
    follow_up_first: float = 0.002  # of outpatients: a follow-up before the first appointment
    referral_after_contact: float = 0.01  # of referrals
    before_birth: float = 0.0003
    retired_entry: float = 0.002  # coded entries in a terminology that is no longer in use
    resubmitted_month: float = 1.0  # a provider sends a whole month again: yes (above 0) or no
    refreshed_month: float = 1.0  # the same of the community data set
    silent_month: float = 1.0  # a provider's month in the middle of a year or more never arrives: yes or no
    same_day_switch: float = 0.25  # of one provider's attendances: from a month on counted as same-day emergency care
    type_1_objection: float = 0.02  # of people outside the cohort
    opted_out: float = 0.05  # of people

    def __post_init__(self) -> None:
        for name, rate in dataclasses.asdict(self).items():
            if not 0 <= rate <= 1:
                raise UsageError(f"the rate of {name} is {rate}", expected="a share from 0 to 1")


@dataclass(frozen=True)
class Rates:
    """What is not fitted to a published figure: for each person-year, or as said."""

    background_codes: float = 20.0  # lifelong entries a person besides those of conditions
    medicine_months: int = 6  # how far back issues reach
    joiners: float = 0.035
    leavers: float = 0.035
    movers: float = 0.06
    cohort_of_adults: float = 0.03
    programme_with_gp: float = 0.0  # share of programme contacts that are also a GP's appointment


@dataclass(frozen=True)
class Parameters:
    """Everything that decides the bytes of a made-up Place, besides the versions of the libraries.

    Exactly one of `place` and `system` (an integrated care board, or "England") names the ground.
    `people` is how many are registered at a time; None takes the ground's own list size times `scale`. `slots_only` is
    the share of practices whose appointments come as EMIS slots and in no flat file (ways A and B). `without` names
    mechanisms to leave out; `world` plants something true.
    Raises UsageError where a value makes no sense.
    """

    place: str | None = None
    months: int = 24
    seed: int = 1
    end: str = "2026-09"
    ways: tuple[str, ...] = ("A",)
    people: int | None = None
    scale: float = 1.0
    file_format: str = "csv"
    birth: str = "day"
    slots_only: float = 0.0
    without: tuple[str, ...] = ()
    faults: FaultRates = field(default_factory=FaultRates)
    rates: Rates = field(default_factory=Rates)
    system: str | None = None
    world: World | None = None

    def __post_init__(self) -> None:
        if not self.ways or any(way not in WAYS for way in self.ways):
            raise UsageError(f"the ways are {','.join(self.ways)!r}", expected="one or more of A,B,C", where="--ways")
        if self.file_format not in FORMATS:
            raise UsageError(f"the format is {self.file_format!r}", expected=", ".join(FORMATS), where="--format")
        if self.birth not in ("day", "month"):
            raise UsageError(f"the birth precision is {self.birth!r}", expected="day or month", where="--birth")
        if not 0 <= self.slots_only <= 0.9:
            raise UsageError(f"the share is {self.slots_only}", expected="from 0 to 0.9", where="--slots-only")
        unknown = [name for name in self.without if name not in MECHANISMS]
        if unknown:
            raise UsageError(
                f"there is no mechanism {unknown[0]!r}", expected=f"one or more of {', '.join(MECHANISMS)}"
            )
        if (self.place is None) == (self.system is None):
            raise UsageError(
                "both a Place and a system were named" if self.place else "neither a Place nor a system was named",
                expected="exactly one of them",
                where="--place, --system",
            )
        largest = LARGEST_PLACE if self.system is None else LARGEST_SYSTEM
        if not 0 < self.scale <= largest:
            raise UsageError(f"the scale is {self.scale}", expected=f"above 0, at most {largest}", where="--scale")
        if self.people is not None and self.people < 50:
            raise UsageError(f"{self.people} people were asked for", expected="50 or more", where="--people")
        if self.seed < 0:
            raise UsageError(f"the seed is {self.seed}", expected="0 or more", where="--seed")
        if self.world is not None:
            self.world.check(self.months)

    def has(self, mechanism: str) -> bool:
        """Say whether a mechanism of `MECHANISMS` is at work."""
        return mechanism not in self.without

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values."""
        return dataclasses.asdict(self)
