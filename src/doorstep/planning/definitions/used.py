"""Definitions read from activity: counts over windows of time, scores of diagnoses, and the monthly history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from doorstep.planning.definitions.base import Definition, require
from doorstep.planning.definitions.coded import Band, require_bands
from doorstep.records.contracts import TABLES

# Lake table -> the column of its day. A stay is dated by its admission.
DATED = {
    "spell": "admitted_on",
    "outpatient": "appointment_on",
    "emergency": "arrived_on",
    "community": "contact_on",
    "appointment": "appointment_on",
    "medicine": "issued_on",
    "coded": "recorded_on",
    "programme_contact": "contact_on",
}
COUNTS = ("rows", "days", "bed_days", "codes", "readmissions")
_WINDOW = re.compile(r"(?:(\d+)-)?(\d+)m")


def where_columns(table: str) -> dict[str, str]:
    """Return the columns of a lake table that `where` may ask for, name to DuckDB type.

    They are its text, number and yes/no columns and `provider`; not who, not days, not lists of codes.
    """
    columns = {c.name: c.type for c in (*TABLES[table].columns, TABLES[table].column("provider"))}
    return {name: t for name, t in columns.items() if t != "DATE" and not t.endswith("[]") and name != "person_id"}


@dataclass(frozen=True)
class Window:
    """Months before the day asked about: after `oldest` months ago, up to and including `newest` months ago."""

    newest: int
    oldest: int

    @property
    def suffix(self) -> str:
        """The end of the column's name: `12m`, or `6_12m` where the window ends before the day."""
        return f"{self.oldest}m" if not self.newest else f"{self.newest}_{self.oldest}m"


