"""The small tables of a plan: code to bits, prefix to bits, area to decile. Read once, in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import NUMBER, CodedValue, Definition, DiagnosisScore, Shelf
from doorstep.planning.engine.concepts import Codes, Concepts
from doorstep.planning.engine.masks import Space, merge
from doorstep.planning.engine.needs import lists_of
from doorstep.planning.engine.steps import Lookup

# The code system of entries, of medicines and of diagnoses.
ENTRY, MEDICINE, DIAGNOSIS = "snomedct", "dmd", "icd10"


@dataclass(frozen=True)
class Lists:
    """Code lists: system -> name -> codes. Those of ICD-10 are prefixes, in capitals and without dots."""

    by_system: Mapping[str, Mapping[str, tuple[str, ...]]]

    def codes(self, system: str, name: str) -> tuple[str, ...]:
        """Return the codes of a list in one system."""
        return self.by_system.get(system, {}).get(name, ())

    def require(self, definition: Definition) -> None:
        """Raise ConfigurationError where a list that a definition reads has no codes."""
        known = {name for lists in self.by_system.values() for name in lists}
        absent = [name for name in lists_of(definition) if name not in known]
        if absent:
            raise ConfigurationError(
                f"no codes for {', '.join(absent)}",
                expected="a list of `doorstep reference sources`, or one of your own",
                where=f"{definition.kind} {definition.id}",
            )


@dataclass(frozen=True)
class Weighed:
    """The items of one diagnosis score: item -> its prefixes and its weight in steps of 10^-decimals."""

    prefixes: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, int]
    decimals: int


def read_lists(path: Path, shelf: Shelf) -> Lists:
    """Read the lists that a shelf names from a Parquet of (list_id, code, system).

    Raises ConfigurationError that names the definition where a list has no codes.
    """
    wanted = {name for definition in shelf.all for name in lists_of(definition)}
    codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, code, system in _rows(path, "list_id", "code", "system"):
        if name in wanted:
            codes[system][name].append(plain(code) if system == DIAGNOSIS else code)
    found = Lists({s: {name: tuple(of) for name, of in lists.items()} for s, lists in codes.items()})
    for definition in shelf.all:
        found.require(definition)
    return found


def plain(code: str) -> str:
    """Return an ICD-10 code in capitals and without dots."""
    return code.replace(".", "").upper()


def read_score(score: DiagnosisScore) -> Weighed:
    """Read the items of a diagnosis score from its reference table (variant, item, prefix, weight).

    Raises ConfigurationError where the table has no rows of that variant.
    """
    from doorstep import reference

    rows = [
        r[1:]
        for r in _rows(reference.table(score.items), "variant", "item", "prefix", "weight")
        if r[0] == score.variant
    ]
    if not rows:
        raise ConfigurationError(f"{score.items} has no {score.variant!r}", expected="a variant of it", where=score.id)
    weights = {item: Decimal(str(weight)) for item, _, weight in rows}
    decimals = max(max(0, -int(w.normalize().as_tuple().exponent)) for w in weights.values())
    prefixes: dict[str, list[str]] = defaultdict(list)
    for item, prefix, _ in rows:
        prefixes[item].append(plain(prefix))
    whole = {item: int(weight.scaleb(decimals)) for item, weight in weights.items()}
    return Weighed({item: tuple(p) for item, p in prefixes.items()}, whole, decimals)


def entry_lookups(shelf: Shelf, concepts: Concepts, lists: Lists) -> Iterator[Lookup]:
    """Yield `entry_code` (code -> kind) and `entry_kind` (kind -> bits, and what it says of each value).

    Codes that mean the same to every definition are of one kind, so that a person's entries shrink to one row a kind.
    `carries` says that some value reads the entry's own number. Of value n, `s<n>` is the place of the `says` that
    names the code (0 none), `v<n>` the number that this one says, `n<n>` the place of one that takes the entry's own.
    """
    words = _words(concepts.entries, concepts.entry_codes(), lists, ENTRY)
    said = {value.id: _said(value, lists) for value in shelf.values}
    blank = (0,) * concepts.entries.n_words
    nothing = (0, None, 0)
    meaning = {
        code: (*words.get(code, blank), *(part for value in shelf.values for part in said[value.id].get(code, nothing)))
        for code in (*words, *(code for value in shelf.values for code in said[value.id] if code not in words))
    }
    kinds = {row: number for number, row in enumerate(dict.fromkeys(meaning.values()))}
    columns = dict.fromkeys(concepts.entries.columns, "BIGINT")
    for n in range(len(shelf.values)):
        columns |= {f"s{n}": "INTEGER", f"v{n}": "DOUBLE", f"n{n}": "INTEGER"}
    carries = [column.startswith("n") for column in columns]
    codes = [
        (c, kinds[row], any(n for n, is_n in zip(row, carries, strict=True) if is_n)) for c, row in meaning.items()
    ]
    yield Lookup("entry_code", {"code": "VARCHAR", "kind": "INTEGER", "carries": "BOOLEAN"}, codes)
    yield Lookup("entry_kind", {"kind": "INTEGER", **columns}, [(number, *row) for row, number in kinds.items()])


def issue_lookup(concepts: Concepts, lists: Lists) -> Lookup:
    """Return `issue_code`: the bits of each medicine that a definition names."""
    named = ((concept, concept) for concept in concepts.issues.bits if isinstance(concept, Codes))
    words = _words(concepts.issues, named, lists, MEDICINE)
    columns = {"code": "VARCHAR"} | dict.fromkeys(concepts.issues.columns, "BIGINT")
    return Lookup("issue_code", columns, [(code, *found) for code, found in words.items()])


def prefix_lookup(concepts: Concepts, lists: Lists, scores: Mapping[str, Weighed]) -> Lookup:
    """Return `diagnosis_prefix`: the bits of each prefix of ICD-10 that a definition names."""
    space = concepts.diagnoses

    def rows() -> Iterator[tuple[str, tuple[int, ...]]]:
        for concept in space.bits:
            named = (
                [prefix for name in concept.lists for prefix in lists.codes(DIAGNOSIS, name)]
                if isinstance(concept, Codes)
                else scores[concept[0]].prefixes[concept[1]]  # type: ignore[index]
            )
            yield from ((prefix, space.words([concept])) for prefix in named)

    columns = {"prefix": "VARCHAR", "length": "INTEGER"} | dict.fromkeys(space.columns, "BIGINT")
    return Lookup("diagnosis_prefix", columns, [(p, len(p), *words) for p, words in merge(rows()).items()])


@cache
def area_lookup() -> Lookup:
    """Return `area`: the decile of deprivation (2025 index, 1 most deprived) of each LSOA."""
    from doorstep import reference

    rows = list(_rows(reference.table("lsoa21"), "lsoa21", "imd2025_decile"))
    return Lookup("area", {"lsoa21": "VARCHAR", "imd_decile": "INTEGER"}, rows)


@cache
def ethnic_lookup() -> Lookup:
    """Return `ethnic`: the group of each ethnic category."""
    from doorstep import reference

    rows = _rows(reference.table("codesets"), "set_name", "code", "meaning")
    found = [row[1:] for row in rows if row[0] == "ethnic_group_of_category"]
    return Lookup("ethnic", {"ethnicity": "VARCHAR", "ethnic_group": "VARCHAR"}, found)


def _words(
    space: Space, concepts: Iterable[tuple[Hashable, Codes]], lists: Lists, system: str
) -> Mapping[str, tuple[int, ...]]:
    def rows() -> Iterator[tuple[str, tuple[int, ...]]]:
        for concept, codes in concepts:
            words, left_out = space.words([concept]), set(codes.without)
            for name in codes.lists:
                yield from ((code, words) for code in lists.codes(system, name) if code not in left_out)

    return merge(rows())


def _said(value: CodedValue, lists: Lists) -> dict[str, tuple[int, float | None, int]]:
    """What a value hears from each code: the last `says` with a word or number of its own, and the last `number`."""
    found: dict[str, tuple[int, float | None, int]] = {}
    for place, says in enumerate(value.says, start=1):
        own = float(says.value) if value.is_number and says.value != NUMBER else None
        if own is not None and not in_bounds(value, own):
            continue
        for code in (code for name in says.lists for code in lists.codes(ENTRY, name)):
            said, number, carried = found.get(code, (0, None, 0))
            is_carried = value.is_number and says.value == NUMBER
            found[code] = (said, number, place) if is_carried else (place, own, carried)
    return found


def in_bounds(value: CodedValue, number: float) -> bool:
    """Return whether a number lies from `lowest` to `highest`."""
    return not (
        (value.lowest is not None and number < value.lowest) or (value.highest is not None and number > value.highest)
    )


def _rows(path: Path, *columns: str) -> Iterator[tuple[Any, ...]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:  # read_table would load pandas, which costs as much as all of the lists
        table = file.read(columns=list(columns))
    yield from zip(*(table.column(name).to_pylist() for name in columns), strict=True)
