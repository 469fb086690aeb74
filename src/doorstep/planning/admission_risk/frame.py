"""The frame: people as known on a day, and what became of them in the months after, as known later.

Two clocks keep the future out: the person table and last year's use come from the lake as known by the day itself; only
the outcome is read from the lake as known by the later date. A home whose history came in one delivery knew nothing on
the day; it may read the day's facts as known later, and every output says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError, UsageError
from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.use import OUTCOME, RECORDS_UNTIL, USES, activities, months_on, use_query
from doorstep.planning.definitions import shipped
from doorstep.planning.people import ensure_people
from doorstep.planning.person_file import LakeView, PersonFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

Array = npt.NDArray[Any]
GROUPS = ("age", "sex", "ethnic_group", "imd_quintile")
# A month without a single admission after the records' last day is a delivery that has not come.
LATEST_GAP = 31
PARTS = 1 << 16

_FRAME = """
create or replace temp table risk_frame as
with here as (
    select {columns} from ({person}) where is_alive and is_registered and age >= $age_from
), stayed as (
    select distinct person_id from registration
    where $until between from_on and to_on and list_contains($practices, practice)
)
select h.*, {before}, {after},
       coalesce(u.{outcome} > 0, false) as was_admitted,
       coalesce(p.died_on <= $day, false) as was_dead,
       coalesce(p.died_on > $day and p.died_on <= $until, false) as died,
       s.person_id is null and coalesce(p.died_on > $until, true) as left_early,
       ('0x' || substr(md5($salt || h.person_id), 1, 4))::int as part
from here h
left join use_before b using (person_id)
left join use_after u using (person_id)
left join people p using (person_id)
left join stayed s using (person_id)
order by h.person_id
"""


@dataclass(frozen=True)
class Frame:
    """One row for each person of the target population, in the order of their pseudonyms.

    `columns` has the columns of the person table that were asked for (text as objects, numbers with NaN where not
    known, booleans), `before_<use>` and `after_<use>` for each of `USES`, and `part`, a number from 0 to 65,535 that
    depends on the person alone. `admitted` is the outcome. `made_of` says what it was made from and whom it leaves out.
    """

    columns: Mapping[str, Array]
    admitted: npt.NDArray[np.bool_]
    died: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    made_of: Mapping[str, Any]

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.admitted)

    def held_out(self, share: float) -> npt.NDArray[np.bool_]:
        """Mark the people that no fit sees: the same people on every day."""
        return np.asarray(self.columns["part"] < round(share * PARTS))

    def some(self, who: npt.NDArray[np.bool_]) -> Frame:
        """Return the frame of some of the people."""
        taken = {name: values[who] for name, values in self.columns.items()}
        return Frame(taken, self.admitted[who], self.died[who], self.left[who], self.made_of)


def build_frame(
    definition: RiskModel,
    before: LakeView,
    after: LakeView,
    person: PersonFile,
    *,
    practices: Sequence[str],
    history_came_later: bool = False,
) -> Frame:
    """Put the frame of the person table's day together.

    `before` is the lake as known by that day, from which `person` was made, `after` the lake as known later. With
    `history_came_later` `before` may know more than the day: rows dated by the day that arrived after it. Raises
    UsageError where it does without that, or the months after it have not passed by what `after` knows,
    DataError where the records end before them or nobody is left.
    """
    day, until = person.as_at, months_on(person.as_at, definition.months)
    _check_clocks(before, after, person, until, history_came_later)
    ends = _records_until(before, day), _records_until(after, until)
    _check_outcome_is_there(ends[1], until)
    con = after.connection()
    start, uses = months_on(day, -definition.months), activities(shipped())
    con.register("risk_before", before.connection().sql(use_query(uses, start, day)).to_arrow_table())
    con.execute("create or replace temp table use_before as from risk_before")
    con.unregister("risk_before")
    con.execute(f"create or replace temp table use_after as {use_query(uses, day, until)}")
    ensure_people(con)
    _create_frame(con, definition, person, until, practices)
    frame = _fetched(con, person, until, after, ends)
    if not frame.n:
        raise DataError(
            f"nobody aged {definition.age_from} or over was registered on {day}, as known by {before.known_by}",
            expected="records that had arrived by then",
            do="where the history came in a later delivery, give the day it came with --predictors-known-by",
        )
    return frame


def wanted_columns(definition: RiskModel, person: PersonFile) -> tuple[str, ...]:
    """Return the columns of the person table that a model, its comparators and its audit can use, where they exist."""
    asked = (
        *GROUPS,
        *(c for p in definition.predictor for c in p.columns),
        *(n.column for n in definition.need),
        "hfrs_band",
        definition.efi_band,
    )
    return tuple(name for name in dict.fromkeys(asked) if name in person.columns)


def clock_warning(made_of: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what must be said where the predictors were read as known after the day; nothing where they were not."""
    if made_of["known_by"] <= made_of["day"]:
        return ()
    told = (
        f"predictors of {made_of['day']} read as known by {made_of['known_by']}: entries that arrived late are in them,"
    )
    return (f"{told} so that in use the model will do less well than here",)


