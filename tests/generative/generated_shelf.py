"""Random shelves: definitions of every kind, with every option, made of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from generated_rows import COHORT, MEDICINES, PREFIXES, SNOMED
from generated_rules import rules
from hypothesis import strategies as st
from spec_kit import HEAD

from doorstep.planning.definitions import (
    DATED,
    Activity,
    Band,
    CodedValue,
    CohortRule,
    Criterion,
    Deficit,
    DeficitCount,
    Diagnosed,
    DiagnosisScore,
    Flag,
    Group,
    History,
    PlaceScore,
    Register,
    Scheme,
    Segment,
    Shelf,
    Stay,
    Tally,
    Term,
    Traced,
    ValueOf,
    WeightedSum,
    where_columns,
)
from doorstep.planning.engine.columns import rule_columns

WINDOWS = ("1m", "3m", "6m", "12m", "6-12m", "12-24m")
rarely = st.sampled_from([False, False, False, True])
ages = st.sampled_from([0, 18, 65, 75])
months = st.sampled_from([1, 3, 12, 24])
recent_days = st.sampled_from([date(2024, 3, 1), date(2026, 1, 1)])


def head(id_: str) -> dict[str, Any]:
    """Return what a definition says of itself."""
    return {**HEAD, "id": id_}


def some(values: Sequence[str], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a few of some names, each once."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True).map(tuple)


def bands(most: int) -> st.SearchStrategy[tuple[Band, ...]]:
    """Return bands in rising order."""
    starts = st.lists(st.integers(0, most), max_size=3, unique=True).map(sorted)
    return starts.map(lambda found: tuple(Band(name=f"band_{i}", starts_at=float(s)) for i, s in enumerate(found)))


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    """Draw one way onto a register; conditions come one or two at a time, so that people are found."""
    lists = draw(some(SNOMED))
    set_: dict[str, Any] = {"lists": lists}
    if not lists or draw(rarely):
        set_ |= {"issued": draw(some(MEDICINES, 1)), "issued_within_months": draw(months)}
    if lists and draw(st.booleans()):
        set_["resolved_by"] = tuple(x for x in draw(some(SNOMED)) if x not in lists)
    if lists and draw(rarely):
        set_["recorded_from"] = draw(recent_days)
    if lists and draw(rarely):
        set_["first_within_months"] = draw(months)
    if lists and draw(rarely):
        set_["first_at_age_from"] = draw(ages)
    if draw(rarely):
        set_["and_lists"] = draw(some(SNOMED, 1))
        set_["and_recorded_from"] = draw(st.none() | recent_days)
    if draw(rarely):
        set_ |= {"age_from": draw(st.none() | ages), "age_to": draw(st.sampled_from([None, 75, 90]))}
    return Criterion(**set_)


@st.composite
def registers(draw: st.DrawFn, id_: str, others: Sequence[str]) -> Register:
    """Draw a register that may leave out those before it."""
    return Register(
        **head(id_),
        any_of=tuple(draw(st.lists(criteria(), min_size=1, max_size=2))),
        unless=draw(some(others, 0, 1)) if others else (),
    )


@st.composite
def values(draw: st.DrawFn, id_: str) -> CodedValue:
    """Draw a recorded value: words or numbers."""
    is_number = draw(st.booleans())
    words = st.sampled_from(["number", "4", "6.5"]) if is_number else st.sampled_from(["mild", "severe", "4"])
    says = draw(st.lists(st.builds(ValueOf, value=words, lists=some(SNOMED, 1)), min_size=1, max_size=3))
    set_: dict[str, Any] = {}
    if is_number:
        set_ = {
            "lowest": draw(st.none() | st.just(1.0)),
            "highest": draw(st.none() | st.just(9.0)),
            "bands": draw(bands(9)),
        }
    return CodedValue(
        **head(id_), says=tuple(says), is_number=is_number, months=draw(st.none() | months),
        valid_from_age=draw(st.none() | ages), **set_,
    )  # fmt: skip


@st.composite
def deficit_counts(draw: st.DrawFn, id_: str, numbers: Sequence[str]) -> DeficitCount:
    """Draw a count of deficits, by codes and by numbers of other columns."""
    found = []
    for i in range(draw(st.integers(1, 4))):
        by_column = bool(numbers) and draw(rarely)
        what: dict[str, Any] = {"lists": draw(some(SNOMED, 1))}
        if by_column:
            what = {"column": draw(st.sampled_from(numbers)), "at_least": draw(st.integers(0, 2))}
        found.append(Deficit(id=f"d{i}", title=f"Deficit {i}", **what))
    return DeficitCount(
        **head(id_), deficit=tuple(found), bands=draw(bands(4)), bands_from_age=draw(ages),
        months=draw(st.none() | months), months_ago=draw(st.sampled_from([(), (1,), (12,), (1, 12)])),
        not_codes=draw(st.sampled_from([(), (), ("2",), ("1", "6")])),
    )  # fmt: skip


diagnosed = st.builds(Diagnosed, position=st.sampled_from(["primary", "secondary", "any"]), lists=some(PREFIXES, 1))
procedures = st.sampled_from([(), (), ("X0",), ("x02", "W3")])


@st.composite
def kinds_of_stay(draw: st.DrawFn) -> Stay:
    """Draw one kind of stay."""
    return Stay(
        diagnosed=tuple(draw(st.lists(diagnosed, min_size=1, max_size=2))),
        not_diagnosed=tuple(draw(st.lists(diagnosed, max_size=1))),
        no_procedure_of=draw(procedures), age_from=draw(st.none() | ages), age_to=draw(st.none() | st.just(75)),
    )  # fmt: skip


@st.composite
def activities(draw: st.DrawFn, id_: str) -> Activity:
    """Draw an activity with what its table allows."""
    table = draw(st.sampled_from(["spell", "spell", *DATED]))
    counts = ["rows", "days"]
    set_: dict[str, Any] = {}
    if table == "spell":
        counts = ["rows", "days", "bed_days", "readmissions"]
        set_ = {
            "diagnosed": tuple(draw(st.lists(diagnosed, max_size=1))),
            "not_diagnosed": tuple(draw(st.lists(diagnosed, max_size=1))),
            "any_of": tuple(draw(st.lists(kinds_of_stay(), max_size=2))) if draw(st.booleans()) else (),
            "no_procedure_of": draw(procedures),
        }
    if table in ("coded", "medicine"):
        counts = ["rows", "days", "codes"]
        set_ = {"lists": draw(some(SNOMED if table == "coded" else MEDICINES))}
    return Activity(
        **head(id_), table=table, counts=draw(st.sampled_from(counts)), windows=draw(some(WINDOWS, 1)),
        where=draw(st.just("") | rules(where_columns(table), 1)),
        age_from=draw(st.none() | ages), age_to=draw(st.none() | st.just(75)), **set_,
    )  # fmt: skip


@st.composite
def diagnosis_scores(draw: st.DrawFn, id_: str) -> DiagnosisScore:
    """Draw a score over the shipped weights of one variant."""
    pairs = st.sampled_from([(), (("F00", "N39"),), (("I69", "F00"), ("F00", "N39"))])
    cut, variants = draw(bands(12)), st.sampled_from([*["hfrs"] * 7, ""])
    return DiagnosisScore(
        **head(id_), items="diagnosis_scores", variant=draw(variants), months=draw(months), instead=draw(pairs),
        emergency_only=draw(st.booleans()), never_below=draw(st.sampled_from([None, None, 3.0])), bands=cut,
        above=tuple(b.name for b in cut if draw(rarely)), valid_from_age=draw(st.none() | ages),
    )  # fmt: skip


@st.composite
def weighted_sums(draw: st.DrawFn, id_: str, truths: Sequence[str]) -> WeightedSum:
    """Draw a weighted sum of yes/no columns."""
    decimals = draw(st.sampled_from([0, 2, 2, 3]))
    weights = st.integers(-300, 300).map(lambda steps: round(steps / 10**decimals, decimals))
    names = draw(some(truths, 1, 4))
    return WeightedSum(**head(id_), decimals=decimals, term=tuple(Term(column=n, weight=draw(weights)) for n in names))


@st.composite
def schemes(draw: st.DrawFn, id_: str, columns: dict[str, str]) -> Scheme:
    """Draw a segmentation of two to four segments."""
    ruled = [
        Segment(id=name, title=name, rule=draw(rules(columns, 1)))
        for name in draw(some(["first", "second", "third"], 1, 3))
    ]
    return Scheme(**head(id_), segment=(*ruled, Segment(id="rest", title="rest")))


@st.composite
def groups(draw: st.DrawFn, tallies: Sequence[str]) -> Group:
    """Draw the national group."""
    count, *others = draw(st.permutations(tallies))
    with_risk = draw(st.integers(1, 2))
    return Group(
        **head("national"), age_from=18, count=count, other_counts=tuple(others), conditions_with_risk=with_risk,
        conditions_enough=draw(st.integers(with_risk + 1, 3)),
        risk_bands=draw(some(["low", "intermediate", "high"], 1, 3)),
    )  # fmt: skip


@st.composite
def place_scores(draw: st.DrawFn) -> PlaceScore:
    """Draw the Place's own score."""
    return PlaceScore(
        **head("own"), scored_on=date(2026, 9, 1), cohort_name=COHORT,
        intermediate_from=draw(st.sampled_from([0.5, 20.0])), high_from=50.0,
    )  # fmt: skip


