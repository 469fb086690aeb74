"""Guess which extract a file is and which of its columns is which, by names and by what the cells can be read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from doorstep.errors import DataError, UsageError
from doorstep.records.contracts import KeyScheme
from doorstep.records.profiles import FileMapping, Profile, shipped, shipped_stems
from doorstep.records.reading import cells, facts
from doorstep.records.reading.checks import check_is_header
from doorstep.records.reading.likeness import likeness
from doorstep.records.reading.raw import columns_of, sample_table
from doorstep.records.reading.source import Sniffed, sniff
from doorstep.records.reading.sqltext import cell

_SAMPLE = 3000
_LIKELY = 0.5  # below this a match is left to the person
_MOST_VALUES, _FEWEST_ROWS, _LONGEST_VALUE = 25, 10, 40
# Days written otherwise than the profiles expect, tried in this order; day before month unless that cannot be.
_DATE_FORMATS = (
    "%Y%m%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d/%m/%y",
    "%m/%d/%Y",
)
_KEY_NAMES = ("person key", "patient pseudonym", "pseudonym", "pseudonymised id", "patient nhs number")


@dataclass(frozen=True)
class Target:
    """Columns of a profile that one column of theirs could stand for; `names` are what it may be called."""

    sources: tuple[str, ...]
    names: tuple[str, ...]
    kind: str
    code_set: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Match:
    """One target and the column guessed for it ("" for none), how sure, and the next best columns."""

    target: Target
    column: str
    name_score: float
    cell_score: float
    others: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """What a file is taken for. `codes` are values to translate: column -> value -> our code ("" where not known)."""

    sniffed: Sniffed
    profile: Profile
    mapping: FileMapping
    matches: tuple[Match, ...]
    not_used: tuple[str, ...]
    date_formats: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]
    key_scheme: str

    def column(self, source: str) -> str:
        """Return the file's column that stands for a column of the profile, or ""."""
        return next((m.column for m in self.matches if source in m.target.sources), "")

    @property
    def missing(self) -> tuple[Match, ...]:
        """The targets a load cannot do without and that have no column yet."""
        return tuple(m for m in self.matches if m.target.needed and not m.column)


def guess(con: duckdb.DuckDBPyConnection, path: Path, like: str | None = None) -> Guess:
    """Return the best guess for a file; `like` narrows it to a profile (`csds`) or a file of one (`CYP201CareContact`).

    Raises UsageError for an unknown `like`, DataError where the file resembles nothing known.
    """
    sniffed = sniff(path)
    header = columns_of(con, sniffed)
    check_is_header(header, path)
    facts.prepare(con)
    sets = facts.code_sets(con)
    look = _Look(con, sample_table(con, sniffed, _SAMPLE), header, sets)
    candidates = [(p, m, _match(look, targets(m))) for p, m in _candidates(like)]
    profile, mapping, matches = max(candidates, key=lambda c: _score(c[1], c[2], sniffed))
    if _share_found(matches) < 0.3:
        raise DataError(
            f"the columns resemble no extract: {', '.join(header[:30])}",
            expected="an extract of activity, patients, or a cohort list",
            where=str(path),
            do="say which it is with --profile-like, for instance --profile-like APCS",
        )
    used = {m.column for m in matches}
    return Guess(
        sniffed=sniffed,
        profile=profile,
        mapping=mapping,
        matches=matches,
        not_used=tuple(h for h in header if h not in used),
        date_formats=look.date_formats,
        codes=_codes(look, mapping, matches),
        key_scheme=_key_scheme(look, mapping, matches),
    )


def _candidates(like: str | None) -> list[tuple[Profile, FileMapping]]:
    every = shipped_stems()
    if like is None:
        return [pair for pair in every.values() if pair[1].main is not None]
    stems = {s.lower(): s for s in every}
    if like.lower() in stems:
        return [every[stems[like.lower()]]]
    try:
        profile = shipped(like)
    except UsageError as error:
        raise UsageError(error.seen, expected=f"{error.expected}, or a file of one: {', '.join(every)}") from error
    return [(profile, f) for f in profile.files.values()]