@dataclass(frozen=True, kw_only=True)
class Diagnosed:
    """Diagnoses (ICD-10) that a stay must have; `lists` are lists of code prefixes.

    `position`: primary (the first), secondary (any other), or any.
    """

    position: str
    lists: tuple[str, ...]

    def __post_init__(self) -> None:
        good = ("primary", "secondary", "any")
        require(self.position in good, f"position {self.position!r}", expected=", ".join(good))
        require(bool(self.lists), "no code list", expected="lists = ['name of a list of ICD-10 prefixes']")


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One kind of stay, for `Activity.any_of`; each setting means what it means there."""

    diagnosed: tuple[Diagnosed, ...] = ()
    not_diagnosed: tuple[Diagnosed, ...] = ()
    no_procedure_of: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.diagnosed), "a kind of stay without a diagnosis", expected="[[any_of.diagnosed]] tables")


@dataclass(frozen=True, kw_only=True)
class Activity(Definition):
    """How much of one kind of care a person had, over windows of months before the day asked about.

    - `table`: a lake table; `where`: a rule over the columns of `where_columns` (rule language; not known does not
      count).
    - `lists`: only rows whose code is in these code lists (`medicine`, `coded`).
    - `diagnosed`: all of these must hold; `not_diagnosed`: none may; `no_procedure_of`: no procedure that begins so.
    - `any_of`: kinds of stay; at least one must hold besides everything above, and a stay of two kinds counts once.
    - `age_from`, `age_to`: age on the day of the row, both included; a row of somebody whose age is not known counts.
    - `counts`: `rows`; `days` (distinct days); `codes` (distinct codes); `bed_days` (nights in hospital that fall in
      the window, of stays of any admission date, a stay without discharge lasting to the day asked about; a night
      belongs to the day it ends on, and none ends after the day asked about);
      `readmissions` (rows whose admission is 0 to 29 days after the latest discharge before it, of any stay of the
      same person that was admitted earlier, or the same day and discharged earlier, and that did not end in death: of
      two stays of the same two days neither came first).
    - `windows`: `12m` is the last 12 months, `6-12m` the six before the last six. One whole number a window,
      `<id>_<window>`, 0 where there is none.

    A window of n months is after the same day n months earlier (the month's last day where it has no such day), up to
    and including the day asked about. A row without a day does not count. Codes of `coded` are SNOMED CT, of `medicine`
    dm+d, of diagnoses ICD-10 prefixes: a list's codes of another system find nothing.
    """

    table: str
    windows: tuple[str, ...]
    counts: str = "rows"
    where: str = ""
    lists: tuple[str, ...] = ()
    diagnosed: tuple[Diagnosed, ...] = ()
    not_diagnosed: tuple[Diagnosed, ...] = ()
    no_procedure_of: tuple[str, ...] = ()
    any_of: tuple[Stay, ...] = ()
    age_from: int | None = None
    age_to: int | None = None

    kind: ClassVar[str] = "activity"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.table in DATED, f"table {self.table!r}", expected=", ".join(DATED))
        require(self.counts in COUNTS, f"counts {self.counts!r}", expected=", ".join(COUNTS))
        require(bool(self.windows), "no window", expected="windows = ['12m']")
        asks = self.any_of or self.diagnosed or self.not_diagnosed or self.no_procedure_of
        stays = self.counts in ("bed_days", "readmissions") or asks
        require(not stays or self.table == "spell", f"{self.counts} of {self.table}", expected="table = 'spell'")
        codes = self.counts == "codes" or self.lists
        require(not codes or self.table in ("medicine", "coded"), f"codes of {self.table}", expected="medicine, coded")
        _ = self.spans

    @property
    def diagnosis_lists(self) -> tuple[str, ...]:
        """Every list of ICD-10 prefixes it reads, once."""
        asked = (
            *self.diagnosed,
            *self.not_diagnosed,
            *(d for s in self.any_of for d in (*s.diagnosed, *s.not_diagnosed)),
        )
        return tuple(dict.fromkeys(name for d in asked for name in d.lists))

    @property
    def spans(self) -> tuple[Window, ...]:
        """The windows as months."""
        return tuple(read_window(text) for text in self.windows)


def read_window(text: str) -> Window:
    """Read `12m` or `6-12m`."""
    found = _WINDOW.fullmatch(text)
    require(
        bool(found), f"window {text!r}", expected="such as '12m', or '6-12m' for the six months before the last six"
    )
    window = Window(int(found[1] or 0), int(found[2])) if found else Window(0, 0)
    require(window.newest < window.oldest <= 120, f"window {text!r}", expected="newer month first, at most 120 months")
    return window


@dataclass(frozen=True, kw_only=True)
class DiagnosisScore(Definition):
    """A weighted score over the ICD-10 codes of stays admitted in a look-back; each item counts once.

    `items` names a reference table (item, prefix, weight), `variant` its rows. A diagnosis belongs to an item where it
    begins with one of its prefixes (dots and case do not matter). Where a person has the first of a pair in `instead`,
    the second does not count. Every stay and position counts, whatever its admission method, unless
    `emergency_only`. Columns: `<id>` (null where there was no such stay), `<id>_band` where there are `bands`, and
    `<id>_flag` (`under 75`) where there is `valid_from_age` and a score; an age not known is not flagged.

    The first of a pair keeps the second out even where it is kept out itself. Weights are added as exact decimals.
    A sum below `never_below` becomes it. A band's name is that of the last band whose start is reached; `above` makes a
    start exclusive (score > start).
    """

    items: str
    months: int
    variant: str = ""
    instead: tuple[tuple[str, ...], ...] = ()
    emergency_only: bool = False
    never_below: float | None = None
    bands: tuple[Band, ...] = ()
    above: tuple[str, ...] = ()
    valid_from_age: int | None = None
    label_for_readers: str = ""

    kind: ClassVar[str] = "score"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.months > 0, f"{self.months} months", expected="months of admissions to look back")
        require_bands(self.bands)
        wrong = [pair for pair in self.instead if len(pair) != 2]
        require(not wrong, f"{wrong}", expected="pairs of items: ['severe', 'mild']")


@dataclass(frozen=True, kw_only=True)
class Traced:
    """One measure of the monthly history: an activity (per month), or a count of deficits (at the month's end)."""

    of: str

    def __post_init__(self) -> None:
        require(bool(self.of), "nothing is traced", expected="of = 'id of an activity or a count of deficits'")


@dataclass(frozen=True, kw_only=True)
class History(Definition):
    """The months before the day asked about, measure by measure: what rising risk is read from.

    Month k (0 the latest) is after k+1 months before the day asked about, up to and including k months before it.
    Column `<id of the measure>` of the history table is a list of `months` whole numbers, the latest month first.
    Deficits are those of `months_ago`: coded ones, asked about the month's last day. People all of whose numbers are 0
    have no row.
    """

    months: int
    measure: tuple[Traced, ...]

    kind: ClassVar[str] = "history"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 < self.months <= 36, f"{self.months} months", expected="1 to 36")
        require(bool(self.measure), "nothing is traced", expected="at least one [[measure]] table")
