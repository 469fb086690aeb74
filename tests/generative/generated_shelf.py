"""Random shelves: definitions of every kind, with every option, made of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from generated_chance import Chance
from generated_rows import COHORT, MEDICINES, PREFIXES, SNOMED
from generated_rules import a_rule
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
AGES, MONTHS = (0, 18, 65, 75), (1, 3, 12, 24)
RECENT_DAYS = (date(2024, 3, 1), date(2026, 1, 1))
DERIVED = ("flag_a", "flag_b", "cohort_a", "cohort_b", "weighted_a", "scheme_a", "national")


def head(id_: str) -> dict[str, Any]:
    """Return what a definition says of itself."""
    return {**HEAD, "id": id_}


def _bands(chance: Chance, most: int) -> tuple[Band, ...]:
    starts = sorted(chance.some(range(most), 0, 3))
    return tuple(Band(name=f"band_{i}", starts_at=float(s)) for i, s in enumerate(starts))


def a_criterion(chance: Chance) -> Criterion:
    """Draw one way onto a register; conditions come one or two at a time, so that people are found."""
    lists = chance.some(SNOMED, 0, 3)
    set_: dict[str, Any] = {"lists": lists}
    if not lists or chance.often():
        set_ |= {"issued": chance.some(MEDICINES, 1), "issued_within_months": chance.one(MONTHS)}
    if lists and chance.often():
        set_["resolved_by"] = tuple(x for x in chance.some(SNOMED) if x not in lists)
    if lists and chance.seldom():
        set_["recorded_from"] = chance.one(RECENT_DAYS)
    if lists and chance.seldom():
        set_["first_within_months"] = chance.one(MONTHS)
    if lists and chance.seldom():
        set_["first_at_age_from"] = chance.one(AGES)
    if chance.seldom():
        set_ |= {"and_lists": chance.some(SNOMED, 1), "and_recorded_from": chance.maybe(RECENT_DAYS)}
    if chance.seldom():
        set_ |= {"age_from": chance.maybe(AGES), "age_to": chance.maybe((75, 90))}
    return Criterion(**set_)


def a_register(chance: Chance, id_: str, others: Sequence[str]) -> Register:
    """Draw a register that may leave out those before it."""
    ways = tuple(a_criterion(chance) for _ in range(chance.number(1, 2)))
    return Register(**head(id_), any_of=ways, unless=chance.some(others, 0, 1) if others else ())


def a_value(chance: Chance, id_: str) -> CodedValue:
    """Draw a recorded value: words or numbers."""
    is_number = chance.often()
    words = ("number", "number", "4", "6.5") if is_number else ("mild", "severe", "4")
    says = [ValueOf(value=chance.one(words), lists=chance.some(SNOMED, 1)) for _ in range(chance.number(1, 3))]
    set_: dict[str, Any] = {"months": chance.maybe(MONTHS), "valid_from_age": chance.maybe(AGES)}
    if is_number:
        set_ |= {"lowest": chance.maybe((1.0,)), "highest": chance.maybe((9.0,)), "bands": _bands(chance, 9)}
    return CodedValue(**head(id_), says=tuple(says), is_number=is_number, **set_)


def a_deficit_count(chance: Chance, id_: str, numbers: Sequence[str]) -> DeficitCount:
    """Draw a count of deficits, by codes and by numbers of other columns."""
    found = []
    for i in range(chance.number(1, 4)):
        what: dict[str, Any] = {"lists": chance.some(SNOMED, 1)}
        if chance.seldom():
            what = {"column": chance.one(numbers), "at_least": chance.number(0, 2)}
        found.append(Deficit(id=f"d{i}", title=f"Deficit {i}", **what))
    return DeficitCount(
        **head(id_), deficit=tuple(found), bands=_bands(chance, 4), bands_from_age=chance.one(AGES),
        months=chance.maybe(MONTHS), months_ago=chance.one(((), (1,), (12,), (1, 12))),
        not_codes=chance.one(((), (), ("2",), ("1", "6"))),
    )  # fmt: skip


def _kind_of_stay(chance: Chance, least: int) -> dict[str, Any]:
    def diagnosed(least: int, most: int) -> tuple[Diagnosed, ...]:
        positions = [chance.one(("primary", "secondary", "any")) for _ in range(chance.number(least, most))]
        return tuple(Diagnosed(position=p, lists=chance.some(PREFIXES, 1)) for p in positions)

    return {
        "diagnosed": diagnosed(least, 1 + least),
        "not_diagnosed": diagnosed(0, 1),
        "no_procedure_of": chance.one(((), (), ("X0",), ("x02", "W3"))),
        "age_from": chance.one((None, None, *AGES)),
        "age_to": chance.one((None, None, 75)),
    }


def an_activity(chance: Chance, id_: str, table: str) -> Activity:
    """Draw an activity with what its table allows."""
    counts: tuple[str, ...] = ("rows", "days")
    set_: dict[str, Any] = {"age_from": chance.one((None, None, *AGES)), "age_to": chance.one((None, None, 75))}
    if table == "spell":
        counts = ("rows", "days", "bed_days", "readmissions", "readmissions")
        set_ = _kind_of_stay(chance, 0) if chance.often() else {}
        stays = [Stay(**_kind_of_stay(chance, 1)) for _ in range(chance.number(0, 2))]
        set_["any_of"] = tuple(stays) if chance.often() else ()
    if table in ("coded", "medicine"):
        counts = ("rows", "days", "codes")
        set_["lists"] = chance.some(SNOMED if table == "coded" else MEDICINES)
    where = a_rule(chance, where_columns(table), 1) if chance.often() else ""
    windows = chance.some(WINDOWS, 1)
    return Activity(**head(id_), table=table, counts=chance.one(counts), windows=windows, where=where, **set_)


def a_diagnosis_score(chance: Chance, id_: str) -> DiagnosisScore:
    """Draw a score over the shipped weights of one variant."""
    cut = _bands(chance, 12)
    return DiagnosisScore(
        **head(id_), items="diagnosis_scores", variant="hfrs", months=chance.one(MONTHS),
        instead=chance.one(((), (("F00", "N39"),), (("I69", "F00"), ("F00", "N39")))), emergency_only=chance.often(),
        never_below=chance.maybe((3.0,)), bands=cut, above=tuple(b.name for b in cut if chance.often()),
        valid_from_age=chance.maybe(AGES),
    )  # fmt: skip


def a_weighted_sum(chance: Chance, id_: str, truths: Sequence[str]) -> WeightedSum:
    """Draw a weighted sum of yes/no columns."""
    decimals = chance.one((0, 2, 2, 3))
    terms = [
        Term(column=name, weight=round(chance.number(-300, 300) / 10**decimals, decimals))
        for name in chance.some(truths, 1, 4)
    ]
    return WeightedSum(**head(id_), decimals=decimals, term=tuple(terms))


def a_scheme(chance: Chance, id_: str, columns: dict[str, str]) -> Scheme:
    """Draw a segmentation of two to four segments."""
    names = chance.some(("first", "second", "third"), 1, 3)
    ruled = [Segment(id=name, title=name, rule=a_rule(chance, columns, 1)) for name in names]
    return Scheme(**head(id_), segment=(*ruled, Segment(id="rest", title="rest")))


def a_group(chance: Chance, tallies: Sequence[str]) -> Group:
    """Draw the national group."""
    count, *others = chance.in_any_order(tallies)
    with_risk = chance.number(1, 2)
    return Group(
        **head("national"), age_from=18, count=count, other_counts=tuple(others), conditions_with_risk=with_risk,
        conditions_enough=chance.number(with_risk + 1, 3),
        risk_bands=chance.some(("low", "intermediate", "high"), 1, 3),
    )  # fmt: skip


def a_place_score(chance: Chance) -> PlaceScore:
    """Draw the Place's own score."""
    return PlaceScore(
        **head("own"), scored_on=date(2026, 9, 1), cohort_name=COHORT,
        intermediate_from=chance.one((0.5, 20.0)), high_from=50.0,
    )  # fmt: skip


