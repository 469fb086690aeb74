"""Columns made of other columns: counts, weighted sums, flags, risk, the group, cohorts and segments.

A column is made when it is first asked for, so definitions may be made of each other in any order but a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import CohortRule, Flag, Group, PlaceScore, Scheme, Tally, WeightedSum
from doorstep.planning.engine.plain.given import Evidence, Finding, Reason, Row, World
from doorstep.planning.engine.plain.rules import Sentence

Maker = Callable[[Mapping[str, Any]], Finding]


class Facts(Mapping[str, Any]):
    """One person's columns, each made when it is asked for, and the finding that made it."""

    def __init__(self, makers: Mapping[str, Maker], owners: Mapping[str, str]) -> None:
        self._makers, self._owners = makers, owners
        self.findings: dict[str, Finding] = {}
        self._making: list[str] = []

    @property
    def definitions(self) -> tuple[str, ...]:
        """Every definition that has a finding to make."""
        return tuple(self._makers)

    def finding(self, name: str) -> Finding:
        """Return what a definition found; ConfigurationError where it is made of itself."""
        if name in self._making:
            circle = ", ".join(sorted(self._making[self._making.index(name) :]))
            raise ConfigurationError(f"{circle} are made of each other", expected="no circle of rules", where=name)
        if name not in self.findings:
            self._making.append(name)
            self.findings[name] = self._makers[name](self)
            self._making.pop()
        return self.findings[name]

    def __getitem__(self, column: str) -> Any:
        return self.finding(self._owners[column]).values[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._owners)

    def __len__(self) -> int:
        return len(self._owners)


def tally(definition: Tally, facts: Mapping[str, Any]) -> Finding:
    """Count the registers of a list that a person is on."""
    on = [name for name in definition.registers if facts[name]]
    return Finding({definition.id: len(on)}, Reason(words=", ".join(on) or "none of them"))


def weighted_sum(definition: WeightedSum, facts: Mapping[str, Any]) -> Finding:
    """Add the weights of the columns that are true, in whole steps, and divide last."""
    present = [t for t in definition.term if facts[t.column]]
    total = sum(definition.steps(t) for t in present) / 10**definition.decimals
    words = ", ".join(f"{t.column} {t.weight:+g}" for t in present) or "none of them"
    return Finding({definition.id: total}, Reason(words=words))


def flag(definition: Flag, rule: Sentence, facts: Mapping[str, Any]) -> Finding:
    """Ask a rule; not known is false."""
    return Finding({definition.id: rule.holds(facts)}, Reason(words=rule.with_values(facts)))


def cohort(definition: CohortRule, rule: Sentence, facts: Mapping[str, Any]) -> Finding:
    """Ask a cohort's rule of somebody alive and registered with the Place."""
    words = rule.with_values(facts)
    if not (facts["is_alive"] and facts["is_registered"]):
        words = f"{'not registered with the Place' if facts['is_alive'] else 'has died'}; {words}"
    found = facts["is_alive"] and facts["is_registered"] and rule.holds(facts)
    return Finding({f"in_{definition.id}": found}, Reason(words=words))


def segment(definition: Scheme, rules: Mapping[str, Sentence], facts: Mapping[str, Any]) -> Finding:
    """Return the first segment whose rule holds, else the last."""
    found = next(s for s in definition.segment if not s.rule or rules[s.id].holds(facts))
    words = rules[found.id].with_values(facts) if found.rule else "no earlier segment"
    return Finding({definition.id: found.id}, Reason(words=f"{found.title}: {words}"))


def hospital_risk(facts: Mapping[str, Any]) -> Finding:
    """Let the hospital frailty score stand in for a Place's own; not known where the shelf has none."""
    score, band = facts.get("hfrs"), facts.get("hfrs_band")
    return Finding({"risk_score": score, "risk_band": band}, Reason(words="the hospital frailty score"))


def place_risk(score: PlaceScore, rows: list[Row], world: World) -> Finding:
    """Take the newest score of the Place's own cohort list, and cut it into bands."""
    known = [
        r
        for r in rows
        if r.get("cohort_name") == score.cohort_name
        and r.get("risk_score") is not None
        and r.get("identified_on") is not None
        and r["identified_on"] <= world.as_at
    ]
    if not known:
        return Finding({"risk_score": None, "risk_band": None}, Reason(words="no score of the Place"))
    newest = max(known, key=lambda r: (r["identified_on"], r["received_on"], r["row_no"]))
    number = float(newest["risk_score"])
    lower = "intermediate" if number >= score.intermediate_from else "low"
    values = {"risk_score": number, "risk_band": "high" if number >= score.high_from else lower}
    evidence = Evidence("cohort", newest, day=newest["identified_on"])
    return Finding(values, Reason((evidence,), "the Place's own score"))


def no_group(_facts: Mapping[str, Any]) -> Finding:
    """Put nobody into a group that is not defined."""
    return Finding({"in_national_group": False, "why": None}, Reason(words="no group is defined"))


def group(definition: Group, world: World, facts: Mapping[str, Any]) -> Finding:
    """Say who is in the national group, by each count, and why."""
    counts = (definition.count, *definition.other_counts)
    by_count = {count: _is_in(definition, facts[count], world, facts) for count in counts}
    why = _why(definition, by_count[definition.count], facts)
    others = {f"in_national_group_by_{count}": by_count[count] for count in definition.other_counts}
    return Finding({"in_national_group": by_count[definition.count], "why": why, **others}, Reason(words=why))


def _is_adult(definition: Group, facts: Mapping[str, Any]) -> bool:
    return facts["age"] is None or facts["age"] >= definition.age_from


def _is_in(definition: Group, n: int, world: World, facts: Mapping[str, Any]) -> bool:
    is_risky = facts["risk_band"] in definition.risk_bands
    if not (facts["is_alive"] and facts["is_registered"] and _is_adult(definition, facts)):
        return False
    if not world.holds_entries:
        return is_risky
    return n >= definition.conditions_enough or (n >= definition.conditions_with_risk and is_risky)


def _why(definition: Group, is_in: bool, facts: Mapping[str, Any]) -> str:
    n, band = facts[definition.count], facts["risk_band"]
    if not facts["is_alive"]:
        return "has died"
    if not facts["is_registered"]:
        return "not registered with a practice of the Place"
    if not _is_adult(definition, facts):
        return "under age"
    if is_in and n >= definition.conditions_enough:
        return f"{n} long-term conditions"
    if is_in:
        return f"{n} long-term condition and {band} risk" if n else f"{band} risk (no coded entries are held)"
    if n == 0:
        return "no long-term condition found"
    return f"{n} long-term condition, {f'{band} risk' if band else 'risk not known'}"
