"""What a user asks of a drawing beyond the band: areas kept together or apart, and joins across water."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.errors import DataError
from doorstep.geography.brought import reading
from doorstep.geography.neighbourhoods.ground import Area

Pair = tuple[str, str]


@dataclass(frozen=True)
class Constraints:
    """`together` maps a group's name to its areas; `apart` and `bridges` are pairs of areas."""

    together: Mapping[str, tuple[str, ...]]
    apart: tuple[Pair, ...] = ()
    bridges: tuple[Pair, ...] = ()


NONE = Constraints({})


def read_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the groups of a CSV with the columns group and lsoa21."""
    groups: dict[str, list[str]] = {}
    for group, code in _rows(path, ("group", "lsoa21")):
        groups.setdefault(group, []).append(code)
    return {name: tuple(sorted(set(codes))) for name, codes in groups.items()}


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Return the pairs of a CSV with the columns a and b, each an LSOA21 code."""
    return tuple((a, b) for a, b in _rows(path, ("a", "b")))


def _rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    with reading(path) as reader:
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
        if missing:
            raise DataError(
                f"there is no column {' or '.join(missing)}", expected=f"columns {', '.join(columns)}", where=str(path)
            )
        rows = [[(row[c] or "").strip() for c in columns] for row in reader]
    for number, row in enumerate(rows, start=2):
        if not all(row):
            raise DataError("an empty cell", expected=f"a value for {', '.join(columns)}", where=f"{path} row {number}")
    return rows


def check(asked: Constraints, ground: Mapping[str, Area], high: int, nested: bool) -> None:
    """Raise DataError, with the reason, where a constraint cannot be kept whatever is drawn."""
    _known(asked, ground)
    group_of: dict[str, str] = {}
    for name, codes in asked.together.items():
        for code in codes:
            if group_of.setdefault(code, name) != name:
                raise DataError(f"{code} is in the groups {group_of[code]} and {name}", expected="one group an area")
        _one_group(name, codes, ground, high, nested)
    for a, b in asked.apart:
        if a == b or (a in group_of and group_of[a] == group_of.get(b)):
            raise DataError(f"{a} and {b} are to be kept apart and together", do="drop one of the two wishes")
    if nested:
        for a, b in asked.bridges:
            if ground[a].council != ground[b].council:
                raise DataError(
                    f"the join of {a} and {b} leads from {ground[a].council_name} to {ground[b].council_name}",
                    expected="both ends in one council, because drawn areas are nested in councils",
                    do="leave the join out, or ask for --nest none",
                )


def _known(asked: Constraints, ground: Mapping[str, Area]) -> None:
    named = [
        ("keep together", [code for codes in asked.together.values() for code in codes]),
        ("keep apart", [code for pair in asked.apart for code in pair]),
        ("joins across water", [code for pair in asked.bridges for code in pair]),
    ]
    for what, codes in named:
        strange = [code for code in codes if code not in ground]
        if strange:
            raise DataError(
                f"{strange[0]} is no area of the ground to draw on", expected="LSOA21 codes of it", where=what
            )


def _one_group(name: str, codes: Iterable[str], ground: Mapping[str, Area], high: int, nested: bool) -> None:
    codes = list(codes)
    people = sum(ground[code].people for code in codes)
    if people > high:
        raise DataError(
            f"the group {name} to be kept together has {people:,} residents",
            expected=f"at most {high:,}, the most of an area", do="make the group smaller or raise --high",
        )  # fmt: skip
    councils = sorted({ground[code].council_name for code in codes})
    if nested and len(councils) > 1:
        raise DataError(
            f"the group {name} to be kept together lies in {' and '.join(councils)}",
            expected="one council, because drawn areas are nested in councils",
            do="make the group smaller or ask for --nest none",
        )
