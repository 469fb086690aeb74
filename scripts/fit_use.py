"""Fits the use of care to published figures and writes src/doorstep/synthetic/data/use.toml.

    python scripts/fit_use.py SOURCE [--people 400000] [--rounds 16]

SOURCE is a folder with open/trust_ga_beds_monthly.csv.gz; every other figure stands in the reference tables. Draws a
sample of England with its illness once, then their care again and again with the same random numbers, moving each
constant towards its target. Run it again whenever people or illness change.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from use_margins import Made, expected_of, joined, measure, rows_of, stays_of
from use_targets import CHOICES, Targets, season, targets, times

from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import make_health
from doorstep.synthetic.mortality import draw_deaths
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import a_year_longer
from doorstep.synthetic.people import make_people, settle, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline
from doorstep.synthetic.use import Lives, Setting, make_use
from doorstep.synthetic.use.constants import Fitted, fitted

OUT = Path(__file__).parents[1] / "src" / "doorstep" / "synthetic" / "data" / "use.toml"
SEED, END, MONTHS = 20261, "2026-09", 24
MECHANISMS = ("recent_use", "heavy_tail", "frailty_use", "death_near_use")


def sample(people: int) -> tuple[Ground, list[Lives]]:
    """Draw England's people with their illness and deaths, in parts."""
    parameters = Parameters(system="England", people=people, months=MONTHS, end=END, seed=SEED)
    ground, timeline, streams = Ground.of_system("England"), Timeline.ending(END, MONTHS), Streams(SEED)
    found = []
    for share in shares(ground, timeline, parameters):
        own = streams.part(share.number)
        persons = make_people(ground, timeline, parameters, streams, share)
        health = make_health(persons, timeline, parameters, own)
        dies = draw_deaths(persons, health, a_year_longer(timeline), parameters, own)
        settle(persons, np.where(dies <= timeline.last, dies, NEVER))
        health.forget(persons.stop(timeline))
        found.append(Lives.of(persons, health, timeline, parameters, dies))
    return ground, found


def made(ground: Ground, parts: list[Lives], constants: Fitted, without: tuple[str, ...] = ()) -> Made:
    """Draw everybody's care with these constants, and measure it."""
    rows, stays = [], []
    for number, part in enumerate(parts):
        parameters = replace(part.parameters, without=without)
        lives = replace(part, parameters=parameters)
        setting = Setting.of(ground, parameters, constants)
        use = make_use(lives, setting, np.ones(lives.n, bool), Streams(SEED).part(number))
        rows.append(rows_of(lives, use, expected_of(lives, setting, Streams(SEED).part(number))))
        stays.append(stays_of(lives, use))
    return measure(joined(rows), joined(stays))


def _towards(value: Any, target: Any, seen: Any, power: float = 0.9) -> Any:
    step = (np.asarray(target, dtype=float) / np.maximum(np.asarray(seen, dtype=float), 1e-9)) ** power
    return value * np.clip(step, 0.4, 2.5)


def _bands(factors: Any, target: Any, seen: Any) -> Any:
    return np.array([1, *_towards(factors[1:], target, seen, 0.6)])


