"""Use of care: how it concentrates, and which share of it each group of people has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorstep.errors import UsageError
from doorstep.planning.reading_out.base import WHOM, column, create_counted
from doorstep.planning.reading_out.charts import curve_chart
from doorstep.planning.reading_out.concentration import curve, gini
from doorstep.planning.reading_out.groups import Measure, group_sheet
from doorstep.planning.reading_out.sheets import Cell, Reading, Sheet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.person_file import PersonFile

# Measures of use that are read out, where the person table has them: column and title.
MEASURES = {
    "emergency_bed_days_12m": "Emergency bed days",
    "emergency_admissions_12m": "Emergency admissions",
    "ed_attendances_12m": "Emergency department attendances",
}
COST = "cost"


def read_use(
    con: DuckDBPyConnection, person: PersonFile, *, costs: Mapping[str, float] | None = None, cost_note: str = ""
) -> Reading:
    """Return the concentration of a year's use, and the share of use of each group of people.

    `costs` are pounds for one of an activity, by column of the person table; with them use weighted by cost is read
    too. Sums of use are printed as hospital statistics are (1 to 7 hidden, others to the nearest 5), people by the
    return's threshold. Raises UsageError where the person table has no measure of use, or not a column of `costs`.
    """
    create_counted(con, person)
    measures = _measures(person, costs or {})
    levels = {m: _people_by_use(con, m) for m in measures}
    sheets = (_curve_sheet(levels), _gini_sheet(levels), group_sheet(con, person, measures))
    notes = [WHOM, *_NOTES, *([cost_note] if cost_note else [])]
    if not (costs or {}):
        notes.append(_NO_COST)
    return Reading("use", "How use of care concentrates", sheets, (*notes, _national_note()))


_NOTES = (
    "Use is of the 12 months up to the day, by people alive on it: the use of those who died is not in it.",
    "The people with the most use this year are ranked by that very use; next year many of them will have less.",
    "Sums of use are shown as hospital statistics are: 1 to 7 hidden, others to the nearest 5; shares are of these.",
    "A point of a curve is left out where its slice of people, or their use, is small, or one person has half of it.",
)
_NO_COST = "No cost is read out: give --costs with the Place's own pounds for one of each activity."


def _measures(person: PersonFile, costs: Mapping[str, float]) -> tuple[Measure, ...]:
    there = tuple(Measure(n, t, column(n)) for n, t in MEASURES.items() if n in person.columns)
    unknown = sorted(set(costs) - set(person.columns))
    if unknown:
        raise UsageError(
            f"costs of {', '.join(unknown)}", expected="activities that the person table counts, such as "
            "emergency_admissions_12m", where="--costs",
        )  # fmt: skip
    if costs:
        pence = " + ".join(f"{column(name)} * {round(100 * cost)}" for name, cost in costs.items())
        # Whole pounds a person: levels of use must be numbers that people share.
        there = (Measure(COST, "Use weighted by cost (pounds)", f"(({pence}) / 100)::bigint"), *there)
    if not there:
        raise UsageError(
            "the person table has no measure of use",
            expected=f"one of {', '.join(MEASURES)}",
            do="run `doorstep population build` again, and see there what was left out and why",
        )
    return there


def _people_by_use(con: DuckDBPyConnection, measure: Measure) -> dict[int, int]:
    return {
        int(used): n for used, n in con.execute(f"select {measure.sql}, count(*) from counted group by 1").fetchall()
    }


def _curve_sheet(levels: Mapping[Measure, Mapping[int, int]]) -> Sheet:
    from doorstep.reference import policy
    from doorstep.statistics.disclosure import SmallNumbers

    small = SmallNumbers(policy.suppression_threshold - 1)
    rows = tuple(
        (m.name, m.title, p.percent_of_people, p.use, p.percent_of_use)
        for m, people_by_use in levels.items()
        for p in curve(people_by_use, people=small)
    )
    columns = ("measure", "measure_title", "percent_of_people", "use", "percent_of_use")
    title = "How a year of use concentrates in few people"
    sheet = Sheet("curve", title, columns, rows)
    return Sheet("curve", title, columns, rows, curve_chart(sheet, national()))


def _gini_sheet(levels: Mapping[Measure, Mapping[int, int]]) -> Sheet:
    printed = {m: found for m, by_use in levels.items() if (found := gini(by_use)) is not None}
    rows = tuple((m.name, m.title, round(found, 2)) for m, found in printed.items())
    return Sheet(
        "gini", "Gini index: 0 where all use the same, 1 where one has all", ("measure", "measure_title", "gini"), rows
    )


def national() -> dict[str, Cell]:
    """Return the published national share, as a point beside the curves: not measured here."""
    from doorstep.reference import policy

    values = policy.values()
    people, cost = (int(values[f"complex_needs_{n}_percent"].value) for n in ("people", "hospital_cost"))
    says = f"England: {people}% of people, {cost}% of hospital cost (published)"
    return {"percent_of_people": people, "percent_of_use": cost, "says": says}


def _national_note() -> str:
    from doorstep.reference import policy

    value = policy.values()["complex_needs_hospital_cost_percent"]
    return f"{national()['says']}: not measured here. {value.meaning} Source: {value.source}."
