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

    `choices.toml` holds `format = 1` and tables `[[set]]` with `from = "2026-04"`, a choice id = option id, and where
    the baseline cohort is chosen `baseline_on = 2026-04-01`. A later `from` replaces an earlier one.
    Raises ConfigurationError naming an unknown choice or option, or a missing `from`.
    """
    if not home.choices_file.exists():
        return defaults()
    raw = read_toml(home.choices_file)
    if raw.get("format") != 1:
        raise ConfigurationError(f"format {raw.get('format')!r}", expected="format = 1", where=str(home.choices_file))
    options, baseline, places, breaks = dict(defaults().options), DEFAULT_BASELINE, {}, []
    for start, settings in sorted(_dated(raw, home.choices_file), key=lambda pair: pair[0]):
        if start > month:
            continue
        if "baseline_on" in settings:
            baseline = _day(settings.pop("baseline_on"), home.choices_file)
        for choice, option in settings.items():
            _checked(choice, option, str(home.choices_file))
            if choice in places and options[choice] != option:
                breaks.append(f"{choice} changed from {options[choice]} to {option} in {start:%B %Y}")
            options[choice], places[choice] = option, f"{start:%Y-%m}"
    return Effective(options, baseline, places, tuple(breaks))


def _dated(raw: dict[str, Any], path: Path) -> list[tuple[date, dict[str, Any]]]:
    sets = raw.get("set", [])
    if not isinstance(sets, list) or set(raw) - {"format", "set"}:
        raise ConfigurationError(
            "settings stand outside [[set]]", expected='[[set]] with from = "2026-04"', where=str(path)
        )
    return [(_month(s.get("from"), path), {k: v for k, v in s.items() if k != "from"}) for s in sets]


def _month(value: Any, path: Path) -> date:
    try:
        return date.fromisoformat(f"{value}-01" if isinstance(value, str) else str(value)).replace(day=1)
    except ValueError as error:
        raise ConfigurationError(f"from = {value!r}", expected='a month such as "2026-04"', where=str(path)) from error


def _day(value: Any, path: Path) -> date:
    if not isinstance(value, date):
        raise ConfigurationError(f"baseline_on = {value!r}", expected="a day such as 2026-04-01", where=str(path))
    return value


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