def _base(chance: Chance) -> Shelf:
    """Draw what is read from records, and the counts."""
    found: list[Register] = []
    for name in ("reg_a", "reg_b", "condition", "status"):
        found.append(a_register(chance, name, [r.id for r in found]))
    others = sorted(set(DATED) - {"spell", "coded", "medicine"})
    tables = ("spell", "spell", "spell", chance.one(("coded", "medicine")), chance.one(others))
    activities = tuple(an_activity(chance, f"act_{i}", table) for i, table in enumerate(tables))
    values = tuple(a_value(chance, name) for name in ("value_a", "value_b"))
    scores = tuple(a_diagnosis_score(chance, name) for name in chance.one((("hfrs",), ("hfrs", "other"), ("other",))))
    tallies = tuple(
        Tally(**head(name), registers=chance.some([r.id for r in found], 1, 4)) for name in ("count_a", "count_b")
    )
    numbers = [f"{a.id}_{w.suffix}" for a in activities for w in a.spans]
    numbers += [*(v.id for v in values if v.is_number), *(s.id for s in scores), *(t.id for t in tallies)]
    return Shelf(
        registers=tuple(found[:2]), conditions=(found[2],), statuses=(found[3],), values=values, activities=activities,
        diagnosis_scores=scores, tallies=tallies, deficits=(a_deficit_count(chance, "index", numbers),),
    )  # fmt: skip


def a_shelf(chance: Chance) -> Shelf:
    """Draw a whole shelf: on top of the base, definitions made of those before them, in any order of kinds."""
    shelf = _base(chance)
    for name in chance.in_any_order(DERIVED)[: chance.number(4, len(DERIVED))]:
        shelf = _with_one_more(chance, shelf, name)
    traced = chance.some([*(a.id for a in shelf.activities), "index"], 1, 3)
    measures = tuple(Traced(of=name) for name in traced)
    history = History(**head("monthly"), months=chance.one((1, 3, 13)), measure=measures)
    return replace(shelf, histories=(history,)) if chance.often() else shelf


def _with_one_more(chance: Chance, shelf: Shelf, name: str) -> Shelf:
    """Draw one more definition made of the columns that there are."""
    columns = rule_columns(shelf)
    match name.split("_")[0]:
        case "flag":
            return replace(shelf, flags=(*shelf.flags, Flag(**head(name), rule=a_rule(chance, columns))))
        case "cohort":
            made = CohortRule(**head(name), is_on=not chance.seldom(), rule=a_rule(chance, columns))
            return replace(shelf, cohorts=(*shelf.cohorts, made))
        case "weighted":
            truths = [column for column, type_ in columns.items() if type_ == "BOOLEAN"]
            return replace(shelf, weighted=(*shelf.weighted, a_weighted_sum(chance, name, truths)))
        case "scheme":
            return replace(shelf, schemes=(*shelf.schemes, a_scheme(chance, name, columns)))
        case _:
            return replace(shelf, groups=(a_group(chance, [t.id for t in shelf.tallies]),))
