"""Adopting a made-up lake: files that `synthetic` wrote become one load of an empty home, once they are what they say.

Made-up people and real ones never share a lake: a home that holds anything takes no made lake.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep import __version__, clock
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.records import purposes, snapshot
from doorstep.records.contracts import TABLES
from doorstep.records.files import hash_of, sha256_of, sync, writing
from doorstep.records.locking import lake_lock
from doorstep.records.snapshot import Input, Load, Part

MADE_FORMAT = 1
_ROLES = ("facts", "repeated")


def adopt_made(home: Home, folder: Path) -> Load:
    """Publish the made lake in `folder` (`manifest.json`, `lake/`) as the one load of `home`; its files are moved.

    Every file is hashed again first. Raises UsageError where the home holds records already or the last delivery has
    not come yet, ConfigurationError where a flow has no purpose, NotWhatItClaimsError where a file is not the one that
    the manifest describes; then the home is as it was.
    """
    home.config()
    made = _manifest(folder)
    with lake_lock(home, "adopting a made-up lake"), writing(home.lake):
        snapshot.sweep(home)
        _check_may(home, date.fromisoformat(made["received_on"]))
        files = [file for file in made["files"] if file["role"] in _ROLES]
        _check_files(folder / "lake", files)
        load = _load(made, files)
        _move(home, folder / "lake", load)
        snapshot.publish(home, snapshot.current(home).with_load(load))
    return load


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != MADE_FORMAT:
            raise ConfigurationError(
                f"the made lake has format {found['format']!r}", expected=f"format {MADE_FORMAT}", where=str(path),
                do="make it again with this version of Doorstep",
            )  # fmt: skip
        unknown = {f["table"] for f in found["files"] if f["role"] in _ROLES} - set(TABLES)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotWhatItClaimsError(
            "this is not the manifest of a made lake", where=str(path), do="make the lake again"
        ) from error
    if unknown:
        raise NotWhatItClaimsError(f"there is no lake table {sorted(unknown)[0]!r}", where=str(path))
    return found


def _check_may(home: Home, received_on: date) -> None:
    if snapshot.current_name(home) is not None:
        raise UsageError(
            "this home holds records already", expected="an empty home: made-up people never join others",
            where=str(home.root), do="name another home",
        )  # fmt: skip
    if received_on > clock.today():
        raise UsageError(
            f"the last delivery would arrive on {received_on}, which has not come yet",
            expected=f"a day up to {clock.today()}", do="let the window end earlier (--end)",
        )  # fmt: skip
    if refused := purposes.problems(home, clock.today()):
        raise ConfigurationError(next(iter(refused.values())), where=str(home.purposes_file))


def _check_files(folder: Path, files: list[Mapping[str, Any]]) -> None:
    with ThreadPoolExecutor(2) as pool:
        faults = [fault for fault in pool.map(lambda file: _fault(folder, file), files) if fault]
    if faults:
        raise NotWhatItClaimsError(faults[0], where=str(folder), do="make the lake again")


def _fault(folder: Path, file: Mapping[str, Any]) -> str:
    path = folder / file["path"]
    if path.parent != folder or not path.is_file():
        return f"{file['path']}: it is missing"
    if path.stat().st_size != file["n_bytes"]:
        return f"{file['path']}: {path.stat().st_size:,} bytes, not {file['n_bytes']:,}"
    return "" if sha256_of(path) == file["sha256"] else f"{file['path']}: its content has another hash"


def _load(made: Mapping[str, Any], files: list[Mapping[str, Any]]) -> Load:
    """Return the load: each file of facts is an input and a part, its file_id the one on its rows."""
    inputs = tuple(_input(made["profile"], file) for file in files if file["role"] == "facts")
    rules = dict.fromkeys(sorted({i.flow for i in inputs}), "not_applicable")
    received_on = date.fromisoformat(made["received_on"])
    draft = Load("", "load", received_on, inputs, (), rules, "", f"doorstep synthetic {__version__}")
    load_id = hash_of(["", draft.content()])[:16]
    parts = tuple(
        Part(f"lake/loads/{load_id}/{f['path']}", f["role"], f["table"], f["n_rows"], f["n_bytes"], f["sha256"])
        for f in files
    )
    return replace(draft, load_id=load_id, parts=parts)


def _input(profile: str, file: Mapping[str, Any]) -> Input:
    table = file["table"]
    flow = "gp" if table == "person" else purposes.FLOW_OF_TABLE[table]
    return Input(file["file_id"], file["sha256"], file["path"], profile, (table,), flow, file["n_rows"])


def _move(home: Home, folder: Path, load: Load) -> None:
    """Move the files into the home: a rename where both lie on one disk, all under their place at once."""
    for part in load.parts:
        sync(folder / Path(part.path).name)
    place = home.lake / "loads" / load.load_id
    place.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(place)
    sync(place.parent)
