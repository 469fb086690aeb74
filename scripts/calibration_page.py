"""Writes the calibration report: docs/explanation/made-up-people.md, with a chart and a table for each family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calibration_words import INTRODUCTION, MECHANISM_WORDS, NOT_TO_CONCLUDE

from doorstep.synthetic.calibration import Check, Row, Verdict, accounted, checks
from doorstep.synthetic.calibration.local import title_of

PAGE = Path("docs/explanation/made-up-people.md")
IMAGES = Path("docs/images/made-up-people")
HEAD = "| group | published or bounds | made | standard error | made / published | |"
RULE = "|---|---:|---:|---:|---:|---|"
GRIDS = {"register_by_decile": "register", "emergency_admissions": "age"}
# What the charts draw besides the verdicts.
CURVES = {
    "multimorbidity": "select decile, floor(age_at_end / 5) * 5 + 2.5, avg((conditions >= 2)::int) from person "
    "where at_end and age_at_end between 20 and 95 and decile in (1, 5, 10) group by all order by all",
    "nights": "with r as (select emergency_nights as x, cume_dist() over (order by emergency_nights desc) as p "
    "from person join use using (person_id) where in_year) "
    "select ceil(p * 200) / 2, sum(x) / (select sum(x) from r) from r where x > 0 group by 1 order by 1",
}


@dataclass(frozen=True)
class Without:
    """What one check of a mechanism comes to without it: the group that is furthest off."""

    mechanism: str
    worst: Verdict

    @property
    def check(self) -> str:
        """The name of the check."""
        return self.worst.check


@dataclass
class Findings:
    """Everything measured: national and local verdicts, what each mechanism's absence does, and what charts draw."""

    people: int = 0
    national: list[Verdict] = field(default_factory=list)
    local: dict[str, list[Verdict]] = field(default_factory=dict)
    without: list[Without] = field(default_factory=list)
    curves: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def families(self) -> dict[str, list[Verdict]]:
        """Verdicts by the people they are of."""
        return {"England": self.national, **self.local}

    @property
    def judged(self) -> list[Verdict]:
        """All verdicts against targets, with every mechanism at work."""
        return [v for verdicts in self.families.values() for v in verdicts if v.is_target]

    @property
    def failing(self) -> list[tuple[str, Verdict]]:
        """What does not hold, and of whom."""
        return [(name, v) for name, verdicts in self.families.items() for v in verdicts if v.fails]

    @property
    def idle(self) -> list[Without]:
        """Checks that hold without their mechanism."""
        return [one for one in self.without if not one.worst.fails]


def write_page(found: Findings, root: Path) -> None:
    """Write the page and its charts under `root`."""
    import calibration_charts as charts

    (root / IMAGES).mkdir(parents=True, exist_ok=True)
    drawn = charts.draw(found, root / IMAGES)
    (root / PAGE).write_text(page(found, [_chart(*chart) for chart in drawn]), encoding="utf-8")


def page(found: Findings, drawn: Sequence[str]) -> str:
    """Return the page."""
    holding = sum(v.holds for v in found.judged)
    head = INTRODUCTION.format(people=found.people, judged=len(found.judged), holding=holding, families=_counts(found))
    text = [head, *_failing(found), NOT_TO_CONCLUDE, "## In charts\n", *drawn, "## National figures\n"]
    text += [_section(check, found.national) for check in checks()]
    text += [_local(name, verdicts) for name, verdicts in found.local.items()]
    text += [_mechanisms(found), _unmeasured()]
    return "\n".join(text)


def _counts(found: Findings) -> str:
    rows = ["| people | judged | hold | shown as context |", "|---|---:|---:|---:|"]
    for name, verdicts in found.families.items():
        judged = [v for v in verdicts if v.is_target]
        rows.append(f"| {name} | {len(judged)} | {sum(v.holds for v in judged)} | {len(verdicts) - len(judged)} |")
    return "\n".join(rows)


def _failing(found: Findings) -> Iterator[str]:
    yield "## What does not hold\n"
    if not found.failing:
        yield "Nothing.\n"
        return
    yield "| people | comparison | group | made | should be |\n|---|---|---|---:|---:|"
    for name, v in found.failing:
        yield f"| {name} | {title(v.check)} | {_group(v.group)} | {_number(v.made)} | {_room(v)} |"
    yield ""


def _chart(name: str, heading: str, description: str) -> str:
    return f"![{heading}. {description}](../images/{IMAGES.name}/{name}.svg)\n\n*{heading}. {description}*\n"


def _section(check: Check, verdicts: Sequence[Verdict]) -> str:
    mine = [v for v in verdicts if v.check == check.name]
    of_grid = [v for v in mine if check.name in GRIDS and v.is_target]
    rest = [v for v in mine if v not in of_grid]
    tables = [_grid(of_grid, GRIDS[check.name])] if of_grid else []
    tables += [_table(rest)] if rest else []
    return f"### {check.title}\n\n{_sentence(check.unit)}\n\n{_reasons(mine)}\n\n" + "\n\n".join(tables) + "\n"


