"""What a profile is made of. Each class can only be built right: a wrong one says what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorstep.errors import ConfigurationError
from doorstep.records.contracts import TABLES, KeyScheme

FORMAT = 1

# kind -> what a cell of that kind is read as.
KINDS: dict[str, str] = {
    "text": "text, blanks around it removed",
    "upper": "text in capitals, such as an organisation code",
    "code": "a code of the code set named by `set`",
    "date": "a day",
    "birth": "a birth day, month or year",
    "birth_precision": "day, month or year: how much of the birth date is known",
    "time": "a time of day",
    "boolean": "yes or no",
    "number": "a number",
    "lsoa": "an LSOA code of 2011 or 2021",
    "codes": "a list of diagnosis or procedure codes, whatever parts them",
    "clinical_code": "a sender's code id, found in its dictionary of clinical codes",
    "drug_code": "a sender's code id, found in its dictionary of drug codes",
    "row_id": "an identifier; where blank, one is made of the person, the day and the order in the file",
    "slot_status": "status of an appointment slot, worked out from its times",
    "slot_role": "role group of a slot, from the job category of the session's user",
    "slot_setting": "service setting of a slot, from its session",
}
STATUSES = ("verified", "seen", "ours", "guessed")
_FOLDS = ("", "episodes")
_DICTIONARIES = ("", "clinical", "drug", "session", "session_user", "user_role")


def _need(ok: bool, seen: str, expected: str, where: str) -> None:
    if not ok:
        raise ConfigurationError(
            seen,
            expected=expected,
            where=where,
            do="mend the mapping file; `doorstep records map` writes one that works",
        )


@dataclass(frozen=True)
class Field:
    """One column of ours: from which of their columns (the first that is there), read as what.

    `unknown` says what a code outside its set becomes, always with a warning: `null`, or `keep` where a definition
    asks for "not this code" and a code nobody knows is still not that one.
    """

    name: str
    sources: tuple[str, ...] = ()
    kind: str = "text"
    code_set: str = ""
    fixed: str | None = None
    needed: bool = False
    translate: Mapping[str, str] = field(default_factory=dict)
    postcode: str = ""
    age: str = ""
    status: str = "seen"
    unknown: str = "null"

    def check(self, where: str) -> None:
        """Raise ConfigurationError where the field cannot be read as it says."""
        where = f"{where}, column {self.name}"
        _need(self.unknown in ("null", "keep"), f"unknown is {self.unknown!r}", "null or keep", where)
        _need(self.kind in KINDS, f"kind {self.kind!r} is not known", f"one of {', '.join(KINDS)}", where)
        _need(self.status in STATUSES, f"status {self.status!r}", f"one of {', '.join(STATUSES)}", where)
        _need(
            (self.kind == "code") == bool(self.code_set),
            "`set` and kind `code` go together",
            'as = "code" with set = "…"',
            where,
        )
        has_input = bool(self.sources) or self.fixed is not None or self.kind.startswith(("slot_", "row_id"))
        _need(has_input, "nothing to read it from", "`from` or `value`", where)


@dataclass(frozen=True)
class TableMapping:
    """The columns of one lake table that one file fills."""

    table: str
    fields: tuple[Field, ...]

    def check(self, where: str) -> None:
        """Raise ConfigurationError where a table or column is not one of the lake's."""
        _need(self.table in TABLES, f"table {self.table!r} is not known", f"one of {', '.join(TABLES)}", where)
        names = set(TABLES[self.table].names) - {"person_id"}
        for item in self.fields:
            expected = f"one of {', '.join(sorted(names))}"
            _need(item.name in names, f"the table {self.table} has no column {item.name!r}", expected, where)
            item.check(where)

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None where the file does not fill it."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True)
class FileMapping:
    """One kind of file: the start of its name, the person key, versions, and the tables it fills.

    `person` is (column, key scheme) pairs, the first column found wins. A file with no table only helps other files:
    `row_key` names its identifier and `dictionary` where it is kept. `version` columns are joined in order to sort the
    versions of a fact; none means the day the file arrived.
    """

    stem: str
    main: TableMapping | None = None
    also: tuple[TableMapping, ...] = ()
    person: tuple[tuple[str, str], ...] = ()
    local_key: tuple[str, str] = ("", "")
    provider: tuple[str, ...] = ()
    version: tuple[tuple[str, str], ...] = ()
    deleted: str = ""
    duplicate: str = ""
    out_of_scope_when_blank: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)
    row_key: str = ""
    dictionary: str = ""
    dictionary_columns: Mapping[str, str] = field(default_factory=dict)
    fold: str = ""
    episode: Mapping[str, str] = field(default_factory=dict)

    def check(self, where: str) -> None:
        """Raise ConfigurationError where the parts do not fit together."""
        where = f"{where}, file {self.stem}"
        _need(self.fold in _FOLDS, f"fold {self.fold!r}", 'fold = "episodes", or none', where)
        _need(self.dictionary in _DICTIONARIES, f"dictionary {self.dictionary!r}", ", ".join(_DICTIONARIES[1:]), where)
        schemes = [str(s) for s in KeyScheme]
        for column, scheme in (*self.person, *([self.local_key] if self.local_key[0] else [])):
            _need(scheme in schemes, f"key scheme {scheme!r} of {column}", f"one of {', '.join(schemes)}", where)
        if self.main is None:
            _need(bool(self.row_key), "a file that fills no table has no `id`", 'id = "their identifier column"', where)
            return
        _need(bool(self.person), "no person key", 'person = { their_column = "sender" }', where)
        for part in (self.main, *self.also):
            part.check(where)

    @property
    def tables(self) -> tuple[TableMapping, ...]:
        """The tables the file fills, the main one first."""
        return () if self.main is None else (self.main, *self.also)

    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Return the columns a file cannot be read without; of each inner group one is enough."""
        if self.main is None:
            return ((self.row_key,), *((c,) for c in self.dictionary_columns.values()))
        groups = [f.sources for part in self.tables for f in part.fields if f.needed]
        keys = (tuple(c for c, _ in self.person),)
        local = ((self.local_key[0],),) if self.local_key[0] else ()
        return tuple(dict.fromkeys((*keys, *local, *groups)))

    def known(self) -> frozenset[str]:
        """Return every column of theirs that is read."""
        names = {c for group in self.needed() for c in group} | {c for c, _ in (*self.person, *self.version)}
        names |= {self.deleted, self.duplicate, self.out_of_scope_when_blank, *self.provider}
        names |= {*self.identity.values(), *self.episode.values()}
        for item in (f for part in self.tables for f in part.fields):
            names |= {*item.sources, item.postcode, item.age}
        return frozenset(names - {""})


@dataclass(frozen=True)
class SlotRule:
    """One rule for slots: what it says (`is_`) where one of the words stands in the column of that name."""

    is_: str
    words: Mapping[str, tuple[str, ...]]


# part of a slot -> the words of a session or of its user that a rule may look at.
SLOT_PARTS: dict[str, tuple[str, ...]] = {"role_group": ("code", "name"), "service_setting": ("session", "location")}


@dataclass(frozen=True)
class Profile:
    """A set of file mappings with a name and a version; `label` goes beside every row it read.

    `slots` are the rules that turn sessions into role groups and settings, where the profile has its own.
    """

    id: str
    version: int
    title: str
    files: Mapping[str, FileMapping]
    date_formats: tuple[str, ...]
    where: str = ""
    slots: Mapping[str, tuple[SlotRule, ...]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return id@version."""
        return f"{self.id}@{self.version}"
