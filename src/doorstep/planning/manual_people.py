"""The reference manual of who is found: registers, counts, the score and the group, written from their files."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.planning.definitions import (
    CohortRule,
    Criterion,
    Definition,
    DiagnosisScore,
    Example,
    Group,
    Register,
    Tally,
    shipped,
)


def registers_markdown() -> str:
    """Return the page of registers, counts, the frailty score and the national group."""
    return "\n".join(_page()).rstrip() + "\n"


def _page() -> Iterator[str]:
    shelf = shipped()
    n_signed = sum(d.is_reviewed for d in shelf.all)
    yield from ("# Registers, counts, scores and groups", "")
    yield "Written from the definition files in `doorstep/reference/data/definitions`. They make the person table, and"
    yield "rules of cohorts may name every one of them."
    yield f"Signed by a named clinician: {n_signed} of {len(shelf.all)}."
    yield from ("", f"- The group: [{shelf.group.title}](#{shelf.group.id})")
    yield f"- The score: [{shelf.frailty.title}](#{shelf.frailty.id})"
    yield f"- Counts of conditions: {_links(shelf.tallies)}"
    yield f"- Registers: {_links(shelf.registers)}"
    yield from ("", "## Group", "")
    yield from _group(shelf.group)
    yield from ("## Score", "")
    yield from _score(shelf.frailty)
    yield from ("## Cohorts", "")
    for cohort in shelf.cohorts:
        yield from _cohort(cohort)
    yield from ("## Counts", "")
    for tally in shelf.tallies:
        yield from _tally(tally)
    yield from ("## Registers", "", "An entry without a date counts as a diagnosis earlier than any dated one.", "")
    for register in shelf.registers:
        yield from _register(register)


def _links(definitions: tuple[Definition, ...]) -> str:
    return ", ".join(f"[{d.id}](#{d.id})" for d in definitions)


def _head(definition: Definition) -> Iterator[str]:
    """Yield the id as heading, so that links find it, and what every definition says of itself."""
    signed = f"signed by {definition.reviewed_by}" if definition.is_reviewed else "unreviewed"
    yield from (f"### {definition.id}", "", f"**{definition.title}**", "")
    yield f"`{definition.label}`, {definition.status}, {signed}; review by {definition.review_by}."
    yield f"{definition.purpose}."
    yield f"Source: {definition.source}."
    yield ""


def _caveats(definition: Definition) -> Iterator[str]:
    yield from (f"- Caveat: {caveat}" for caveat in definition.caveats)
    if definition.caveats:
        yield ""


def _group(group: Group) -> Iterator[str]:
    yield from _head(group)
    yield f"Alive, registered with a practice of the Place, {group.age_from} or over, and one of:"
    yield ""
    yield f"- `{group.count}` of {group.conditions_enough} or more;"
    risk = " or ".join(group.risk_bands)
    yield f"- `{group.count}` of {group.conditions_with_risk} or more, and a risk of admission that is {risk}."
    yield ""
    others = ", ".join(f"`{count}`" for count in group.other_counts)
    yield f"The summary also shows the group under {others}."
    yield ""
    yield from _caveats(group)


def _score(score: DiagnosisScore) -> Iterator[str]:
    yield from _head(score)
    yield f"Weights of distinct three-character diagnoses, over the last {score.months} months of admissions."
    yield f"Bands: {', '.join(_band(score, i) for i in range(len(score.bands)))}."
    yield f"Shown with the words: {score.label_for_readers}."
    yield ""
    yield from _caveats(score)


def _band(score: DiagnosisScore, place: int) -> str:
    band = score.bands[place]
    words = "above" if band.name in score.above else "from"
    return f"{band.name} {words} {band.starts_at:g}"


def _cohort(cohort: CohortRule) -> Iterator[str]:
    yield from _head(cohort)
    yield f"Rule: `{cohort.rule}`"
    yield ""
    yield from _caveats(cohort)


def _tally(tally: Tally) -> Iterator[str]:
    yield from _head(tally)
    yield f"Counts {len(tally.registers)} registers: {', '.join(f'[{r}](#{r})' for r in tally.registers)}."
    yield ""
    if tally.not_counted:
        yield f"Not counted: {'; '.join(tally.not_counted)}."
        yield ""
    yield from _caveats(tally)


def _register(register: Register) -> Iterator[str]:
    yield from _head(register)
    yield "On it is who has any of:"
    yield ""
    yield from (f"- {_criterion(criterion)}" for criterion in register.any_of)
    yield ""
    if register.unless:
        yield f"Unless on {', '.join(f'[{r}](#{r})' for r in register.unless)}."
        yield ""
    if register.missing:
        yield f"Missing from the contract's own rule, so larger than its register: {'; '.join(register.missing)}."
        yield ""
    yield from _examples(register.example)
    yield from _caveats(register)


def _criterion(one: Criterion) -> str:
    """Return one way onto a register in words."""
    parts = [f"a code of {_lists(one.lists)}"]
    if one.resolved_by:
        parts.append(f"later than any of {_lists(one.resolved_by)}")
    if one.recorded_from:
        parts.append(f"the latest on or after {one.recorded_from}")
    if one.first_within_months:
        parts.append(f"the first in the last {one.first_within_months} months")
    if one.first_at_age_from:
        parts.append(f"the first at {one.first_at_age_from} or over")
    if one.and_lists:
        since = f" on or after {one.and_recorded_from}" if one.and_recorded_from else ""
        parts.append(f"and a code of {_lists(one.and_lists)}{since}")
    if one.age_from is not None:
        parts.append(f"aged {one.age_from} or over")
    if one.age_to is not None:
        parts.append(f"aged {one.age_to} or under")
    return ", ".join(parts)


def _lists(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _examples(examples: tuple[Example, ...]) -> Iterator[str]:
    if not examples:
        return
    yield "| example | entries | on it |"
    yield "|---|---|---|"
    for example in examples:
        born = f"born {example.born}; " if example.born else ""
        entries = "; ".join(example.entries) or "none"
        yield f"| {example.says} | {born}{entries} | {'yes' if example.is_on else 'no'} |"
    yield ""