def _reasons(verdicts: Sequence[Verdict]) -> str:
    """Why figures are targets, bounds or context: each reason once, with whose figures it is about."""
    found: dict[tuple[bool, str], list[str]] = {}
    for v in verdicts:
        sources = found.setdefault((v.is_target, v.why), [])
        if v.source and v.source != v.why and v.source not in sources:
            sources.append(v.source)
    return "\n".join(_reason(is_target, why, sources) for (is_target, why), sources in found.items())


def _reason(is_target: bool, why: str, sources: Sequence[str]) -> str:
    if is_target and not sources:
        return f"- Bounds, ours: {why.removeprefix('ours: ')}."
    of = f" ({'; '.join(sources)})" if sources and len(sources) <= 4 else ""
    return f"- {'Target' if is_target else 'Context'}{of}: {why}."


def _grid(verdicts: Sequence[Verdict], row_name: str) -> str:
    """A table of row by column: made, then published in brackets; what does not hold is marked."""
    cells = {tuple(v.group.split("|")): v for v in verdicts}
    rows, columns = (sorted({key[i] for key in cells}, key=_key) for i in (0, 1))
    lines = [f"| {row_name} | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for row in rows:
        lines.append(f"| {row} | " + " | ".join(_cell(cells.get((row, column))) for column in columns) + " |")
    holding = sum(v.holds for v in verdicts)
    return "\n".join([*lines, "", f"Made (published); ○ does not hold. {holding} of {len(verdicts)} hold."])


def _cell(v: Verdict | None) -> str:
    if v is None:
        return ""
    return f"{'' if v.holds else '○ '}{_number(v.made)} ({_number(v.target or 0)})"


def _table(verdicts: Sequence[Verdict]) -> str:
    """A table of verdicts, a row each."""
    sources = {v.source for v in verdicts}
    rows = [HEAD + (" published by |" if len(sources) > 1 else ""), RULE + ("---|" if len(sources) > 1 else "")]
    for v in sorted(verdicts, key=lambda v: (not v.is_target, [_key(part) for part in v.group.split("|")], v.source)):
        ratio = f"{v.made / v.target:.2f}" if v.target else ""
        against = _number(v.target) if v.target is not None else _room(v)
        cells = [_group(v.group), against, _number(v.made), _number(v.se), ratio, mark(v)]
        rows.append("| " + " | ".join(cells + [v.source] * (len(sources) > 1)) + " |")
    return "\n".join(rows)


def _key(part: str) -> tuple[int, float, str]:
    return (0, float(part), "") if part.replace(".", "").isdigit() else (1, 0.0, part)


def mark(verdict: Verdict) -> str:
    """Return the mark of a verdict, with its word."""
    if not verdict.is_target:
        return "– context"
    return "● holds" if verdict.holds else "○ does not hold"


def title(check: str) -> str:
    """Return the title of a national or local check."""
    titles = {c.name: c.title for c in checks()}
    return titles.get(check) or title_of(check)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _group(group: str) -> str:
    return group.replace("|", ", ")


def _room(v: Verdict) -> str:
    return f"{_number(max(v.low, 0))} to {_number(v.high)}"


def _number(value: float) -> str:
    if abs(value) < 1e-9:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _local(name: str, verdicts: Sequence[Verdict]) -> str:
    lines = [
        f"## {name}: areas, practices and hospitals\n",
        "| comparison | made | should be | | |",
        "|---|---:|---:|---|---|",
    ]
    for v in (v for v in verdicts if v.check != "between_practices"):
        lines.append(f"| {title(v.check)} | {_number(v.made)} | {_room(v)} | {mark(v)} | {v.why} |")
    spread = [v for v in verdicts if v.check == "between_practices"]
    lines += [
        "\nOf people in areas, the number is the part of them who would have to be in another cell of the table.\n",
        f"### {name}: {title('between_practices')[0].lower()}{title('between_practices')[1:]}\n",
        "Coefficient of variation beyond chance, against the same practices in 2021-22.\n", _table(spread), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _mechanisms(found: Findings) -> str:
    lines = [
        "## Each mechanism matters\n",
        "People were made again without each mechanism in turn. A check that held without what it checks would show",
        "nothing: so each must fail, and the group that is furthest off is shown.\n",
        "| without | check | group | made | should be | |", "|---|---|---|---:|---:|---|",
    ]  # fmt: skip
    for one in found.without:
        v = one.worst
        word = "○ fails, as it should" if v.fails else "**still holds**"
        cells = (MECHANISM_WORDS[one.mechanism], title(v.check), _group(v.group), _number(v.made), _room(v), word)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _unmeasured() -> str:
    """The published figures that nothing made is compared with, and how all rows are used."""
    rows = accounted()
    uses = {use: sum(row.use == use for row in rows) for use in ("target", "context", "not measured")}
    lines = [
        "## Published figures that are not compared\n",
        f"Of {len(rows)} published figures in the reference table `published_margins`, {uses['target']} are targets, "
        f"{uses['context']} are context, and {uses['not measured']} are not compared:\n",
        "| figure | value | why not |", "|---|---:|---|",
    ]  # fmt: skip
    lines += [_unmeasured_row(row) for row in rows if row.use == "not measured"]
    return "\n".join([*lines, ""])


def _unmeasured_row(row: Row) -> str:
    return f"| {row.what.replace('|', ', ')} | {_number(row.value)} | {row.why} |"
