"""The report in words: what the model is for, how good it is, for whom it is not, and what it cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from doorstep.planning.admission_risk.audit import Audit, GroupAudit, NeedAtScore
from doorstep.planning.admission_risk.evaluating import Evaluation
from doorstep.planning.admission_risk.frame import clock_warning
from doorstep.planning.admission_risk.model import FittedModel
from doorstep.planning.admission_risk.regressions import Effect
from doorstep.planning.admission_risk.use import TITLES

Row = dict[str, Any]
CANNOT_SEE = (
    "illness that nobody coded, or that was coded elsewhere",
    "who lives alone, who cares for whom, housing, money, language, and whether a person trusts the service",
    "care reached outside these extracts, and care that was needed and never reached",
    "what a clinician knows and did not write as a code",
    "whether anything could be done: risk is not the chance that help helps",
)


def page(
    model: FittedModel, evaluation: Evaluation, made_of: Mapping[str, Any], parr30: Mapping[str, Any] | None = None
) -> str:
    """Return the report as Markdown."""
    parts = (
        _head(model, evaluation, made_of),
        _performance(evaluation),
        _parr30(parr30),
        _groups(evaluation),
        _audit(evaluation.audit),
        _model(model),
        _limits(model),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def audit_rows(found: Audit) -> list[Row]:
    """Return the ratios at equal need, one row a group and measure; blank where there are too few."""
    rows = []
    for group in found.groups:
        ratios = {"score": group.score_at_need} | {TITLES[use]: ratio for use, ratio in group.use_at_need.items()}
        for measure, ratio in ratios.items():
            rows.append(_own(group) | {"measure": measure} | _effect("ratio", ratio))
    return rows


def need_rows(found: Audit) -> list[Row]:
    """Return need at the same score, one row a group and measure of need, and deaths."""
    rows = []
    for group in found.groups:
        rows += [_own(group) | {"measure": name} | _need(need) for name, need in group.need_at_score.items()]
        deaths = _effect("more", group.deaths_at_score, 4)
        blank = dict.fromkeys(("expected", "beyond", "beyond_lower", "beyond_upper"), "")
        rows.append(_own(group) | {"measure": "share who died in the months after"} | deaths | blank)
    return rows


def coefficient_rows(model: FittedModel) -> list[Row]:
    """Return the odds ratio of one more of each term, with limits."""
    rows = []
    for weight in model.score.weights:
        ratio = Effect(*weight.per_unit).exponential()
        rows.append({"term": weight.term.name} | _effect("odds_ratio", ratio))
    return rows


def _own(group: GroupAudit) -> Row:
    return {"split": group.split, "group": group.group, "reference": group.reference}


def _effect(name: str, effect: Effect | None, places: int = 3) -> Row:
    values = (effect.value, effect.lower, effect.upper) if effect else ("", "", "")
    rounded = [round(v, places) if isinstance(v, float) else v for v in values]
    return dict(zip((name, "lower", "upper"), rounded, strict=True))


def _need(need: NeedAtScore) -> Row:
    beyond = {
        "beyond": round(need.beyond.value, 3),
        "beyond_lower": round(need.beyond.lower, 3),
        "beyond_upper": round(need.beyond.upper, 3),
    }
    return _effect("more", need.observed) | {"expected": round(need.expected, 3)} | beyond


def _head(model: FittedModel, evaluation: Evaluation, made_of: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {model.told['title']}: {model.label}"
    yield ""
    warnings = dict.fromkeys((*model.warnings, *clock_warning(made_of)))
    yield from (f"**{warning}**  " for warning in warnings)
    yield from ("", "## What it is for", "", model.told["intended_purpose"], "", model.told["not_a_device"], "")
    yield from ("## On whom it was judged", "")
    yield f"- {evaluation.basis}"
    yield (
        f"- predictors as at {made_of['day']}, known by {made_of['known_by']}; admissions after it up to "
        f"{made_of['until']}, known by {made_of['outcome_known_by']}; snapshot {made_of['snapshot'][:8]}"
    )
    yield f"- on the day, hospital records reached to {made_of['records_until'][0] or 'no day: none had arrived'}"
    yield "- people who died or left in those months are kept: they could be admitted until then; see sensitivity"
    yield "- people whose death before the day was learnt only later are not counted"
    yield ""


def _performance(evaluation: Evaluation) -> Iterator[str]:
    names = ("title", "n", "admitted", *_three("observed_to_expected"), *_three("slope"), *_three("c"), "brier")
    yield from ("## How good it is, beside simpler scores", "")
    yield from _table(evaluation.tables["performance"], names)
    yield from ("", "### Without those who died or left", "")
    yield from _table(evaluation.tables["sensitivity"], ("who", *names[1:]))
    yield from ("", "### At a capacity", "", "People of one risk are called together or not at all.", "")
    capacity = ("score", "capacity", "called", "found", *_three("ppv"), *_three("sensitivity"))
    yield from _table(evaluation.tables["capacity"], capacity)
    yield from ("", "### Calibration, by tenth of risk", "")
    tenths = ("tenth", "n", "admitted", "mean_risk", "observed", "lower", "upper")
    yield from _table(evaluation.tables["calibration"], tenths)
    yield from (
        "",
        "### Net benefit",
        "",
        "Above 0 and above reviewing everybody, acting on the score is worth it.",
        "",
    )
    yield from _table(evaluation.tables["net_benefit"])
    yield ""


def _parr30(found: Mapping[str, Any] | None) -> Iterator[str]:
    if found is None:
        return
    yield from ("## PARR-30, for what it is", "")
    yield (
        "Readmission within 30 days of a discharge, per discharge and not per person: another question than the "
        "model's, so the figures cannot be compared. Without hospital effects and without IMD 2007, which it asks for; "
        "that its level is off is expected."
    )
    yield ""
    names = ("score", "n", "readmitted", *_three("observed_to_expected"), *_three("slope"), *_three("c"), "brier")
    yield from _table([dict(found)], names)
    yield ""


def _groups(evaluation: Evaluation) -> Iterator[str]:
    yield from ("## By group", "")
    yield "Equal calibration and equal sensitivity cannot both hold where groups differ in how many are admitted."
    yield ""
    names = (
        "split", "group", "n", "admitted", *_three("observed_to_expected"), *_three("slope"), *_three("c"), "brier",
        "share_called", "share_of_admitted_called",
    )  # fmt: skip
    yield from _table(evaluation.tables["groups"], names)
    yield ""


def _audit(found: Audit) -> Iterator[str]:
    yield from ("## Need at equal score", "")
    for group in found.flagged:
        yield (
            f"- **flagged: {group.split} {group.group}, against {group.reference}: {'; '.join(group.flags)}.** A list "
            "from the top of the score would reach fewer of them than their need would."
        )
    if not found.flagged:
        yield "- No group was flagged. That is no proof: what nobody recorded, no audit sees."
    yield "- Less use at equal need can be good care earlier as well as care not reached: ask people who know."
    yield ""
    yield "Score and use at equal need (age, sex, conditions, " + ", ".join(found.needs) + "), as ratios:"
    yield ""
    yield from _table(audit_rows(found))
    yield ""
    yield (
        "Need at the same score: `more` than the reference; `expected` if the score stood in the same relation to need "
        "in both groups; `beyond` is what the score hides."
    )
    yield ""
    yield from _table(need_rows(found))
    yield ""


def _model(model: FittedModel) -> Iterator[str]:
    yield from ("## The model", "")
    yield (
        f"Ridge logistic regression, penalty {model.score.penalty:g} chosen by cross-validation, "
        f"fitted to {model.told['n_fitted']:,} people. Odds ratios for one more of each, 95% limits; they describe "
        "the records and are no causes."
    )
    yield ""
    yield from _table(coefficient_rows(model))
    yield from ("", "Not used:", "")
    yield from (f"- `{name}`: {why}" for name, why in model.told["left_out"].items())
    yield ""


def _limits(model: FittedModel) -> Iterator[str]:
    yield from ("## What it cannot see", "", *(f"- {line}" for line in CANNOT_SEE), "", "## Caveats", "")
    yield from (f"- {line}" for line in model.told["caveats"])
    yield from ("", "`*`: below 6, or hidden so that one below 6 cannot be worked out. `too few`: too few to say.")


def _three(name: str) -> tuple[str, str, str]:
    return name, f"{name}_lower", f"{name}_upper"


def _table(rows: Sequence[Row], names: Iterable[str] = ()) -> Iterator[str]:
    if not rows:
        yield "Too few people."
        return
    wanted = list(names) or list(rows[0])
    yield f"| {' | '.join(name.replace('_', ' ') for name in wanted)} |"
    yield "|" + "---|" * len(wanted)
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(name, '')) for name in wanted)} |"


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