def moved(c: Fitted, t: Targets, m: Made) -> Fitted:
    """Return the constants one step nearer to their targets."""
    ratio = np.log(t["decile_ratio"] / m["decile_ratio"])
    # The share of the most deprived fifth and the odds of the middle pull the curve apart: it is set between them.
    apart = t["fifth"] - m["fifth"] + 0.15 * (m["odds"][1] / t["odds"][1] - 1)
    curve = np.clip(5 * apart, -0.1, 0.1)
    visits = t["visits"] * (t["visits_a_year"] * m["visits"].sum() / m["visits_a_year"] - m["visits"][0])
    multi = {k: _halfway(k, t, m) for k in ("multi_contacts", "multi_admissions")}
    beds_ratio = np.log(t["days_by_frailty"] / m["days_by_frailty"][2])
    hfrs = {k: _logit(t["hfrs"][i]) - _logit(m["hfrs"][i]) for i, k in ((0, "low"), (2, "high"))}
    written = _logit(t["five_conditions"]) - _logit(m["five_conditions"])
    return replace(
        c,
        emergency_cells=_towards(c.emergency_cells, t["cells"], m["cells"], 0.6),
        emergency_infants=float(_towards(c.emergency_infants, t["infant_admissions"], m["infant_admissions"], 0.5)),
        emergency_frailty=_bands(c.emergency_frailty, t["urgent_by_frailty"], m["urgent_by_frailty"]),
        admission_conditions=float(np.clip(c.admission_conditions + 0.4 * multi["multi_admissions"], 0, 3)),
        emergency_recent=float(np.clip(_towards(c.emergency_recent, t["readmitted"], m["readmitted"], 0.5), 0.05, 6)),
        attendance_ages=_towards(c.attendance_ages, visits, m["visits"][1:], 1.1),
        attendance_infants=float(_towards(c.attendance_infants, t["infant_visits"], m["infant_visits"])),
        attendance_deprived=c.attendance_deprived + np.array([ratio - curve, curve]),
        heavy_people=float(_towards(c.heavy_people, t["often_people"], m["often_people"], 0.7)),
        heavy_rate=float(_towards(c.heavy_rate, t["often_visits"], m["often_visits"], 0.5)),
        heavy_admitted=float(_towards(c.heavy_admitted, t["often_admissions"], m["often_admissions"], 0.6)),
        heavy_deprived=float(np.clip(c.heavy_deprived + 1.5 * np.log(m["odds"][0] / t["odds"][0]), 0, 2.5)),
        ambulance_heavy=float(_towards(c.ambulance_heavy, t["often_road"], m["often_road"], 0.9)),
        stay_level=c.stay_level + 0.9 * float(np.log(t["ward_days"] / m["ward_days"])),
        stay_frailty=c.stay_frailty + 0.7 * float(beds_ratio),
        ordinary_level=float(_towards(c.ordinary_level, t["ordinary"], m["ordinary"])),
        day_case_level=float(_towards(c.day_case_level, t["day_case"], m["day_case"])),
        outpatients_level=float(_towards(c.outpatients_level, t["clinics"], m["clinics"])),
        community_level=float(_towards(c.community_level, t["community"], m["community"])),
        gp_level=float(_towards(c.gp_level, t["contacts"], m["contacts"])),
        gp_frailty=_bands(c.gp_frailty, t["contacts_by_frailty"], m["contacts_by_frailty"]),
        gp_conditions=float(np.clip(c.gp_conditions + 0.5 * multi["multi_contacts"], 0, 2)),
        frailty_codes=c.frailty_codes * float(np.exp(0.35 * (hfrs["high"] - hfrs["low"]))),
        frailty_codes_spread=float(np.clip(c.frailty_codes_spread * np.exp(0.5 * sum(hfrs.values())), 0.02, 6)),
        acs_deprived=c.acs_deprived + 0.7 * np.log(np.array(t["acs"]) / np.array(m["acs"])),
        coding_depth=c.coding_depth * float(np.exp(0.25 * written)),
    )  # fmt: skip


def mean_of(rounds: list[Made]) -> Made:
    """Return the mean of what the later rounds made."""
    return {name: np.mean([m[name] for m in rounds], axis=0) for name in rounds[0]}


def _halfway(name: str, t: Targets, m: Made) -> float:
    """How far (logarithm) a ratio of rates is from its target: halfway between the published ratio and share."""
    share = t[f"{name}_share"]
    by_share = times(share, m["multi_people"])
    return float(np.log(np.sqrt(t[name] * by_share) / m[name]))


def averaged(rounds: list[Fitted]) -> Fitted:
    """Return the mean of the later rounds' constants: each round's own noise then tells less."""
    names = [f.name for f in fields(Fitted) if not isinstance(getattr(rounds[0], f.name), dict)]
    means = {name: np.mean([getattr(c, name) for c in rounds], axis=0) for name in names}
    settled: dict[str, Any] = {k: v if v.ndim else float(v) for k, v in means.items()}
    return replace(rounds[-1], **settled)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def levels(ground: Ground, parts: list[Lives], constants: Fitted, whole: Made) -> Fitted:
    """Find what keeps the level of emergency use where a mechanism is left out."""
    admissions: dict[str, Any] = {name: np.ones(5) for name in MECHANISMS}
    attendances: dict[str, Any] = {name: np.ones(()) for name in MECHANISMS}
    for name in MECHANISMS:
        for _ in range(2):
            trial = replace(constants, level_without=admissions, attendance_without=attendances)
            without = made(ground, parts, trial, (name,))
            admissions[name] = admissions[name] * whole["urgent_by_age"] / without["urgent_by_age"]
            attendances[name] = attendances[name] * whole["visits_a_year"] / without["visits_a_year"]
    return replace(constants, level_without=admissions, attendance_without=attendances)


