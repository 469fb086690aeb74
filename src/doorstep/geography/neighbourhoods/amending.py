"""What somebody adds to a set in a file: names, who recognises an area, reasons, practices, days."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from doorstep import clock
from doorstep.errors import DataError
from doorstep.geography.neighbourhoods.model import Neighbourhood, NeighbourhoodSet
from doorstep.geography.neighbourhoods.store import neighbourhood_of

_SET: Final = {"title": str, "valid_from": date, "valid_to": date, "neighbourhood": list}
_NEIGHBOURHOOD: Final = {"id": str, "name": str, "practices": list, "recognition": list, "reason": list}
_RECOGNITION: Final = {"who": str, "what": str, "on": date, "source": str}
_REASON: Final = {"text": str, "by": str, "on": date}
_KINDS: Final = {str: "a text", date: "a day such as 2026-04-01, without quotation marks", list: "a list"}


def amend(made: NeighbourhoodSet, changes: Path) -> NeighbourhoodSet:
    """Return a set with what a TOML file adds: names, practices, signs of recognition, reasons, the last day.

    The file holds `[[neighbourhood]]` entries with the ids of the set, as `set.toml` does; what it does not name stays.
    Raises DataError for what is no such file, a key that nothing reads, or a day that has not come.
    """
    try:
        told = tomllib.loads(changes.read_text(encoding="utf-8"))
        return _amended_set(made, told)
    except UnicodeDecodeError as error:
        raise DataError("the file is not text in UTF-8", expected="TOML", where=str(changes)) from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"it is no TOML: {error}", where=str(changes)) from error
    except DataError as error:
        raise DataError(error.seen, expected=error.expected, where=str(changes), do=error.do) from error


def _amended_set(made: NeighbourhoodSet, told: Mapping[str, Any]) -> NeighbourhoodSet:
    _check(told, _SET, "the file")
    known = {n.id: n for n in made.neighbourhoods}
    for number, entry in enumerate(told.get("neighbourhood", []), start=1):
        _check_entry(entry, f"[[neighbourhood]] {number}")
        if entry.get("id") not in known:
            raise DataError(f"the set has no neighbourhood {entry.get('id')!r}", expected=", ".join(known))
        known[entry["id"]] = _amended(known[entry["id"]], entry)
    return replace(
        made, neighbourhoods=tuple(known.values()), title=told.get("title", made.title),
        valid_from=told.get("valid_from", made.valid_from), valid_to=told.get("valid_to", made.valid_to),
    )  # fmt: skip


def _check_entry(entry: Any, where: str) -> None:
    _check(entry, _NEIGHBOURHOOD, where)
    for name, keys in (("recognition", _RECOGNITION), ("reason", _REASON)):
        for number, sign in enumerate(entry.get(name, []), start=1):
            _check(sign, keys, f"{where}, {name} {number}")
            if isinstance(sign.get("on"), date) and sign["on"] > clock.today():
                raise DataError(
                    f"{where}: the {name} is of {sign['on']}, which has not come", expected="a day until today"
                )
    if not all(isinstance(code, str) for code in entry.get("practices", [])):
        raise DataError(f"{where}: practices holds what is no text", expected='a list of codes such as ["N84013"]')


def _check(table: Any, keys: Mapping[str, type], where: str) -> None:
    """Refuse what is no table, a key that nothing would read, and a value of another kind than its key's."""
    if not isinstance(table, dict):
        raise DataError(f"{where} is no table", expected="keys " + ", ".join(keys))
    unknown = [key for key in table if key not in keys]
    if unknown:
        raise DataError(
            f"{where} has an unknown key {', '.join(unknown)}", expected=", ".join(keys), do="mend its name"
        )
    for key, value in table.items():
        if type(value) is not keys[key]:
            raise DataError(f"{where}: {key} is {value!r}", expected=_KINDS[keys[key]])


def _amended(old: Neighbourhood, entry: Mapping[str, Any]) -> Neighbourhood:
    new = neighbourhood_of(entry, old.areas)
    return replace(
        old, name=new.name or old.name, practices=new.practices or old.practices,
        recognition=old.recognition + new.recognition, reasons=old.reasons + new.reasons,
    )  # fmt: skip
