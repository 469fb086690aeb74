"""The choices that the return's definitions leave open: what can be chosen, and what this Place has chosen.

The catalogue ships with the package. A Place writes its own options in its home's `choices.toml`, each with the month
it starts from; a change of an option is a break in the series, and is said so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import doorstep.reference
from doorstep.errors import ConfigurationError
from doorstep.home import Home, read_toml

DEFINITIONS = Path(doorstep.reference.__file__).parent / "data" / "definitions"
DEFAULT_BASELINE = date(2026, 1, 1)  # the first month that the template covers


@dataclass(frozen=True)
class Option:
    """One way to settle a choice, in words."""

    id: str
    means: str


@dataclass(frozen=True)
class Choice:
    """One thing that the guide leaves open; the first option is the default.

    `acts_on` is `people` (denominator and columns) or `metrics` (clauses of metric files).
    """

    id: str
    about: str
    acts_on: str
    guide: str
    why: str
    status: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(set(self.option_ids)) != len(self.options):
            raise ConfigurationError("a choice needs two different options", where=f"choice {self.id}")
        if self.acts_on not in ("people", "metrics"):
            raise ConfigurationError(f"acts_on = {self.acts_on!r}", expected="people or metrics", where=self.id)
        if self.status not in ("verified", "inferred", "recalled"):
            raise ConfigurationError(
                f"status = {self.status!r}", expected="verified, inferred, recalled", where=self.id
            )

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of the options, the default first."""
        return tuple(o.id for o in self.options)

    @property
    def default(self) -> str:
        """The option that holds where a Place says nothing."""
        return self.options[0].id


@dataclass(frozen=True)
class Effective:
    """What holds in one month: an option for every choice, and the baseline day.

    `set_by_place` names the choices that the Place set itself, with the month each option started.
    """

    options: Mapping[str, str]
    baseline_on: date = DEFAULT_BASELINE
    set_by_place: Mapping[str, str] = field(default_factory=dict)
    breaks: tuple[str, ...] = ()

    def __getitem__(self, choice: str) -> str:
        return self.options[choice]

    def with_option(self, choice: str, option: str) -> Effective:
        """Return the same with one option changed; raises ConfigurationError where there is none of that name."""
        _checked(choice, option, "asked for")
        return Effective({**self.options, choice: option}, self.baseline_on, self.set_by_place, self.breaks)


@cache
def catalogue() -> dict[str, Choice]:
    """Return every choice by id, in the order of the file."""
    path = DEFINITIONS / "choices.toml"
    return {c.id: c for c in (_choice(raw, path) for raw in read_toml(path)["choice"])}


def defaults() -> Effective:
    """Return the default option of every choice."""
    return Effective({c.id: c.default for c in catalogue().values()})


def effective(home: Home, month: date) -> Effective:
    """Return what holds in `month` (its first day) in this home.

    `choices.toml` holds `[[choice]]` entries with id, option and `from = "2026-04"`, who decided, and for the baseline
    cohort `baseline_on = 2026-04-01`. A later `from` replaces an earlier one and marks a break.
    Raises ConfigurationError naming an unknown choice, option or key, or a missing `from`.
    """
    options, baseline = dict(defaults().options), DEFAULT_BASELINE
    places: dict[str, str] = {}
    breaks: list[str] = []
    for setting in sorted(_settings(home.choices_file), key=lambda s: s.start):
        if setting.start > month:
            continue
        if setting.choice in places and options[setting.choice] != setting.option:
            change = f"from {options[setting.choice]} to {setting.option}"
            breaks.append(f"break in series: {setting.choice} changed {change} in {setting.start:%B %Y}")
        options[setting.choice], places[setting.choice] = setting.option, f"{setting.start:%Y-%m}"
        baseline = setting.baseline_on or baseline
    return Effective(options, baseline, places, tuple(breaks))


@dataclass(frozen=True)
class _Setting:
    """One entry of a home's choices.toml."""

    choice: str
    option: str
    start: date
    baseline_on: date | None


_KEYS = {"id", "option", "from", "decided_by", "baseline_on"}


def _settings(path: Path) -> list[_Setting]:
    raw = read_toml(path) if path.exists() else {}
    entries = raw.get("choice", [])
    if not isinstance(entries, list):
        raise ConfigurationError("choice is no list of entries", expected="[[choice]] for each", where=str(path))
    if set(raw) - {"choice", "format"} or not all(isinstance(e, dict) and set(e) <= _KEYS for e in entries):
        raise ConfigurationError(
            "an entry has a key that is not known",
            expected=f"[[choice]] with {', '.join(sorted(_KEYS))}",
            where=str(path),
        )
    return [_setting(entry, path) for entry in entries]


def _setting(entry: dict[str, Any], path: Path) -> _Setting:
    choice, option = str(entry.get("id", "")), entry.get("option")
    _checked(choice, option, str(path))
    baseline = entry.get("baseline_on")
    if baseline is not None and (choice != "cohort" or not isinstance(baseline, date)):
        raise ConfigurationError(
            f"baseline_on = {baseline!r} with {choice}", expected="a day, with the choice cohort", where=str(path)
        )
    return _Setting(choice, str(option), _month(entry.get("from"), path), baseline)


def _month(value: Any, path: Path) -> date:
    try:
        return date.fromisoformat(f"{value}-01" if isinstance(value, str) else str(value)).replace(day=1)
    except ValueError as error:
        raise ConfigurationError(f"from = {value!r}", expected='a month such as "2026-04"', where=str(path)) from error


def _checked(choice: str, option: Any, where: str) -> None:
    known = catalogue()
    if choice not in known:
        raise ConfigurationError(f"no choice {choice!r}", expected=f"one of {', '.join(known)}", where=where)
    if option not in known[choice].option_ids:
        raise ConfigurationError(
            f"{choice} = {option!r}", expected=f"one of {', '.join(known[choice].option_ids)}", where=where
        )


def _choice(raw: dict[str, Any], path: Path) -> Choice:
    try:
        options = tuple(Option(o["id"], o["means"]) for o in raw["option"])
        rest = {k: raw[k] for k in ("id", "about", "acts_on", "guide", "why", "status")}
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"a choice lacks {error}", where=str(path)) from error
    return Choice(options=options, **rest)