def is_made_up(lake: LakeView) -> bool:
    """Return whether any person of a lake was made up: made-up people and real ones never share one."""
    found = lake.connection().execute("select 1 from person where starts_with(profile, 'synthetic') limit 1")
    return bool(found.fetchall())


def _check_clocks(before: LakeView, after: LakeView, person: PersonFile, until: date, later: bool) -> None:
    if before.known_by > person.as_at and not later:
        raise UsageError(
            f"predictors known by {before.known_by} for {person.as_at}",
            expected="what was known on the day itself: later knowledge would leak into the score",
        )
    if after.known_by < until:
        raise UsageError(
            f"the year after {person.as_at} ends on {until}, later than what is known by {after.known_by}",
            expected="a day whose months after it have passed",
            where="--as-at",
            do="give an earlier day, or load what has arrived since",
        )


def _records_until(lake: LakeView, day: date) -> date | None:
    found = lake.connection().execute(RECORDS_UNTIL, {"day": day}).fetchall()
    return found[0][0] if found else None


def _check_outcome_is_there(last: date | None, until: date) -> None:
    if last is None or (until - last).days > LATEST_GAP:
        raise DataError(
            f"the last hospital stay up to {until} was admitted on {last or 'no day at all'}",
            expected="stays up to the end of the months that are predicted",
            do="load the missing deliveries, or give an earlier day",
        )


def _create_frame(
    con: DuckDBPyConnection, definition: RiskModel, person: PersonFile, until: date, practices: Sequence[str]
) -> None:
    names = ("person_id", *wanted_columns(definition, person))
    query = _FRAME.format(
        columns=", ".join(names),
        person=person.relation_sql(),
        outcome=OUTCOME,
        before=", ".join(f"coalesce(b.{use}, 0)::int as before_{use}" for use in USES),
        after=", ".join(f"coalesce(u.{use}, 0)::int as after_{use}" for use in USES),
    )
    values = {
        "age_from": definition.age_from,
        "day": person.as_at,
        "until": until,
        "practices": list(practices),
        "salt": str(definition.seed),
    }
    con.execute(query, values)


def _fetched(
    con: DuckDBPyConnection, person: PersonFile, until: date, after: LakeView, ends: tuple[date | None, date | None]
) -> Frame:
    (n_dead,) = con.execute("select count(*) from risk_frame where was_dead").fetchall()[0]
    digest = _digest(con)
    query = "select * exclude (person_id, was_dead) from risk_frame where not was_dead order by person_id"
    columns = {name: plain(values) for name, values in con.execute(query).fetchnumpy().items()}
    outcome, died, left = (columns.pop(name).astype(bool) for name in ("was_admitted", "died", "left_early"))
    made_of = {
        "outcome": next(a.label for a in activities(shipped()) if a.id == OUTCOME),
        "day": person.as_at.isoformat(),
        "until": until.isoformat(),
        "known_by": person.meta["known_by"],
        "outcome_known_by": after.known_by.isoformat(),
        "records_until": [str(end) if end else None for end in ends],
        "snapshot": after.snapshot,
        "person_table_sha256": person.meta["sha256"],
        "data_sha256": digest,
        "n_people": len(outcome),
        "n_admitted": int(outcome.sum()),
        "n_died": int(died.sum()),
        "n_left": int(left.sum()),
        "n_dead_already": n_dead,
    }
    return Frame(columns, outcome, died, left, made_of)


def plain(values: Any) -> Array:
    """Return a fetched column without mask: NaN where a number, None where a word is not known."""
    if isinstance(values, np.ma.MaskedArray):
        if values.dtype.kind in "iuf":
            return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
        if values.dtype.kind == "b":
            return np.asarray(values.filled(False))
        return np.asarray(values.filled(None))
    return np.asarray(values)


def _digest(con: DuckDBPyConnection) -> str:
    """Hash who was in the frame and what became of them, in the order of the pseudonyms."""
    rows = con.execute("select person_id, was_admitted, died, left_early from risk_frame order by person_id")
    digest = hashlib.sha256()
    while batch := rows.fetchmany(100_000):
        digest.update("\n".join(f"{p}{a:d}{d:d}{e:d}" for p, a, d, e in batch).encode())
    return digest.hexdigest()
