"""Read profile and mapping files; a fault in one is named by file, table and column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from doorstep.errors import ConfigurationError, UsageError
from doorstep.home import read_toml
from doorstep.records.profiles.model import (
    FORMAT,
    SLOT_PARTS,
    Field,
    FileMapping,
    Profile,
    SlotRule,
    TableMapping,
)

_FOLDER = Path(__file__).parent
# ISO days are always read; these besides, unless a mapping names its own.
_DATE_FORMATS = ("%Y%m%d", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")

_FIELD_KEYS = {"from", "as", "set", "value", "needed", "translate", "postcode", "age", "status", "unknown"}
_FILE_KEYS = {
    "table", "columns", "also", "person", "local_key", "provider", "version", "deleted", "duplicate",
    "out_of_scope_when_blank", "identity", "id", "dictionary", "dictionary_columns", "fold", "episode", "status",
}  # fmt: skip
_PROFILE_KEYS = {"format", "id", "version", "title", "source", "files", "date_formats", "status", "slots"}


def shipped_ids() -> tuple[str, ...]:
    """Return the ids of the profiles that ship."""
    return tuple(sorted(p.stem for p in _FOLDER.glob("*.toml") if p.stem != "emis_appointments"))


@cache
def shipped(profile_id: str) -> Profile:
    """Return one shipped profile (`sus_plus` or `sus_plus@1`).

    Raises UsageError where there is none of that name.
    """
    name, _, version = profile_id.partition("@")
    if name not in shipped_ids():
        raise UsageError(f"there is no profile {profile_id!r}", expected=f"one of {', '.join(shipped_ids())}")
    found = load_mapping(_FOLDER / f"{name}.toml")
    if version and version != str(found.version):
        raise UsageError(f"profile {name} has no version {version} here", expected=found.label)
    return found


@cache
def shipped_stems() -> Mapping[str, tuple[Profile, FileMapping]]:
    """Return stem -> (profile, file mapping) over all shipped profiles."""
    return {stem: (p, f) for p in map(shipped, shipped_ids()) for stem, f in p.files.items()}


def load_mapping(path: Path) -> Profile:
    """Read one profile or mapping file.

    Raises ConfigurationError that names the file, the table and the column at fault.
    """
    return parse_profile(read_toml(path), where=str(path.name))


def parse_profile(data: Mapping[str, Any], *, where: str) -> Profile:
    """Build a profile from the contents of a mapping file."""
    _only(data, _PROFILE_KEYS, where)
    if data.get("format") != FORMAT:
        raise ConfigurationError(f"format is {data.get('format')!r}", expected=f"format = {FORMAT}", where=where)
    for name, kind in (("id", str), ("version", int), ("files", dict)):
        if not isinstance(data.get(name), kind):
            raise ConfigurationError(f"`{name}` is missing or not {kind.__name__}", where=where)
    files = {stem: _file(stem, _table(body, where), where) for stem, body in data["files"].items()}
    return Profile(
        id=data["id"],
        version=data["version"],
        title=str(data.get("title", "")),
        files=files,
        date_formats=_texts(data.get("date_formats", _DATE_FORMATS), where),
        where=where,
        slots=slot_rules(data.get("slots", {}), where),
    )


def shipped_slot_rules() -> Mapping[str, tuple[SlotRule, ...]]:
    """Return the rules for slots that ship, for profiles without their own."""
    path = _FOLDER / "emis_appointments.toml"
    return slot_rules(read_toml(path), path.name)


def slot_rules(data: Mapping[str, Any], where: str) -> Mapping[str, tuple[SlotRule, ...]]:
    """Build rules for slots: `[[slots.role_group]]` and `[[slots.service_setting]]`, the first that fits wins."""
    _only(_table(data, where), set(SLOT_PARTS), f"{where}, slots")
    return {part: tuple(_slot_rule(r, part, f"{where}, slots.{part}") for r in rules) for part, rules in data.items()}


def _slot_rule(body: Any, part: str, where: str) -> SlotRule:
    _only(_table(body, where), {"is", *SLOT_PARTS[part]}, where)
    if not isinstance(body.get("is"), str):
        raise ConfigurationError("a rule without `is`", expected='is = "GP"', where=where)
    return SlotRule(body["is"], {c: _texts(body[c], where) for c in SLOT_PARTS[part] if c in body})


def _file(stem: str, body: Mapping[str, Any], where: str) -> FileMapping:
    here = f"{where}, file {stem}"
    _only(body, _FILE_KEYS, here)
    local = list(_strings(body.get("local_key", {}), here).items()) or [("", "")]
    mapping = FileMapping(
        stem=stem,
        main=_table_mapping(body["table"], body.get("columns", {}), here) if body.get("table") else None,
        also=tuple(_table_mapping(a.get("table", ""), a.get("columns", {}), here) for a in body.get("also", [])),
        person=tuple(_strings(body.get("person", {}), here).items()),
        local_key=local[0],
        provider=_texts(body.get("provider", ()), here),
        version=tuple(_strings(body.get("version", {}), here).items()),
        deleted=body.get("deleted", ""),
        duplicate=body.get("duplicate", ""),
        out_of_scope_when_blank=body.get("out_of_scope_when_blank", ""),
        identity=_strings(body.get("identity", {}), here),
        row_key=body.get("id", ""),
        dictionary=body.get("dictionary", ""),
        dictionary_columns=_strings(body.get("dictionary_columns", {}), here),
        fold=body.get("fold", ""),
        episode=_strings(body.get("episode", {}), here),
    )
    mapping.check(where)
    return mapping


def _table_mapping(table: str, columns: Mapping[str, Any], where: str) -> TableMapping:
    return TableMapping(table, tuple(_field(name, body, where) for name, body in _table(columns, where).items()))


def _field(name: str, body: Any, where: str) -> Field:
    if isinstance(body, str):
        body = {"from": body}
    here = f"{where}, column {name}"
    _only(_table(body, here), _FIELD_KEYS, here)
    return Field(
        name=name,
        sources=_texts(body.get("from", ()), here),
        kind=body.get("as", "text"),
        code_set=body.get("set", ""),
        fixed=body.get("value"),
        needed=bool(body.get("needed", False)),
        translate=_strings(body.get("translate", {}), here),
        postcode=body.get("postcode", ""),
        age=body.get("age", ""),
        status=body.get("status", "seen"),
        unknown=body.get("unknown", "null"),
    )


def _only(body: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise ConfigurationError(
            f"not known here: {', '.join(unknown)}", expected=f"only {', '.join(sorted(allowed))}", where=where
        )


def _table(body: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise ConfigurationError(f"{body!r} stands where a table should", where=where)
    return body


def _texts(body: Any, where: str) -> tuple[str, ...]:
    items = (body,) if isinstance(body, str) else tuple(body) if isinstance(body, list | tuple) else (None,)
    if not all(isinstance(i, str) for i in items):
        raise ConfigurationError(f"{body!r} is not a text or a list of texts", where=where)
    return tuple(str(i) for i in items)


def _strings(body: Any, where: str) -> dict[str, str]:
    if not all(isinstance(v, str) for v in _table(body, where).values()):
        raise ConfigurationError("every value here must be text in quotes", where=where)
    return dict(body)
