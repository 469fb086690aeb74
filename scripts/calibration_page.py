"""Writes the calibration report: docs/explanation/made-up-people.md, with a chart and a table for each family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import calibration_charts as charts

from doorstep.synthetic.calibration import ENGLAND, Check, Verdict
from doorstep.synthetic.calibration.local import TITLES

PAGE = Path("docs/explanation/made-up-people.md")
IMAGES = Path("docs/images/made-up-people")


@dataclass
class Findings:
    """Everything measured: national and local verdicts, verdicts without each mechanism, and what the charts draw."""

    people: int = 0
    national: list[Verdict] = field(default_factory=list)
    local: dict[str, list[Verdict]] = field(default_factory=dict)
    without: dict[str, tuple[list[Verdict], bool]] = field(default_factory=dict)
    curves: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def judged(self) -> list[Verdict]:
        """All verdicts with every mechanism at work."""
        return self.national + [v for verdicts in self.local.values() for v in verdicts]


INTRODUCTION = """# Made-up people, beside the published

Doorstep makes people up: for its tests, for demonstrations, for analysts who learn the tool and for researchers who
check a method. This page compares them with every published figure at hand. It is written by
`python scripts/calibrate.py` (`make calibrate`), which makes {people:,} people of England, and all of Sefton and of
Cheshire and Merseyside, measures the files that were written, and judges each figure.

**{holding} of {judged} comparisons hold.** A published figure holds where what was made lies within the larger of a tenth
of it and three standard errors. Where nothing is published for England the bounds are ours, and say why. Figures that
disagree with one nearer to England now are shown as context and not judged.

| mark | meaning |
|---|---|
| ● holds | within the room given |
| ○ does not hold | outside it: do not rely on made-up people for this |
| – context | shown, not judged |

"""

NOT_TO_CONCLUDE = """## What must not be concluded from made-up people

- **Nothing about a real Place.** The areas, practices and lists are real; the people, their illnesses and their care are
  not. A made-up Sefton says nothing of Sefton beyond the published tables it was drawn from.
- **Nothing about whether an intervention works.** An effect is there because a planted world says so.
- **Nothing about causes.** That deprived people fall ill earlier is put in, as published; why is not in here.
- **Nothing about how good a risk model is in practice.** Its coefficients come back because they were put in.
- **Nothing about rare events, single codes, medicines by name or results of tests.** Drug codes are made-up numbers; no
  measurement has a value; rare conditions are drawn with broad strokes.
- **Nothing about how services respond to each other** (waiting lists, full wards, visits that replace admissions).
- **Nothing about the years.** Published figures of 2004 to 2025 stand side by side; there is no pandemic and no trend.
- **Nothing about ethnicity and illness.** Ethnic group follows area and age; illness does not differ by it.
- **Nothing about disclosure risk in real data.** Small numbers here belong to nobody.

## What is ours rather than published

Shapes by age below 40 and above 86, the spread of a person's own use, the course of use before death, how practices code,
lengths of stay, outpatient and community rates, social care, households below the area and how long people live in care
homes. The data files under `src/doorstep/synthetic/data/` say for each number where it comes from, and which were fitted.
"""


def write_page(found: Findings, root: Path) -> None:
    """Write the page and its charts under `root`."""
    (root / IMAGES).mkdir(parents=True, exist_ok=True)
    drawn = charts.draw(found, root / IMAGES)
    judged = [v for v in found.judged if v.is_target]
    text = [INTRODUCTION.format(people=found.people, judged=len(judged), holding=sum(v.holds for v in judged))]
    text += [_chart(*chart) for chart in drawn]
    text += ["## National figures\n", *(_section(check, found.national) for check in ENGLAND)]
    text += [_local(name, verdicts) for name, verdicts in found.local.items()]
    text += [_mechanisms(found), NOT_TO_CONCLUDE]
    (root / PAGE).write_text("\n".join(text), encoding="utf-8")


def _chart(name: str, title: str, description: str) -> str:
    return f"![{title}. {description}](../images/{IMAGES.name}/{name}.svg)\n\n*{title}. {description}*\n"


def _section(check: Check, verdicts: Sequence[Verdict]) -> str:
    mine = [v for v in verdicts if v.check == check.name]
    unit = f"{check.unit[0].upper()}{check.unit[1:]}"
    return f"### {check.title}\n\n{unit}. {check.why[0].upper()}{check.why[1:]}.\n\n{table(mine)}\n"


def table(verdicts: Iterable[Verdict]) -> str:
    """Return a table of verdicts in Markdown."""
    rows = ["| group | published | made | made / published | standard error | |", "|---|---:|---:|---:|---:|---|"]
    for v in sorted(verdicts, key=lambda v: [_key(part) for part in v.group.split("|")]):
        target = _number(v.target) if v.target is not None else f"{_number(v.low)} to {_number(v.high)}"
        ratio = f"{v.made / v.target:.2f}" if v.target else ""
        rows.append(
            f"| {v.group.replace('|', ', ')} | {target} | {_number(v.made)} | {ratio} | {_number(v.se)} | {mark(v)} |"
        )
    return "\n".join(rows)


def _key(part: str) -> tuple[int, float, str]:
    return (0, float(part), "") if part.replace(".", "").isdigit() else (1, 0.0, part)


def mark(verdict: Verdict) -> str:
    """Return the mark of a verdict, with its word."""
    if not verdict.is_target:
        return "– context"
    return "● holds" if verdict.holds else "○ does not hold"


def _number(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _local(name: str, verdicts: Sequence[Verdict]) -> str:
    parts = [f"## {name}: areas and practices\n", "| comparison | at most | made | | |", "|---|---:|---:|---|---|"]
    for v in (v for v in verdicts if v.check in TITLES):
        parts.append(f"| {TITLES[v.check]} | {v.high:.3f} | {v.made:.4f} | {mark(v)} | {v.why} |")
    spread = [v for v in verdicts if v.check == "between_practices"]
    title = (
        "\nHow much practices differ beyond chance (coefficient of variation), against the same practices in 2021-22:\n"
    )
    return "\n".join([*parts, title, table(spread), ""])


def _mechanisms(found: Findings) -> str:
    text = [
        "## Each mechanism matters\n",
        "People were made again without each mechanism in turn. A check that still held would show nothing.\n",
        "| without | check that then fails | made | should be |", "|---|---|---:|---|",
    ]  # fmt: skip
    for name, (verdicts, _) in found.without.items():
        worst = max((v for v in verdicts if not v.holds), key=_miss, default=None)
        if worst is None:
            text.append(f"| {name.replace('_', ' ')} | none | | |")
        else:
            group = "" if worst.group == "all" else f" ({worst.group.replace('|', ', ')})"
            should = f"{_number(worst.low)} to {_number(worst.high)}"
            text.append(
                f"| {name.replace('_', ' ')} | {_title(worst.check)}{group} | {_number(worst.made)} | {should} |"
            )
    return "\n".join([*text, ""])


def _miss(verdict: Verdict) -> float:
    """How far outside its room a number lies, in widths of the room."""
    width = max(verdict.high - verdict.low, 1e-12)
    return max(verdict.low - verdict.made, verdict.made - verdict.high) / width


def _title(check: str) -> str:
    titles = {c.name: c.title for c in ENGLAND} | TITLES
    return titles.get(check, check.replace("_", " "))
