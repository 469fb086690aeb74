"""Metric definitions: one readable file a metric, loaded into frozen dataclasses that cannot be built wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlglot import exp

from doorstep.errors import ConfigurationError
from doorstep.home import read_toml
from doorstep.planning import clauses
from doorstep.planning.choices import DEFINITIONS, Effective, catalogue
from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.returns import METRICS

T = TypeVar("T")
FOLDER = DEFINITIONS / "metrics"
STATUSES = ("verified", "inferred", "recalled")


@dataclass(frozen=True)
class CodeList:
    """A named list of codes that clauses use, with how far it can be trusted."""

    id: str
    title: str
    status: str
    source: str
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.codes or len(set(self.codes)) != len(self.codes):
            raise ConfigurationError("a code list is empty or repeats a code", where=f"list {self.id}")
        _one_of("status", self.status, STATUSES, f"list {self.id}")


@dataclass(frozen=True)
class Clause:
    """One condition of a metric: always the same, or one for each option of a choice.

    `conditions` maps option ids to conditions; a clause that follows no choice has one under the empty name.
    """

    name: str
    why: str
    choice: str
    conditions: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.choice:
            return
        known = catalogue()
        _one_of("choice", self.choice, tuple(known), f"clause {self.name}")
        if tuple(self.conditions) != known[self.choice].option_ids:
            raise ConfigurationError(
                f"clause {self.name!r} has options {', '.join(self.conditions)}",
                expected=f"those of {self.choice}, in order: {', '.join(known[self.choice].option_ids)}",
            )

    def condition(self, choices: Effective) -> str:
        """Return the condition that holds under these choices."""
        return self.conditions[choices[self.choice] if self.choice else ""]


@dataclass(frozen=True)
class Metric:
    """What one line of the return counts: rows of a lake table that meet every clause.

    `measure` is `count` (of rows), `sum` (of `value`) or `people` (distinct, P1 only). `dated` is the column that puts
    a row into a month. Raises ConfigurationError, naming the file, where any part is wrong.
    """

    id: str
    version: int
    set: str
    title: str
    direction: str
    unit: str
    table: str
    dated: str
    measure: str
    clauses: tuple[Clause, ...]
    guide: str
    source: str
    status: str
    reviewed_by: str
    review_by: date
    caveats: tuple[str, ...]
    value: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        where = f"metric {self.set}/{self.id}"
        _one_of("id", self.id, (*METRICS, "P1"), where)
        _one_of("table", self.table, tuple(TABLES), where)
        _one_of("direction", self.direction, ("lower", "higher", "none"), where)
        _one_of("measure", self.measure, ("count", "sum", "people"), where)
        _one_of("status", self.status, STATUSES, where)
        wrong = [
            n for n in ("title", "unit", "guide", "source", "reviewed_by") if not isinstance(getattr(self, n), str)
        ]
        if wrong:
            raise ConfigurationError(f"{', '.join(wrong)} is no text", expected="text in quotes", where=where)
        if (self.measure == "sum") != bool(self.value) or (self.measure == "people") != (self.id == "P1"):
            raise ConfigurationError(f"measure {self.measure!r} with value {self.value!r}", where=where)
        if self.dated not in [c.name for c in TABLES[self.table].columns if c.type == "DATE"]:
            raise ConfigurationError(f"dated = {self.dated!r} is no date column of {self.table}", where=where)
        if not self.clauses or not isinstance(self.version, int) or not isinstance(self.review_by, date):
            raise ConfigurationError("a metric needs clauses, a whole version and a review date", where=where)
        for clause in self.clauses:
            for condition in clause.conditions.values():
                self._parse(condition, f"{where}, clause {clause.name!r}")
        if self.value:
            self._parse(self.value, where)

    @property
    def ref(self) -> str:
        """How provenance names this definition."""
        return f"{self.set}/{self.id}@{self.version}"

    @property
    def choices(self) -> frozenset[str]:
        """Ids of the choices that its clauses follow."""
        return frozenset(c.choice for c in self.clauses if c.choice)

    def conditions(self, choices: Effective) -> list[exp.Expression]:
        """Return the parsed condition of every clause under these choices, in the order of the file."""
        return [self._parse(c.condition(choices), f"metric {self.ref}, clause {c.name!r}") for c in self.clauses]

    def amount(self) -> exp.Expression:
        """Return what one counted row adds."""
        return self._parse(self.value, f"metric {self.ref}") if self.value else exp.Literal.number(1)

    def _parse(self, text: str, where: str) -> exp.Expression:
        return _parsed(text, self.table, where)


@dataclass(frozen=True)
class Remainder:
    """Activity of the cohort that no metric counts, or that a doubtful list removes: shown locally."""

    id: str
    table: str
    beside: tuple[str, ...]
    title: str
    expr: str

    def __post_init__(self) -> None:
        _one_of("table", self.table, tuple(TABLES), f"remainder {self.id}")
        self.condition()

    def condition(self) -> exp.Expression:
        """Return the parsed condition."""
        return _parsed(self.expr, self.table, f"remainder {self.id}")


@dataclass(frozen=True)
class MetricSet:
    """The definitions of one way to count: all fourteen metrics and P1."""

    id: str
    title: str
    why: str
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def __post_init__(self) -> None:
        missing = [m for m in (*METRICS, "P1") if m not in self.metrics]
        if missing:
            raise ConfigurationError(f"set {self.id} lacks {', '.join(missing)}", expected="all fourteen and P1")


@cache  # a return is counted some thirty times over, once for each option; builders copy what they are given
def _parsed(text: str, table: str, where: str) -> exp.Expression:
    return clauses.parse(text, columns=columns_of(table), lists=codes(), where=where)


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns that a clause over this lake table may name."""
    return (*TABLES[table].names, *(c.name for c in ARRIVAL), *clauses.DERIVED.get(table, {}))