def lines(t: Targets, m: Made) -> list[tuple[str, float, float]]:
    """Return target and made for every figure, one line each."""
    found: list[tuple[str, float, float]] = []
    seen = dict(m, visits=m["visits"][1:] / m["visits"][1:].sum(), days_by_frailty=m["days_by_frailty"][2])
    for name, target in t.items():
        pairs = np.broadcast_arrays(np.asarray(target, dtype=float), np.asarray(seen[name], dtype=float))
        flat = [pair.ravel() for pair in pairs]
        for i, (a, b) in enumerate(zip(*flat, strict=True)):
            found.append((name if len(flat[0]) == 1 else f"{name} {i + 1}", float(a), float(b)))
    return found


def toml(constants: Fitted, t: Targets, m: Made, people: int) -> str:
    """Return the data file: constants, then what was aimed at and what came out."""
    out = [
        f"# Written by scripts/fit_use.py from a sample of {people:,} people of England; do not edit.",
        "# [fitted] are the later rounds' means, [choices] what they were fitted to and why, [made] target and made.",
        "", "[fitted]",
    ]  # fmt: skip
    tables = []
    for field in fields(Fitted):
        value = getattr(constants, field.name)
        if isinstance(value, dict):
            tables += ["", f"[fitted.{field.name}]", *(f"{k} = {_text(v)}" for k, v in value.items())]
        else:
            out.append(f"{field.name} = {_text(value)}")
    out += tables
    out += ["", "[choices]", *(f'{name} = "{text}"' for name, text in CHOICES.items())]
    out += ["", "[made]  # [target, made]"]
    out += [f'"{name}" = [{a:.4g}, {b:.4g}]' for name, a, b in lines(t, m)]
    looked = (
        "urgent_a_year",
        "any_urgent_20",
        "mean_stay",
        "top_5_of_days",
        "top_1_of_days",
        "by_road",
        "multi_people",
        "booked",
    )
    out += ["", "[context]  # made, with no target", *(f"{name} = {float(m[name]):.4g}" for name in looked)]
    out += [f"visits_by_frailty = {_text(np.array(m['visits_by_frailty']))}"]
    out += [f"days_by_frailty = {_text(np.array(m['days_by_frailty']))}"]
    return "\n".join(out) + "\n"


def _text(value: Any) -> str:
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        return f"{float(array):.5g}"
    if array.ndim == 1:
        return "[" + ", ".join(f"{x:.5g}" for x in array) + "]"
    return "[\n" + "".join(f"  {_text(row)},\n" for row in array) + "]"


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--people", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--levels", action=argparse.BooleanOptionalAction, default=True)
    given = parser.parse_args()
    wanted, constants = targets(given.source), fitted()
    constants = replace(
        constants,
        season_attendance=np.array(season("attendances")),
        season_admission=np.array(season("emergency_admissions")),
    )
    ground, parts = sample(given.people)
    settled: list[Fitted] = []
    looked_at: list[Made] = []
    for number in range(given.rounds):
        seen = made(ground, parts, constants)
        off = sorted(((abs(b / a - 1), name) for name, a, b in lines(wanted, seen)), reverse=True)
        sys.stdout.write(f"round {number + 1}: worst {[(n, round(float(x), 3)) for x, n in off[:5]]}\n")
        sys.stdout.flush()
        if number >= given.rounds // 2:
            settled.append(constants)
            looked_at.append(seen)
        constants = moved(constants, wanted, seen)
    constants, seen = averaged(settled), mean_of(looked_at)
    if given.levels:
        constants = levels(ground, parts, constants, seen)
    OUT.write_text(toml(constants, wanted, seen, given.people), encoding="utf-8")
    for name, a, b in lines(wanted, seen):
        sys.stdout.write(f"{name:28s} target {a:9.4f}  made {b:9.4f}  {100 * (b / a - 1):+6.1f}%\n")


if __name__ == "__main__":
    main()
