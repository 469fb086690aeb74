"""What the manual says of each kind of definition: its rule, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch

from doorstep.planning.definitions import (
    Activity,
    Band,
    CodedValue,
    CohortRule,
    Criterion,
    DeficitCount,
    Definition,
    Diagnosed,
    DiagnosisScore,
    Example,
    Flag,
    Group,
    History,
    Register,
    Scheme,
    Stay,
    Tally,
    ValueExample,
    WeightedSum,
    Window,
)

COUNTED = {
    "rows": "rows", "days": "distinct days", "codes": "distinct codes", "bed_days": "nights in hospital",
    "readmissions": "admissions 0 to 29 days after a discharge",
}  # fmt: skip


def head(definition: Definition) -> Iterator[str]:
    """Yield the id as heading, so that links find it, and what every definition says of itself."""
    signed = f"signed by {definition.reviewed_by}" if definition.is_reviewed else "unreviewed"
    yield from (f"### {definition.id}", "", f"**{definition.title}**", "")
    yield f"`{definition.label}`, {definition.status}, {signed}; review by {definition.review_by}."
    yield f"{definition.purpose}."
    yield f"Source: {definition.source}."
    if not definition.is_on or definition.status == "recalled":
        yield "**Off unless opted in.**"
    yield ""


def caveats(definition: Definition) -> Iterator[str]:
    """Yield what the definition misses, a line each."""
    yield from (f"- Caveat: {caveat}" for caveat in definition.caveats)
    if definition.caveats:
        yield ""


@singledispatch
def rule(definition: Definition) -> Iterator[str]:
    """Yield what a definition asks, as paragraphs that each end in an empty line."""
    raise TypeError(f"the manual has no words for a {definition.kind}")


@rule.register
def _(register: Register) -> Iterator[str]:
    yield "On it is who has any of:"
    yield ""
    yield from (f"- {_criterion(criterion)}" for criterion in register.any_of)
    yield ""
    if register.unless:
        yield from (f"Unless on {', '.join(f'[{r}](#{r})' for r in register.unless)}.", "")
    if register.missing:
        yield f"Missing from its source's own rule, so larger than that register: {'; '.join(register.missing)}."
        yield ""
    yield from _examples(register.example)


def _criterion(one: Criterion) -> str:
    """Return one way onto a register in words."""
    parts = [f"a code of {_lists(one.lists)}"] if one.lists else []
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
    if one.issued:
        parts.append(f"a medicine of {_lists(one.issued)} in the last {one.issued_within_months} months")
    return ", ".join([*parts, *_ages(one.age_from, one.age_to)])


def _ages(low: int | None, high: int | None) -> Iterator[str]:
    if low is not None:
        yield f"aged {low} or over"
    if high is not None:
        yield f"aged {high} or under"


def _lists(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _examples(examples: tuple[Example, ...] | tuple[ValueExample, ...]) -> Iterator[str]:
    if not examples:
        return
    yield f"| example | entries | {'on it' if isinstance(examples[0], Example) else 'value'} |"
    yield "|---|---|---|"
    for example in examples:
        born = f"born {example.born}; " if example.born else ""
        entries = "; ".join(example.entries) or "none"
        yield f"| {example.says} | {born}{entries} | {_answer(example)} |"
    yield ""


def _answer(example: Example | ValueExample) -> str:
    if isinstance(example, Example):
        return "yes" if example.is_on else "no"
    return example.value or "none"


@rule.register
def _(value: CodedValue) -> Iterator[str]:
    yield f"The latest of what was recorded{f', in the last {value.months} months' if value.months else ''}:"
    yield ""
    yield from (f"- `{says.value}`: a code of {_lists(says.lists)}" for says in value.says)
    yield ""
    if value.lowest is not None or value.highest is not None:
        yield from (f"Numbers from {value.lowest:g} to {value.highest:g} count.", "")
    yield from _scale(value.bands, (), value.valid_from_age)
    yield from _examples(value.example)


@rule.register
def _(count: DeficitCount) -> Iterator[str]:
    yield "| deficit | what shows it |"
    yield "|---|---|"
    for d in count.deficit:
        yield f"| {d.title} (`{d.id}`) | {_lists(d.lists) if d.lists else f'`{d.column}` of {d.at_least} or more'} |"
    yield ""
    if count.not_codes:
        yield from (f"Codes that do not count: {', '.join(count.not_codes)}.", "")
    yield from (f"By the number of deficits, at {count.bands_from_age} and over: {_bands(count.bands, ())}.", "")


@rule.register
def _(score: DiagnosisScore) -> Iterator[str]:
    of = f", variant `{score.variant}`" if score.variant else ""
    over = f"the last {score.months} months of admissions"
    yield f"Weights of the table `{score.items}`{of}, each item once, over {over}."
    yield ""
    if score.instead:
        pairs = "; ".join(f"`{severe}` silences `{mild}`" for severe, mild in score.instead)
        yield from (f"The more severe form alone counts: {pairs}.", "")
    if score.never_below is not None:
        yield from (f"A sum below {score.never_below:g} is {score.never_below:g}.", "")
    yield from _scale(score.bands, score.above, score.valid_from_age)
    if score.label_for_readers:
        yield from (f"Shown with the words: {score.label_for_readers}.", "")


def _scale(bands: tuple[Band, ...], above: tuple[str, ...], valid_from_age: int | None) -> Iterator[str]:
    if bands:
        yield from (f"Bands: {_bands(bands, above)}.", "")
    if valid_from_age is not None:
        yield from (f"Flagged under {valid_from_age}.", "")


def _bands(bands: tuple[Band, ...], above: tuple[str, ...]) -> str:
    return ", ".join(f"{b.name} {'above' if b.name in above else 'from'} {b.starts_at:g}" for b in bands)


@rule.register
def _(tally: Tally) -> Iterator[str]:
    yield f"Counts {len(tally.registers)} registers: {', '.join(f'[{r}](registers.md#{r})' for r in tally.registers)}."
    yield ""
    if tally.not_counted:
        yield from (f"Not counted: {'; '.join(tally.not_counted)}.", "")


@rule.register
def _(score: WeightedSum) -> Iterator[str]:
    yield "| column | weight |"
    yield "|---|---|"
    yield from (f"| `{t.column}` | {t.weight:g} |" for t in score.term)
    yield ""
    if score.not_counted:
        yield from (f"Not counted: {'; '.join(score.not_counted)}.", "")


@rule.register
def _(activity: Activity) -> Iterator[str]:
    over = ", ".join(window_words(w) for w in activity.spans)
    yield f"Counts {COUNTED[activity.counts]} of `{activity.table}`, over {over}."
    yield ""
    asked = [f"where `{activity.where}`"] if activity.where else []
    asked += [f"with a code of {_lists(activity.lists)}"] if activity.lists else []
    asked += _kind(activity)
    yield from (f"- {words}" for words in asked)
    if asked:
        yield ""
    if activity.any_of:
        yield from ("And one of these kinds of stay:", "")
        yield from (f"- {'; '.join(_kind(kind))}" for kind in activity.any_of)
        yield ""


def window_words(window: Window) -> str:
    """Return a window in words."""
    before = f"the {window.oldest - window.newest} months before the last {window.newest}"
    return before if window.newest else f"the last {window.oldest} months"


def _kind(kind: Activity | Stay) -> list[str]:
    words = [_diagnosed(d) for d in kind.diagnosed] + [f"no {_diagnosed(d)}" for d in kind.not_diagnosed]
    if kind.no_procedure_of:
        words.append(f"no procedure that begins with {', '.join(kind.no_procedure_of)}")
    return [*words, *_ages(kind.age_from, kind.age_to)]


def _diagnosed(asked: Diagnosed) -> str:
    place = "diagnosis in any position" if asked.position == "any" else f"{asked.position} diagnosis"
    return f"{place} of {_lists(asked.lists)}"


@rule.register
def _(history: History) -> Iterator[str]:
    yield f"The last {history.months} months of {', '.join(f'`{m.of}`' for m in history.measure)}, the latest first."
    yield ""


@rule.register
def _(made: Flag | CohortRule) -> Iterator[str]:
    yield from _sentence(made.rule)


def _sentence(text: str) -> Iterator[str]:
    if "\n" in text.strip():
        yield from ("Rule:", "", "```sql", text.strip(), "```", "")
    else:
        yield from (f"Rule: `{text.strip()}`", "")


@rule.register
def _(group: Group) -> Iterator[str]:
    yield f"Alive, registered with a practice of the Place, {group.age_from} or over, and one of:"
    yield ""
    yield f"- `{group.count}` of {group.conditions_enough} or more;"
    risk = " or ".join(group.risk_bands)
    yield f"- `{group.count}` of {group.conditions_with_risk} or more, and a risk of admission that is {risk}."
    yield ""
    others = ", ".join(f"`{count}`" for count in group.other_counts)
    yield from (f"The summary also shows the group under {others}.", "")


@rule.register
def _(scheme: Scheme) -> Iterator[str]:
    yield "The first segment whose rule holds; each person is in exactly one."
    yield ""
    yield "| | segment | rule | confidence | note |"
    yield "|---|---|---|---|---|"
    for place, segment in enumerate(scheme.segment, start=1):
        asked = f"`{' '.join(segment.rule.split())}`" if segment.rule else "everybody else"
        yield f"| {place} | {segment.title} (`{segment.id}`) | {asked} | {segment.confidence} | {segment.note} |"
    yield ""
    if scheme.beside:
        yield from (f"Beside the segment stand {', '.join(f'`{flag}`' for flag in scheme.beside)}.", "")
