"""Build the figures of one month's return from the lake, with everything that says how they came about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from doorstep import records, reference
from doorstep.errors import DataError, UsageError
from doorstep.home import Home
from doorstep.planning import figures as counting
from doorstep.planning import provenance as origins
from doorstep.planning.baseline import create_baseline
from doorstep.planning.choices import Effective, effective
from doorstep.planning.cohorts import create_membership, definition_of
from doorstep.planning.coverage_facts import missing_flows
from doorstep.planning.denominator import Area, Month
from doorstep.planning.local_facts import national_group
from doorstep.planning.metrics import MetricSet, metric_set
from doorstep.planning.people import create_people
from doorstep.planning.variations import vary
from doorstep.reference import places
from doorstep.returns import Figures

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

_DECILE = """
create or replace temp table decile as
select lsoa21, a.imd2025_decile as iod2025, b.imd2019_decile as imd2019
from read_parquet($areas) a left join read_parquet($converted) b using (lsoa21)
"""

# Everybody whom a return can count: the rest of the Place is not looked at.
_COUNTED = """
select person_id from membership union select person_id from baseline union select person_id from caseload
"""


@dataclass(frozen=True)
class BuiltReturn:
    """The figures before any suppression, and their provenance (plain JSON values; local, not for sending)."""

    figures: Figures
    provenance: dict[str, Any]


@dataclass(frozen=True)
class Counting:
    """What one count is made with."""

    place: places.PlaceDefinition
    area: Area
    month: Month
    cohort: str
    definitions: MetricSet
    choices: Effective


def build_return(
    home: Home,
    *,
    place: str | places.PlaceDefinition,
    month: date,
    known_by: date,
    cohort: str = "local",
    metric_set: str = "guide",
    accept_incomplete: str | None = None,
    snapshot: str | None = None,
) -> BuiltReturn:
    """Count one month for one Place as known by a date.

    `month` is its first day; `metric_set` is `guide` (what is sent) or `centre`. Raises DataError where nobody is in
    the cohort, or where a flow or a main provider has no data for the month and `accept_incomplete` gives no reason;
    UsageError for an unknown Place or cohort; ConfigurationError for a wrong choice or definition.
    """
    settings = settings_of(home, place=place, month=month, cohort=cohort, metric_set_name=metric_set)
    with records.open_lake(home, known_by=known_by, snapshot=snapshot) as lake:
        con = lake.connection()
        stops = _stop_reasons(con, settings, accept_incomplete)
        settings = ready(home, lake, settings)
        varied = vary(con, settings.month, settings.definitions, settings.choices)
        found = counting.figures(con, settings.place.name, month)
        _check_patients(found, settings)
        told = origins.describe(
            lake,
            month=settings.month,
            cohort=settings.cohort,
            area=settings.area,
            definitions=settings.definitions,
            choices=settings.choices,
            figures=found,
            varied=varied,
        )
        told["cohort"]["definition"] = definition_of(home, lake, settings.cohort)
        told["warnings"] += _rule_for_list(con, settings.cohort, told["cohort"]["definition"])
        told["national_group"] = national_group(home, lake, settings.month)
        stopped = {"stop_reasons": stops, "accepted_incomplete": accept_incomplete or ""}
        return BuiltReturn(found, {**told, **stopped})


@contextmanager
def counted_month(
    home: Home,
    *,
    place: str | places.PlaceDefinition,
    month: date,
    known_by: date,
    cohort: str = "local",
    metric_set: str = "guide",
    snapshot: str | None = None,
) -> Iterator[DuckDBPyConnection]:
    """Open the lake and count one month; the connection holds `denominator` and `contribution` while open.

    For looking at who and what was counted, row by row: `contribution` has metric, person_id, value, counted_on, the
    three columns, and the key, file, row, arrival and version of the fact. Raises what `build_return` raises, but does
    not stop where a provider has no data.
    """
    settings = settings_of(home, place=place, month=month, cohort=cohort, metric_set_name=metric_set)
    with records.open_lake(home, known_by=known_by, snapshot=snapshot) as lake:
        settings = ready(home, lake, settings)
        counting.count(lake.connection(), settings.month, settings.definitions, settings.choices)
        yield lake.connection()


def settings_of(
    home: Home, *, place: str | places.PlaceDefinition, month: date, cohort: str, metric_set_name: str
) -> Counting:
    """Return what a count of this month would be made with, from the home's settings.

    Raises UsageError where the home is another Place's: its lake holds other people.
    """
    own, practices = places.configured(home.config())
    definition = places.find(place) if isinstance(place, str) else place
    if definition.name != own.name:
        raise UsageError(
            f"this home is {own.name.strip()}'s, and {definition.name.strip()} was asked for",
            where=str(home.root),
            do="leave --place out, or point DOORSTEP_HOME at that Place's home",
        )
    lsoas = definition.lsoas() if definition.basis != "registered" else ()
    area = Area(practices, lsoas, definition.basis)
    return Counting(definition, area, Month(month), cohort, metric_set(metric_set_name), effective(home, month))


def ready(home: Home, lake: Lake, settings: Counting) -> Counting:
    """Make people, membership, deciles and the month's events in the lake's connection.

    Returns the settings with the baseline's own day. Raises UsageError where there is no such cohort, DataError where
    nobody is in it.
    """
    con = lake.connection()
    create_membership(home, lake, settings.cohort)
    if not con.execute("select count(*) from membership").fetchall()[0][0]:
        raise DataError(
            f"the cohort {settings.cohort!r} has no members as known by {lake.known_by}",
            expected="a cohort list among the extracts, or a cohort defined here",
            do="load the cohort's extract, or see `doorstep cohort list`",
        )
    choices = create_baseline(con, home, settings.cohort, settings.choices)
    create_people(con, wanted=_COUNTED)
    tables = {"areas": str(reference.table("lsoa21")), "converted": str(reference.table("imd2019_on_lsoa21"))}
    con.execute(_DECILE, tables)
    counting.prepare(con, settings.month, settings.area)
    return replace(settings, choices=choices)


def _rule_for_list(con: DuckDBPyConnection, cohort: str, definition: str) -> list[str]:
    """Return a warning where a rule's run and a loaded list bear one name: the rule is counted, the list is not."""
    listed = con.execute("select count(distinct person_id) from cohort where cohort_name = ?", [cohort]).fetchall()[0][
        0
    ]
    if not listed or definition.startswith("list"):
        return []
    return [
        f"cohort {cohort}: counted from the rule {definition}; the list of that name ({listed:,} people) is not used"
    ]


