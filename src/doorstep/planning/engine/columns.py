"""Which columns the person table has, in order, and which definitions cannot be computed here and why.

Every engine makes these columns with these meanings; a definition's docstring says what its columns hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from doorstep.planning.definitions import (
    Activity,
    CodedValue,
    DeficitCount,
    Definition,
    DiagnosisScore,
    Register,
    Shelf,
)

# Column -> type, of what stands before and after the columns of definitions.
WHO: dict[str, str] = {
    "person_id": "VARCHAR", "age": "INTEGER", "sex": "VARCHAR", "ethnicity": "VARCHAR", "ethnic_group": "VARCHAR",
    "lsoa21": "VARCHAR", "imd_decile": "INTEGER", "imd_quintile": "INTEGER", "practice": "VARCHAR",
    "is_alive": "BOOLEAN", "is_registered": "BOOLEAN", "died_on": "DATE", "registered_until": "DATE",
}  # fmt: skip
RISK: dict[str, str] = {"risk_score": "DOUBLE", "risk_band": "VARCHAR"}
LAST: dict[str, str] = {"in_national_group": "BOOLEAN", "why": "VARCHAR"}


@dataclass(frozen=True)
class Offer:
    """What can be computed here: the shelf without what cannot, and for each of those the reason."""

    shelf: Shelf
    left_out: Mapping[str, str]


def person_columns(shelf: Shelf) -> dict[str, str]:
    """Return the columns of the person table, name to DuckDB type, in order."""
    found = dict(WHO)
    for definition in (*shelf.code_rules, *shelf.values, *shelf.deficits, *shelf.activities, *shelf.diagnosis_scores):
        found |= columns_of(definition)
    found |= {t.id: "INTEGER" for t in shelf.tallies}
    found |= {w.id: "DOUBLE" for w in shelf.weighted}
    found |= {f.id: "BOOLEAN" for f in shelf.flags}
    found |= RISK
    for group in shelf.groups:
        found |= {f"in_national_group_by_{count}": "BOOLEAN" for count in group.other_counts}
    found |= {f"in_{c.id}": "BOOLEAN" for c in shelf.cohorts if c.is_on}
    found |= {s.id: "VARCHAR" for s in shelf.schemes}
    return found | LAST


def rule_columns(shelf: Shelf) -> dict[str, str]:
    """Return the columns that rules may ask: those of the table but identifiers, words and dates; single deficits too.

    The columns of groups and cohorts are among them, so that a cohort can be a part of another.
    """
    own = {n: t for n, t in person_columns(shelf).items() if t != "DATE" and n not in ("person_id", "why")}
    return own | {f"{c.id}_has_{d.id}": "BOOLEAN" for c in shelf.deficits for d in c.deficit}


def history_columns(shelf: Shelf) -> dict[str, str]:
    """Return the columns of the history table; only people who have anything in it have a row."""
    return {"person_id": "VARCHAR"} | {m.of: "INTEGER[]" for h in shelf.histories for m in h.measure}


def columns_of(definition: Definition) -> dict[str, str]:
    """Return the columns that one definition read from records makes, in order."""
    match definition:
        case Register():
            return {definition.id: "BOOLEAN"}
        case CodedValue():
            return dict(_value_columns(definition))
        case DeficitCount():
            return dict(_deficit_columns(definition))
        case Activity():
            return {f"{definition.id}_{w.suffix}": "INTEGER" for w in definition.spans}
        case DiagnosisScore():
            return dict(_score_columns(definition))
        case _:
            return {}


def _value_columns(value: CodedValue) -> Iterator[tuple[str, str]]:
    yield value.id, "DOUBLE" if value.is_number else "VARCHAR"
    yield f"{value.id}_on", "DATE"
    if value.bands:
        yield f"{value.id}_band", "VARCHAR"
    if value.valid_from_age is not None:
        yield f"{value.id}_flag", "VARCHAR"


def _deficit_columns(count: DeficitCount) -> Iterator[tuple[str, str]]:
    yield f"{count.id}_count", "INTEGER"
    yield count.id, "DOUBLE"
    yield f"{count.id}_band", "VARCHAR"
    yield f"{count.id}_deficits", "BIGINT"
    yield from ((f"{count.id}_count_{n}m_ago", "INTEGER") for n in count.months_ago)


def _score_columns(score: DiagnosisScore) -> Iterator[tuple[str, str]]:
    yield score.id, "DOUBLE"
    if score.bands:
        yield f"{score.id}_band", "VARCHAR"
    if score.valid_from_age is not None:
        yield f"{score.id}_flag", "VARCHAR"


def offered(shelf: Shelf, lists: Collection[str], *, opted_in: Iterable[str] = ()) -> Offer:
    """Take out what cannot be computed: definitions whose code lists are not here, recalled ones nobody opted into,
    and those that ask for a column of one that was taken out.

    Raises ConfigurationError where a rule asks for a column that no definition makes.
    """
    from doorstep.planning.engine.needs import leave_out

    return leave_out(shelf, frozenset(lists), frozenset(opted_in))