def targets(mapping: FileMapping) -> tuple[Target, ...]:
    """Return what there is to find in a file, each group of columns once."""
    found: dict[str, Target] = {}

    def add(sources: Sequence[str], kind: str, ours: str = "", code_set: str = "", needed: bool = False) -> None:
        kept = tuple(s for s in sources if s and s not in found)
        if kept:
            target = Target(kept, (*kept, *([ours] if ours else [])), kind, code_set, needed)
            found.update(dict.fromkeys(kept, target))

    keys = tuple(c for c, _ in mapping.person)
    if keys:
        found.update(dict.fromkeys(keys, Target(keys, (*keys, *_KEY_NAMES), "key", needed=True)))
    add([mapping.local_key[0]], "text", needed=True)
    for item in (f for t in mapping.tables for f in t.fields):
        if item.kind == "slot_status":
            for source, kind in zip(item.sources, ("boolean", "time", "time", "date"), strict=True):
                add([source], kind)
        else:
            add(item.sources, item.kind, item.name, item.code_set, item.needed)
        add([item.age], "number")
        add([item.postcode], "text")
    for source in (*mapping.provider, mapping.out_of_scope_when_blank, *mapping.identity.values()):
        add([source], "text")
    for source in (mapping.deleted, mapping.duplicate):
        add([source], "boolean")
    for source, kind in mapping.version:
        add([source], kind)
    for source in (mapping.row_key, *mapping.dictionary_columns.values(), *mapping.episode.values()):
        add([source], "text", needed=source == mapping.row_key)
    return tuple(dict.fromkeys(found.values()))


class _Look:
    """The cells of the first rows: which share of each column can be read as which kind."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, table: str, header: Sequence[str], sets: Mapping[str, facts.Codes]
    ) -> None:
        self.con, self.table, self.header, self.sets = con, table, header, sets
        self._shares: dict[tuple[str, str, str], float] = {}
        self.date_formats = self._formats()

    def share(self, column: str, kind: str, code_set: str = "") -> float:
        """Return the share of the column's filled cells that can be read as the kind (1 where any text can)."""
        key = (column, kind, code_set)
        if key not in self._shares:
            text = cell(column)
            query = f"SELECT count({self._value(text, kind, code_set)}) / nullif(count({text}), 0) FROM {self.table}"
            row = self.con.execute(query).fetchone()
            self._shares[key] = 0.5 if not row or row[0] is None else float(row[0])
        return self._shares[key]

    def _value(self, text: str, kind: str, code_set: str) -> str:
        day = cells.day(text, self.date_formats)
        values = {
            "date": day,
            "birth": cells.birth(text, self.date_formats, "", "DATE '2200-01-01'"),
            "birth_precision": cells.birth(text, self.date_formats, "", "DATE '2200-01-01'"),
            "time": f"coalesce({cells.time(text)}, {day}::VARCHAR)",
            "boolean": cells.boolean(text),
            "number": cells.number(text),
            "nhs_number": cells.nhs_number(text),
            "lsoa": f"CASE WHEN regexp_full_match(upper({text}), '[EWSN][0-9]{{8}}') THEN 1 END",
            "codes": f"CASE WHEN regexp_matches(upper({text}), '(^|[^A-Z])[A-Z][0-9]{{2}}|^-$') THEN 1 END",
            # An identifier is no date and no code of a few letters; a key is long enough to be one person's.
            "key": f"CASE WHEN length({text}) >= 6 AND {day} IS NULL THEN 1 END",
        }
        if kind == "code":
            return cells.code(text, self.sets[code_set])
        return values.get(kind, text)

    def _formats(self) -> tuple[str, ...]:
        """Return the date formats that add the most dates, over all columns; the usual two where ISO reads them all."""
        dates = [h for h in self.header if self._n(f"count(CASE WHEN {_shaped(h)} THEN 1 END)")]
        kept: tuple[str, ...] = ()
        best = self._n_dates(dates, kept)
        for wanted in _DATE_FORMATS if dates else ():
            n = self._n_dates(dates, (*kept, wanted))
            if n > best:
                kept, best = (*kept, wanted), n
        return kept or _DATE_FORMATS[:2]

    def _n_dates(self, columns: Sequence[str], formats: Sequence[str]) -> int:
        tried = formats or ("%Y-%m-%d",)
        parts = [f"count(CASE WHEN {_shaped(h)} THEN {cells.day(cell(h), tried)} END)" for h in columns]
        return self._n(" + ".join(parts)) if parts else 0

    def _n(self, expression: str) -> int:
        row = self.con.execute(f"SELECT {expression} FROM {self.table}").fetchone()
        return int(row[0]) if row else 0


def _shaped(column: str) -> str:
    """SQL that is true where a cell has the shape of a date, whatever its order."""
    shape = r"\d{4}[-/]?\d{2}[-/]?\d{2}.*|\d{1,2}[-/. ].{2,3}[-/. ]\d{2,4}.*"
    return f"regexp_full_match({cell(column)}, '{shape}')"


