"""The share of people and the share of use of each group: quintiles, segments, cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.planning.definitions import Scheme, shipped
from doorstep.planning.reading_out.base import QUINTILES, column, present, quintile
from doorstep.planning.reading_out.cohorts import cohort_titles
from doorstep.planning.reading_out.protecting import ALL, NOT_KNOWN, cube, protected
from doorstep.planning.reading_out.sheets import HIDDEN, Cell, Sheet, share

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.person_file import PersonFile
    from doorstep.statistics.disclosure import Hierarchy

_IN, _OUT = "in", "not in"


@dataclass(frozen=True)
class Measure:
    """A measure of use: name, title, and the SQL of one person's amount, a whole number."""

    name: str
    title: str
    sql: str


@dataclass(frozen=True)
class Split:
    """A way of cutting everybody into groups: its name, the SQL of a person's group, and the groups with titles.

    A group that is not `printed` is one that a reader can reckon all the same: who is not in a cohort.
    """

    name: str
    sql: str
    groups: Mapping[str, str]
    unprinted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Group:
    """One group: how many people, and their use in the order of the measures."""

    people: int
    use: tuple[int, ...]


def group_sheet(con: DuckDBPyConnection, person: PersonFile, measures: Sequence[Measure]) -> Sheet:
    """Return people and use of every group, and their shares; use is hidden wherever the people are."""
    splits = _splits(person)
    counted = {s.name: _counted(con, s, measures) for s in splits}
    cubes = [cube(s.name, [_dimension(s)], {(g,): counted[s.name][g].people for g in s.groups}) for s in splits]
    gone = {s.name: s.unprinted for s in splits}
    shown = protected(cubes, unprinted=lambda name, at: at[0] in gone[name])
    first = counted[splits[0].name]
    totals = _Group(0, tuple(sum(g.use[i] for g in first.values()) for i in range(len(measures))))
    everybody = shown[0][(ALL,)]
    rows = list(_rows(("everybody", ALL, "Everybody"), everybody, totals, everybody, totals, measures))
    for split, numbers in zip(splits, shown, strict=True):
        for group in (g for g in split.groups if g not in split.unprinted):
            labels, found = (split.name, group, split.groups[group]), counted[split.name][group]
            rows += _rows(labels, numbers[(group,)], found, everybody, totals, measures)
    columns = ("split", "group", "group_title", "people", "percent_of_people", "measure", "use", "percent_of_use")
    return Sheet("groups", "Share of people and share of use", columns, tuple(rows))


def _splits(person: PersonFile) -> tuple[Split, ...]:
    schemes = [s for s in present(shipped().schemes, tuple(person.columns)) if isinstance(s, Scheme)]
    quintiles = {q: f"Deprivation quintile {q}" for q in QUINTILES} | {NOT_KNOWN: "Deprivation not known"}
    return (
        Split("quintile", quintile(), quintiles),
        *(Split(s.id, column(s.id), {x.id: x.title for x in s.segment}) for s in schemes[:1]),
        *(
            Split(
                name, f"case when {column(name)} then '{_IN}' else '{_OUT}' end", {_IN: t, _OUT: t}, frozenset([_OUT])
            )
            for name, t in cohort_titles(person).items()
        ),
    )


def _dimension(split: Split) -> Hierarchy:
    from doorstep.statistics.disclosure import Hierarchy

    return Hierarchy.with_total(split.name, tuple(split.groups), ALL)


def _counted(con: DuckDBPyConnection, split: Split, measures: Sequence[Measure]) -> dict[str, _Group]:
    sums = ", ".join(f"sum({m.sql})::bigint" for m in measures)
    found = con.execute(f"select {split.sql}, count(*), {sums} from counted group by 1").fetchall()
    nobody = {group: _Group(0, (0,) * len(measures)) for group in split.groups}
    return nobody | {group: _Group(n, tuple(use)) for group, n, *use in found}


def _rows(
    labels: tuple[str, str, str], people: int | str, group: _Group, everybody: int | str, totals: _Group,
    measures: Sequence[Measure],
) -> Iterator[tuple[Cell, ...]]:  # fmt: skip
    for measure, used, whole in zip(measures, group.use, totals.use, strict=True):
        shown = HIDDEN if people == HIDDEN else _rounded(used)
        yield (*labels, people, share(people, everybody), measure.name, shown, share(shown, _rounded(whole)))


def _rounded(used: int) -> int | str:
    from doorstep.statistics.disclosure import HES

    found = HES.shown(used)
    return HIDDEN if found is None else found
