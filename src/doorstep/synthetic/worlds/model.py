"""What a planted world is made from, as read from its file; every number in such a file is ours."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from doorstep.errors import UsageError

_SHIPPED = resources.files("doorstep.synthetic") / "data" / "worlds"
BANDS, FIFTHS = 4, 5


@dataclass(frozen=True)
class Wave:
    """Practices that start together: in which month of the window, what share of all practices, and the true effect.

    `stays_prevented` is the share of emergency stays after a served person's start that do not happen; one in which the
    person dies always happens.
    """

    month: int
    practices: float
    stays_prevented: float = 0.0

    def __post_init__(self) -> None:
        _at_least("month", self.month, 1)
        _share("practices", self.practices)
        _share("stays_prevented", self.stays_prevented)


@dataclass(frozen=True)
class Chance:
    """Log odds of being served for a person aged 65, fit, with no condition, and what is added for the rest.

    `age_decade` for ten years of age, `conditions` for each long-term condition (to six), `frailty` for fit, mild,
    moderate and severe, `recent` for each emergency admission in the year before (to three), `unmeasured` for people
    with the unmeasured factor.
    """

    intercept: float
    age_decade: float = 0.0
    conditions: float = 0.0
    frailty: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    recent: float = 0.0
    unmeasured: float = 0.0

    def __post_init__(self) -> None:
        _as_many("frailty", self.frailty, BANDS)


@dataclass(frozen=True)
class Least:
    """What a person must have to be looked at: whole years of age, conditions, band of frailty, recent admissions."""

    age: int = 18
    conditions: int = 0
    frailty: int = 0
    recent: int = 0


@dataclass(frozen=True)
class Unmeasured:
    """A factor that no extract holds: the share of people who have it, and their emergency admissions against others'.

    The mean of all people's admissions stays what it was.
    """

    people: float
    admissions: float

    def __post_init__(self) -> None:
        _share("people", self.people)
        _above_nought("admissions", self.admissions)


@dataclass(frozen=True)
class Coding:
    """A condition that some practices write down for only some of the people who have it, until they catch up.

    In the share `practices` of all practices, the share `unwritten` of people with `condition` has no entry of it until
    month `month` of the window; within `days` of its first day each of them is written down.
    """

    condition: str
    practices: float
    month: int
    unwritten: float
    days: int = 60

    def __post_init__(self) -> None:
        _share("practices", self.practices)
        _share("unwritten", self.unwritten)
        _at_least("month", self.month, 2)
        _at_least("days", self.days, 1)


@dataclass(frozen=True)
class Lists:
    """Lists that drift: shares of practices that grow or shrink by `a_year`, and people who leave unnoticed.

    `ghosts_a_year` is the share of registered adults who leave in a year while the registration stays open.
    """

    growing: float
    shrinking: float
    a_year: float
    ghosts_a_year: float = 0.0

    def __post_init__(self) -> None:
        for name in ("growing", "shrinking", "a_year", "ghosts_a_year"):
            _share(name, getattr(self, name))
        if self.growing + self.shrinking > 1:
            raise ValueError(f"growing and shrinking are {self.growing + self.shrinking} together, not at most 1")


@dataclass(frozen=True)
class World:
    """One planted world.

    `holds` says in words what is true, `naive` what an analysis that does not look would find. `looked_over` is over
    how many months from its wave's month a practice looks its people up, each person once; `look_back` the days in
    which recent admissions are counted. `sought` is the share of the care needed that people seek, by fifth of
    deprivation (most deprived first).
    """

    name: str
    title: str
    holds: str
    naive: str
    waves: tuple[Wave, ...]
    chance: Chance
    least: Least = Least()
    looked_over: int = 6
    look_back: int = 365
    unmeasured: Unmeasured | None = None
    sought: tuple[float, ...] = (1.0,) * FIFTHS
    coding: Coding | None = None
    lists: Lists | None = None

    def __post_init__(self) -> None:
        _at_least("looked_over", self.looked_over, 1)
        _at_least("look_back", self.look_back, 1)
        _as_many("sought", self.sought, FIFTHS)
        for share in self.sought:
            _share("sought", share)
        if not self.waves or sum(wave.practices for wave in self.waves) > 1 + 1e-9:
            raise ValueError("the waves have no practices, or more than all of them")
        if self.chance.unmeasured and self.unmeasured is None:
            raise ValueError("chance names an unmeasured factor, and there is no [unmeasured]")

    @classmethod
    def named(cls, text: str) -> World:
        """Return the shipped world of a name, or the one in a file; UsageError where there is neither."""
        if text in names():
            return _read(text, (_SHIPPED / f"{text}.toml").read_text(encoding="utf-8"), text)
        path = Path(text).expanduser()
        if path.suffix == ".toml" and path.is_file():
            return _read(path.stem, path.read_text(encoding="utf-8"), str(path))
        raise UsageError(
            f"there is no world {text!r}", expected=f"one of {', '.join(names())}, or a .toml file", where="--world"
        )

    @property
    def months_needed(self) -> int:
        """How many months the window must have."""
        ends = [wave.month + self.looked_over - 1 for wave in self.waves]
        return max([*ends, self.coding.month if self.coding else 0]) + 1

    def check(self, months: int) -> None:
        """Raise UsageError where the window is too short for what happens in it."""
        if months < self.months_needed:
            raise UsageError(
                f"the world {self.name} takes {self.months_needed} months and the window has {months}",
                expected=f"{self.months_needed} months or more", where="--months",
            )  # fmt: skip
        if self._uses_the_past and min(wave.month for wave in self.waves) < 2:
            raise UsageError(
                f"the world {self.name} starts in month 1 and looks at admissions before",
                expected="a first wave in month 2 or later",
            )

    @property
    def _uses_the_past(self) -> bool:
        return bool(self.chance.recent or self.least.recent)


def names() -> tuple[str, ...]:
    """Return the names of the worlds that ship."""
    return tuple(sorted(f.name.removesuffix(".toml") for f in _SHIPPED.iterdir() if f.name.endswith(".toml")))


def _read(name: str, text: str, where: str) -> World:
    try:
        table = tomllib.loads(text)
        world: World = _built(World, {"name": name, **table})
    except (tomllib.TOMLDecodeError, ValueError, TypeError) as error:
        raise UsageError(
            f"it is not a world: {error}", expected="a file like those in docs/explanation/planted-worlds.md",
            where=where,
        ) from error  # fmt: skip
    return world


_TABLES: Mapping[str, Any] = {
    "Chance": Chance, "Least": Least, "Unmeasured | None": Unmeasured, "Coding | None": Coding, "Lists | None": Lists,
}  # fmt: skip
_KINDS: Mapping[str, tuple[type, ...]] = {
    "int": (int,), "float": (int, float), "str": (str,), "tuple[float, ...]": (list,), "tuple[Wave, ...]": (list,),
    **dict.fromkeys(_TABLES, (dict,)),
}  # fmt: skip


def _built(kind: Any, table: Mapping[str, Any]) -> Any:
    """Build a class from a table of its file: every key known, every needed one there, every value of its type."""
    known = {f.name: f for f in fields(kind)}
    unknown = sorted(set(table) - set(known))
    missing = [
        name for name, f in known.items()
        if name not in table and f.default is MISSING and f.default_factory is MISSING
    ]  # fmt: skip
    if unknown or missing:
        raise ValueError(f"{kind.__name__} " + (f"has no {unknown[0]!r}" if unknown else f"lacks {missing[0]!r}"))
    return kind(**{name: _value(name, known[name], value) for name, value in table.items()})


def _value(name: str, field: dataclasses.Field[Any], value: Any) -> Any:
    kind = str(field.type)
    fits = isinstance(value, _KINDS[kind]) and not isinstance(value, bool)
    if not fits:
        raise ValueError(f"{name} is {value!r}, not {kind.removesuffix(' | None')}")
    if kind in _TABLES:
        return _built(_TABLES[kind], value)
    if kind == "tuple[Wave, ...]":
        return tuple(_built(Wave, one if isinstance(one, dict) else {}) for one in value)
    if kind == "tuple[float, ...]":
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in value):
            raise ValueError(f"{name} is {value!r}, not numbers")
        return tuple(float(one) for one in value)
    return float(value) if kind == "float" else value


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}, not a share from 0 to 1")


def _at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise ValueError(f"{name} is {value}, not {least} or more")


def _above_nought(name: str, value: float) -> None:
    if value <= 0:
        raise ValueError(f"{name} is {value}, not above 0")


def _as_many(name: str, values: tuple[float, ...], n: int) -> None:
    if len(values) != n:
        raise ValueError(f"{name} has {len(values)} numbers, not {n}")
