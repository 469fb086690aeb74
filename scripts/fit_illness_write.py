"""Writing what was fitted as TOML that a person can read, and printing targets beside what was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "src" / "doorstep" / "synthetic" / "data"
Row = tuple[str, float, float]

ILLNESS_HEAD = """\
# Written by scripts/fit_illness.py: do not edit by hand. Targets, and what an England sample of {people:,} made-up
# people shows, are at the end.
#   ages        the ages of the shares below
#   strength    how much the hand-written loads are multiplied by; the share whose frailty gets coded
#   medicines   how much the hand-written uptakes are multiplied by
#   courses     men, women: per cent who have had it by each age, in the middle of the deprivation deciles;
#               shift: what each decile (most deprived first) adds to the normal number; practices: how much practices
#               differ, in standard deviations of that number
# Sources: QOF prevalence by decile 2019/20 (House of Commons Library), by practice 2021/22 and newest national levels
# (NHS England); frailty index (Clegg 2016, BMC Geriatrics 2022); multimorbidity and prescriptions (Cassell 2018,
# Barnett 2012, Health Foundation 2018); shapes by age of deficits fitted to published eFI prevalences.
"""
MORTALITY_HEAD = """\
# Written by scripts/fit_illness.py: do not edit by hand.
#   slope       of the logarithm of the hazard for each decile more deprived, up to the age of 50: fitted to life
#               expectancy by deprivation of small areas 2016-20, of which only the differences are used
#   bands       hazard of mild, moderate and severe frailty against fit, so that with all else those of Clegg 2016 come
#               out at 65 to 95: 1.92, 3.10, 4.52
#   palliative  hazard of people in palliative care against others: ours
#   mean        what these come to among the living at each age, which the hazards are divided by
"""


def write_illness(fitted: dict[str, Any], people: int, rows: Sequence[Row]) -> None:
    """Write illness.toml."""
    lines = [ILLNESS_HEAD.format(people=people), "format = 1", f"ages = {_numbers(fitted['ages'], 0)}", ""]
    for table in ("strength", "medicines"):
        lines += [f"[{table}]", *(f"{name} = {value:.4f}" for name, value in fitted[table].items()), ""]
    for name, course in fitted["courses"].items():
        key = f'"{name}"' if "." in name else name
        lines += [f"[courses.{key}]", *(f"{part} = {_numbers(course[part], 4)}" for part in ("men", "women"))]
        lines += [f"shift = {_numbers(course['shift'], 4)}", f"practices = {course['practices']:.3f}", ""]
    lines += ["# Target, made:", *(f"#   {row[0]:44} {row[1]:9.4f} {row[2]:9.4f}" for row in rows)]
    (DATA / "illness.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_mortality(fitted: dict[str, Any]) -> None:
    """Write mortality.toml."""
    lines = [MORTALITY_HEAD, "format = 1", f"bands = {_numbers(fitted['bands'], 4)}"]
    lines += [f"palliative = {fitted['palliative']:.2f}", "", "[slope]"]
    lines += [f"{sex} = {fitted['slope'][sex]:.5f}" for sex in ("men", "women")]
    lines += ["", "[mean]", f"ages = {_numbers(fitted['mean']['ages'], 0)}"]
    lines += [f"{sex} = {_numbers(fitted['mean'][sex], 4)}" for sex in ("men", "women")]
    (DATA / "mortality.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _numbers(values: Sequence[float], places: int) -> str:
    text = [f"{value:.{places}f}" for value in values]
    return "[" + ", ".join(word.rstrip("0").rstrip(".") if places else word for word in text) + "]"


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Print target, made and their ratio."""
    print(f"{title:48} {'target':>9} {'made':>9} {'ratio':>7}")
    for name, target, made in rows:
        print(f"  {name:46} {target:9.4f} {made:9.4f} {made / target if target else float('nan'):7.3f}")