@cache
def lists() -> dict[str, CodeList]:
    """Return the code lists that clauses may name, by id."""
    path = FOLDER / "lists.toml"
    raw = {k: v for k, v in read_toml(path).items() if isinstance(v, dict)}
    return {k: _built(CodeList, {**v, "id": k, "codes": tuple(v.get("codes", ()))}, path) for k, v in raw.items()}


@cache
def codes() -> dict[str, tuple[str, ...]]:
    """Return the codes of every list."""
    return {k: v.codes for k, v in lists().items()}


@cache
def ethnic_groups() -> dict[str, str]:
    """Return the group of each ethnic category code, but for R, which a choice places."""
    groups = read_toml(FOLDER / "breakdowns.toml")["ethnic_group"]
    return {code: group for group, members in groups.items() for code in members}


@cache
def remainders() -> tuple[Remainder, ...]:
    """Return what is shown beside the metrics, in the order of the file."""
    path = FOLDER / "remainders.toml"
    return tuple(
        _built(Remainder, {**r, "beside": tuple(r.get("beside", ()))}, path) for r in read_toml(path)["remainder"]
    )


@cache
def metric_set(name: str = "guide") -> MetricSet:
    """Return a set of definitions: `guide` (the return) or `centre` (the Intelligence Centre's baseline).

    A set takes from the one it is based on every metric that it has no file for.
    """
    known = sorted(p.name for p in FOLDER.iterdir() if p.is_dir())
    _one_of("metric set", name, tuple(known), "metric sets")
    raw = read_toml(FOLDER / name / "_set.toml")
    found = dict(metric_set(raw["based_on"]).metrics) if raw["based_on"] else {}
    found.update({m.id: m for m in (read_metric(p) for p in sorted((FOLDER / name).glob("[!_]*.toml")))})
    ordered = {m: found[m] for m in (*METRICS, "P1") if m in found}
    return MetricSet(raw["id"], raw["title"], raw["why"].strip(), ordered)


def read_metric(path: Path) -> Metric:
    """Read one metric file; raises ConfigurationError that names the file and what to write."""
    raw = read_toml(path)
    if raw.pop("format", None) != 1:
        raise ConfigurationError(
            "the metric file has no format this version reads", expected="format = 1", where=str(path)
        )
    entries = raw.pop("clause", [])
    if not isinstance(entries, list):
        raise ConfigurationError("a single table [clause]", expected="[[clause]] for each clause", where=str(path))
    raw["clauses"] = tuple(_clause(c, path) for c in entries)
    raw["caveats"] = tuple(raw.get("caveats", ()))
    return _built(Metric, {**raw, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}, path)


def _clause(raw: dict[str, Any], path: Path) -> Clause:
    conditions = raw.get("options") if "choice" in raw else {"": raw.get("expr")}
    if ("expr" in raw) == ("choice" in raw) or not isinstance(conditions, dict):
        raise ConfigurationError("a clause has both or neither of expr and choice", expected="one", where=str(path))
    fields = {"name": raw.get("name", ""), "why": raw.get("why", ""), "choice": raw.get("choice", "")}
    return _built(Clause, {**fields, "conditions": conditions}, path)


def _built(kind: type[T], raw: dict[str, Any], path: Path) -> T:
    try:
        return kind(**raw)
    except TypeError as error:  # a missing or unknown key
        raise ConfigurationError(str(error).split(".__init__() ")[-1], where=str(path)) from error
    except ConfigurationError as error:
        place = f"{path}: {error.where}" if error.where else str(path)
        raise ConfigurationError(error.seen, expected=error.expected, where=place, do=error.do) from error


def _one_of(what: str, found: str, known: tuple[str, ...], where: str) -> None:
    if found not in known:
        raise ConfigurationError(f"{what} = {found!r}", expected=f"one of {', '.join(known)}", where=where)
