"""The reference manual of the return's measures, written from the definition files."""

from __future__ import annotations

from collections.abc import Iterator

from doorstep.planning.choices import Choice, catalogue
from doorstep.planning.clauses import DERIVED, PARAMETERS
from doorstep.planning.metrics import Clause, CodeList, Metric, MetricSet, lists, metric_set, remainders

_DIRECTIONS = {"lower": "lower is better", "higher": "higher is better", "none": "no direction"}

__all__ = ["choices_markdown", "metrics_markdown"]


def metrics_markdown() -> str:
    """Return the page of both metric sets, the columns that clauses may use, the code lists and the remainders."""
    return "\n".join(_metrics_page()).rstrip() + "\n"


def choices_markdown() -> str:
    """Return the page of every choice with its options."""
    return "\n".join(_choices_page()).rstrip() + "\n"


def _metrics_page() -> Iterator[str]:
    yield "# Metrics of the return"
    yield ""
    yield "Written from the definition files in `doorstep/reference/data/definitions/metrics`."
    yield "A row of the lake table is counted when every clause is true;"
    yield "a clause that is unknown because a value is missing does not count the row."
    yield ""
    guide, centre = metric_set("guide"), metric_set("centre")
    yield from _set(guide, list(guide.metrics.values()))
    yield from _set(centre, [m for m in centre.metrics.values() if m.set == "centre"])
    yield from _columns()
    yield from _lists()
    yield from _remainders()


def _set(definitions: MetricSet, metrics: list[Metric]) -> Iterator[str]:
    yield f"## Set `{definitions.id}`: {definitions.title}"
    yield ""
    yield definitions.why
    yield ""
    for metric in metrics:
        yield from _metric(metric)


def _metric(metric: Metric) -> Iterator[str]:
    yield f"### {metric.id}: {metric.title}"
    yield ""
    amount = {"count": "rows", "sum": f"the sum of `{metric.value}` over the rows", "people": "distinct people"}
    yield f"- Counts {amount[metric.measure]} of `{metric.table}`, dated by `{metric.dated}`; unit: {metric.unit};"
    yield f"  {_DIRECTIONS[metric.direction]}."
    yield f"- The guide: {metric.guide}."
    yield f"- `{metric.ref}`, {metric.status}; {_reviewed(metric)}; review by {metric.review_by}."
    yield ""
    yield "| clause | condition | why |"
    yield "|---|---|---|"
    for clause in metric.clauses:
        yield f"| {clause.name} | {_condition(clause)} | {clause.why} |"
    yield ""
    for caveat in metric.caveats:
        yield f"- Caveat: {caveat}"
    yield ""


def _reviewed(metric: Metric) -> str:
    return f"reviewed by {metric.reviewed_by}" if metric.reviewed_by else "unreviewed: no named clinician has signed it"


def _condition(clause: Clause) -> str:
    if not clause.choice:
        return f"`{clause.conditions['']}`"
    options = "<br>".join(f"{option}: `{condition}`" for option, condition in clause.conditions.items())
    return f"by the choice [{clause.choice}](choices.md#{clause.choice}):<br>{options}"


def _columns() -> Iterator[str]:
    yield "## Columns that clauses may use"
    yield ""
    yield "Those of the lake table, and besides:"
    yield ""
    for table, columns in DERIVED.items():
        for name, meaning in columns.items():
            yield f"- `{table}.{name}`: {meaning}"
    for name, meaning in PARAMETERS.items():
        yield f"- `{name}`: {meaning}"
    yield ""


def _lists() -> Iterator[str]:
    yield "## Code lists"
    yield ""
    for found in lists().values():
        yield from _list(found)


def _list(found: CodeList) -> Iterator[str]:
    yield f"### `{found.id}`"
    yield ""
    yield f"{found.title}. Status: **{found.status}**. Source: {found.source}."
    yield ""
    yield f"{', '.join(found.codes)}"
    yield ""


def _remainders() -> Iterator[str]:
    yield "## What no metric counts"
    yield ""
    yield "Counted for the same patients and month, kept in the provenance, never sent."
    yield ""
    yield "| id | beside | what | condition |"
    yield "|---|---|---|---|"
    for found in remainders():
        yield f"| {found.id} | {', '.join(found.beside)} | {found.title} | `{found.expr}` |"


def _choices_page() -> Iterator[str]:
    yield "# Choices that the definitions leave open"
    yield ""
    yield "Written from `doorstep/reference/data/definitions/choices.toml`. The first option is the default."
    yield "A Place sets its own in its home's `choices.toml`, each with the first month it holds for;"
    yield "a later change is a marked break in the series."
    yield "The provenance of a return prints each choice, and the total under every other option."
    yield ""
    yield "```toml"
    yield "[[choice]]"
    yield 'id = "deprivation_index"'
    yield 'option = "imd2019"'
    yield 'from = "2026-04"'
    yield 'decided_by = "Programme board, 12 March 2026"'
    yield "```"
    yield ""
    yield "With `cohort = baseline` the entry may say `baseline_on = 2026-04-01`;"
    yield "where the cohort was frozen under a signature, the day it was frozen for is the baseline."
    yield ""
    for choice in catalogue().values():
        yield from _choice(choice)


def _choice(choice: Choice) -> Iterator[str]:
    yield f"## {choice.id}"
    yield ""
    yield f"{choice.about}. The guide: {choice.guide} {choice.why} Status: {choice.status}."
    yield ""
    yield "| option | means |"
    yield "|---|---|"
    for option in choice.options:
        default = " (default)" if option.id == choice.default else ""
        yield f"| `{option.id}`{default} | {option.means} |"
    yield ""
