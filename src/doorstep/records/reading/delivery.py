"""One delivery: its files are recognised, read in the order in which they help each other, and staged one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from doorstep.errors import DataError
from doorstep.records.profiles import FileMapping, Profile, load_mapping, shipped, shipped_stems
from doorstep.records.reading import checks, dictionaries, episodes, facts, staging
from doorstep.records.reading.columns import Context
from doorstep.records.reading.raw import Raw, columns_of, drop_raw, read_raw
from doorstep.records.reading.rules import RULES
from doorstep.records.reading.source import Sniffed, SourceFile, sniff

_Choices = Mapping[str, tuple[Profile, FileMapping]]


@dataclass(frozen=True)
class Interpretation:
    """What one file says about one lake table.

    `staged` names a temporary table (`staging` lists its columns). A file that fills two tables has two
    interpretations; `is_main` marks the one whose outcomes are the file's, one for each of its `n_rows` data rows. A
    helping file (a dictionary) has table "" and staged columns row_no, outcome, reason.
    """

    source: SourceFile
    profile: str
    table: str
    staged: str
    n_rows: int
    notes: tuple[str, ...] = ()
    is_main: bool = True


@dataclass(frozen=True)
class _Known:
    """A file with the mapping that reads it and its header in the mapping's spelling."""

    sniffed: Sniffed
    profile: Profile
    mapping: FileMapping
    notes: tuple[str, ...]


def read_delivery(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    received_on: date,
    profile: str | None = None,
    mapping: Profile | Path | None = None,
) -> list[Interpretation]:
    """Stage every file of one delivery; see `iterate_delivery`, which holds one file at a time."""
    return list(iterate_delivery(con, files, received_on=received_on, profile=profile, mapping=mapping))


def iterate_delivery(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    received_on: date,
    profile: str | None = None,
    mapping: Profile | Path | None = None,
) -> Iterator[Interpretation]:
    """Stage the files of one delivery one after another: dictionaries first, then patient files, then the rest.

    `mapping` is a Place's own mapping, or its file, and goes before the shipped profiles. Every file is recognised
    before the first is staged, so that a wrong one stops the delivery at once. Raises
    NotWhatItClaimsError, DataError or ConfigurationError, each naming the file and what to do.
    """
    own = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    choices = _choices(profile, own)
    with ThreadPoolExecutor(2) as pool:  # hashing a file lets another be looked at meanwhile
        sniffed = list(pool.map(lambda f: sniff(f, tuple(choices)), _once(files)))
    known = _distinct([_recognise(con, s, choices) for s in sniffed])
    facts.prepare(con)
    dictionaries.prepare(con)
    sets = facts.code_sets(con)
    for item in sorted(known, key=_order):
        yield from _read(con, item, received_on, sets)


def _once(files: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(Path(f).resolve() for f in files))


def _distinct(known: Sequence[_Known]) -> list[_Known]:
    """Return each content once: a copy under another name becomes a note on the first."""
    found: dict[str, _Known] = {}
    for item in known:
        first = found.setdefault(item.sniffed.source.file_id, item)
        if first is not item:
            note = f"{item.sniffed.source.path.name} is the same file under another name: read once"
            found[item.sniffed.source.file_id] = replace(first, notes=(*first.notes, note))
    return list(found.values())


def _order(item: _Known) -> tuple[int, str]:
    main = item.mapping.main
    rank = 0 if main is None else 1 if main.table == "person" else 2
    return rank, item.sniffed.source.path.name


def _recognise(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, choices: _Choices) -> _Known:
    header, path = columns_of(con, sniffed), sniffed.source.path
    stem = sniffed.source.stem or _by_header(choices, header)
    if stem is None:
        raise DataError(
            "no profile knows this file, by its name or by its columns",
            expected=f"a name that starts with one of {', '.join(choices)}",
            where=str(path),
            do=f"run `doorstep records map {path.name}`, look the mapping over, and load with --mapping",
        )
    found, file_mapping = choices[stem]
    notes = checks.check_header(header, file_mapping, path, found.label)
    return _Known(sniffed, found, file_mapping, (*sniffed.notes, *notes))


def _choices(profile: str | None, mapping: Profile | None) -> _Choices:
    """Return stem -> mapping: those of the named profile or all that ship, and a Place's own mapping before them."""
    chosen = (
        shipped_stems() if profile is None else {s: (shipped(profile), f) for s, f in shipped(profile).files.items()}
    )
    return {**chosen, **({} if mapping is None else {s: (mapping, f) for s, f in mapping.files.items()})}


def _by_header(choices: _Choices, header: Sequence[str]) -> str | None:
    """Return the one stem whose needed columns are all there, or None where none or several fit."""
    lowered = {h.lower() for h in header}
    fits = [
        (len({k.lower() for k in f.known()} & lowered), stem)
        for stem, (_, f) in choices.items()
        if all(any(c.lower() in lowered for c in group) for group in f.needed())
    ]
    best = max(fits, default=(0, ""))
    return best[1] if sum(n == best[0] for n, _ in fits) == 1 else None


def _read(
    con: duckdb.DuckDBPyConnection, item: _Known, received_on: date, sets: Mapping[str, facts.Codes]
) -> Iterator[Interpretation]:
    source = item.sniffed.source
    theirs = checks.spelling(columns_of(con, item.sniffed), item.mapping)
    raw = read_raw(con, item.sniffed, theirs)
    staged = f"staged_{source.file_id}"
    header = frozenset(theirs)
    try:
        if item.mapping.main is None:
            dictionaries.stage(con, item.mapping, raw, header, staged)
            notes = (*item.notes, *checks.notes_on_shape(con, item.sniffed, raw))
            yield Interpretation(source, item.profile.label, "", staged, raw.n_rows, notes)
            return
        context = _context(item, header, received_on, sets)
        yield from _stage(con, item, context, raw, staged)
    finally:
        drop_raw(con, raw)


def _context(item: _Known, header: frozenset[str], received_on: date, sets: Mapping[str, facts.Codes]) -> Context:
    main = item.mapping.tables[0]
    dated = next((d for d in RULES[main.table].must if main.field(d)), "")
    return Context(
        header=header,
        received_on=received_on,
        formats=item.profile.date_formats,
        sets=sets,
        where=item.profile.where,
        activity_date=f"v_{dated}" if dated else "",
    )


def _stage(
    con: duckdb.DuckDBPyConnection, item: _Known, context: Context, raw: Raw, staged: str
) -> Iterator[Interpretation]:
    source, label = item.sniffed.source, item.profile.label
    step = staging.Step(item.mapping, context, raw, label, source.file_id)
    if checks.uses_slots(item.mapping):
        dictionaries.make_slot_sessions(con, item.profile.slots)
    names = staging.stage(con, step, staged)
    if item.mapping.fold:
        episodes.fold(con, staged)
    checks.check_shares(con, staged, step.key, source.path)
    shape = checks.notes_on_shape(con, item.sniffed, raw)
    notes = (*item.notes, *shape, *checks.notes_on_rows(con, staged, item.mapping))
    for part, table in enumerate(item.mapping.tables):
        yield Interpretation(source, label, table.table, names[part], raw.n_rows, notes, is_main=part == 0)