def _match(look: _Look, wanted: Sequence[Target]) -> tuple[Match, ...]:
    """Give each target the column that suits it best, the surest pair first, each column once."""
    scored = sorted(
        ((*_pair(look, column, t), column, i) for i, t in enumerate(wanted) for column in look.header),
        key=lambda s: (-s[0], look.header.index(s[3]), s[4]),
    )
    taken: dict[int, tuple[float, float, str]] = {}
    used: set[str] = set()
    for score, by_name, by_cell, column, i in scored:
        if score >= _LIKELY and i not in taken and column not in used:
            taken[i] = (by_name, by_cell, column)
            used.add(column)
    return tuple(
        Match(t, *_found(taken.get(i)), others=tuple(s[3] for s in scored if s[4] == i and s[3] not in used)[:3])
        for i, t in enumerate(wanted)
    )


def _found(pair: tuple[float, float, str] | None) -> tuple[str, float, float]:
    return (pair[2], pair[0], pair[1]) if pair else ("", 0.0, 0.0)


def _pair(look: _Look, column: str, target: Target) -> tuple[float, float, float]:
    by_name = max(likeness(column, n) for n in target.names)
    if by_name < _LIKELY:
        return by_name * 0.5, by_name, 0.0
    by_cell = look.share(column, target.kind, target.code_set)
    # A code set in other words is common (it is translated); a date that is no date is not.
    weight = 0.5 + 0.5 * by_cell if target.kind in ("code", "boolean") else by_cell
    return by_name * weight, by_name, by_cell


def _share_found(matches: Sequence[Match]) -> float:
    needed = [m for m in matches if m.target.needed]
    return sum(bool(m.column) for m in needed) / max(len(needed), 1)


def _score(mapping: FileMapping, matches: Sequence[Match], sniffed: Sniffed) -> float:
    total = sum(m.name_score * (2 if m.target.needed else 1) for m in matches)
    return total / sum(2 if m.target.needed else 1 for m in matches) + (
        0.1 if sniffed.source.stem == mapping.stem else 0
    )


def _key_scheme(look: _Look, mapping: FileMapping, matches: Sequence[Match]) -> str:
    """Return the scheme of the person key: NHS numbers show themselves by their check digit."""
    if not mapping.person or mapping.person[0][1].startswith("local:"):
        return mapping.person[0][1] if mapping.person else ""
    column = next((m.column for m in matches if m.target.kind == "key"), "")
    is_number = bool(column) and look.share(column, "nhs_number") > 0.5
    return str(KeyScheme.NHS_NUMBER if is_number else KeyScheme.SENDER)


def _codes(look: _Look, mapping: FileMapping, matches: Sequence[Match]) -> dict[str, dict[str, str]]:
    """Return the values of code columns that are in no set of ours.

    Only short values that many rows share are written down: a column of few values holds no person.
    """
    translated = {s: f.translate for t in mapping.tables for f in t.fields for s in f.sources}
    found = {}
    for match in (m for m in matches if m.column and m.target.kind == "code"):
        known = {k.lower() for k in translated.get(match.target.sources[0], {})}
        values = _strange_values(look, match.column, look.sets[match.target.code_set])
        strange = [v for v in values if v.lower() not in known]
        if strange:
            found[match.column] = {v: _by_meaning(look, v, match.target.code_set) for v in strange}
    return found


def _strange_values(look: _Look, column: str, codes: facts.Codes) -> list[str]:
    text = cell(column)
    rows = look.con.execute(
        f"SELECT {text} AS v, count(*) AS n, any_value({cells.code(text, codes)}) AS known FROM {look.table} "
        f"WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY n DESC, v"
    ).fetchall()
    if len(rows) > _MOST_VALUES:
        return []
    return [str(v) for v, n, known in rows if known is None and n >= _FEWEST_ROWS and len(v) <= _LONGEST_VALUE]


def _by_meaning(look: _Look, value: str, code_set: str) -> str:
    """Return the code whose meaning is the value in all but spelling, or "": a near miss would count wrongly."""
    path = facts.code_set_path()
    rows = look.con.execute(f"SELECT code, meaning FROM {path} WHERE set_name = ?", [code_set]).fetchall()
    best = max(((likeness(value, m), c) for c, m in rows), default=(0.0, ""))
    return str(best[1]) if best[0] > 0.85 else ""