def _check_patients(found: Figures, settings: Counting) -> None:
    """Raise DataError where nobody is a patient of the month: a return of noughts would look like a quiet month."""
    if found.patients[0]:
        return
    first = f"{settings.month.start.day} {settings.month.start:%B %Y}"
    raise DataError(
        f"nobody in the cohort {settings.cohort!r} is a patient of {settings.month.start:%B %Y}",
        expected=f"members found before {first}, alive and in the Place (choice: {settings.choices['denominator']})",
        do=f"run the cohort with --as-at a day before {first}, or look at its list with `doorstep cohort check`",
    )


def _stop_reasons(con: DuckDBPyConnection, settings: Counting, accepted: str | None) -> list[str]:
    """Return what speaks against a return for this month; raises DataError where nobody accepted it with a reason."""
    month = settings.month.start
    known = list(records.stop_reasons(con, month))
    told = {reason.split(":")[0] for reason in known}
    absent = missing_flows(con, settings.month, settings.definitions)
    reasons = known + [reason for reason in absent if reason.split(":")[0] not in told]
    if reasons and not (accepted or "").strip():
        raise DataError(
            "; ".join(reasons),
            expected="data of every flow and from every main provider for the month",
            where=f"{month:%B %Y}",
            do='load what is missing, or say why the return can stand: --accept-incomplete "REASON"',
        )
    return reasons