@st.composite
def base_shelves(draw: st.DrawFn) -> Shelf:
    """Draw what is read from records, and the counts."""
    found: list[Register] = []
    for name in ("reg_a", "reg_b", "condition", "status"):
        found.append(draw(registers(name, [r.id for r in found])))
    activity = tuple(draw(activities(name)) for name in ("act_a", "act_b", "act_c"))
    value = tuple(draw(values(name)) for name in ("value_a", "value_b"))
    score = tuple(
        draw(diagnosis_scores(name)) for name in draw(st.sampled_from([("hfrs",), ("hfrs", "other"), ("other",)]))
    )
    tally = tuple(
        Tally(**head(name), registers=draw(some([r.id for r in found], 1, 4))) for name in ("count_a", "count_b")
    )
    numbers = [f"{a.id}_{w.suffix}" for a in activity for w in a.spans]
    numbers += [*(v.id for v in value if v.is_number), *(s.id for s in score), *(t.id for t in tally)]
    return Shelf(
        registers=tuple(found[:2]), conditions=(found[2],), statuses=(found[3],), values=value, activities=activity,
        diagnosis_scores=score, tallies=tally, deficits=(draw(deficit_counts("index", numbers)),),
    )  # fmt: skip


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Draw a whole shelf: on top of the base, definitions made of those before them, in any order of kinds."""
    shelf = draw(base_shelves())
    order = draw(st.permutations(["flag_a", "flag_b", "cohort_a", "cohort_b", "weighted_a", "scheme_a", "national"]))
    for name in order[: draw(st.integers(3, 7))]:
        shelf = draw(with_derived(shelf, name))
    traced = [*(a.id for a in shelf.activities), "index"]
    if draw(st.booleans()):
        measures = tuple(Traced(of=name) for name in draw(some(traced, 1, 3)))
        history = History(**head("monthly"), months=draw(st.sampled_from([1, 3, 13])), measure=measures)
        shelf = replace(shelf, histories=(history,))
    return shelf


@st.composite
def with_derived(draw: st.DrawFn, shelf: Shelf, name: str) -> Shelf:
    """Draw one more definition made of the columns that there are."""
    columns = rule_columns(shelf)
    truths = [column for column, type_ in columns.items() if type_ == "BOOLEAN"]
    match name.split("_")[0]:
        case "flag":
            return replace(shelf, flags=(*shelf.flags, Flag(**head(name), rule=draw(rules(columns)))))
        case "cohort":
            made = CohortRule(**head(name) | {"is_on": draw(st.booleans())}, rule=draw(rules(columns)))
            return replace(shelf, cohorts=(*shelf.cohorts, made))
        case "weighted":
            return replace(shelf, weighted=(*shelf.weighted, draw(weighted_sums(name, truths))))
        case "scheme":
            return replace(shelf, schemes=(*shelf.schemes, draw(schemes(name, columns))))
        case _:
            return replace(shelf, groups=(draw(groups([t.id for t in shelf.tallies])),))
