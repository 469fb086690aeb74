"""The gate: from one row of a cohort back to the person, for that person's own team, one way and logged.

Direct care. Planning must not import it: an import contract and the operating system's accounts both say so.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from doorstep import clock
from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.home import Home
from doorstep.records.files import canonical, hash_of
from doorstep.records.sql import parquet
from doorstep.records.vault import Vault


@dataclass(frozen=True)
class Identity:
    """Who a pseudonym stands for, as one extract named them."""

    nhs_number: str
    surname: str | None
    given_name: str | None
    birth_on: str | None
    postcode: str | None


def reidentify(home: Home, person_id: str, *, purpose: str, user: str, reason: str) -> list[Identity]:
    """Return the identities behind one pseudonym; several where extracts disagree on a name or an address.

    The request is written to the vault's log before anything is read, so that a refused or empty answer is there too.
    Raises UsageError where purpose, user or reason is empty, ConfigurationError where this account has no vault, and
    DataError where the pseudonym has no identity (data that came de-identified have none).
    """
    import duckdb

    for name, value in (("purpose", purpose), ("user", user), ("reason", reason)):
        if not value.strip():
            raise UsageError(f"no {name} was given", expected=f"the {name} in words", do="nobody is shown without it")
    if not os.access(home.vault, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigurationError("this account may not open the vault", where=str(home.vault))
    vault = Vault.of(home)
    _log(log_file(home), {"person_id": person_id, "purpose": purpose, "user": user, "reason": reason})
    if not vault.identities.exists():
        raise DataError("the vault holds no identities", do="only data that came with NHS numbers have them")
    with duckdb.connect(":memory:") as con:
        rows = con.execute(
            f"SELECT nhs_number, surname, given_name, birth_on, postcode FROM {parquet([str(vault.identities)])} "
            "WHERE person_id = ? ORDER BY ALL",
            [person_id],
        ).fetchall()
    if not rows:
        raise DataError("no identity stands behind this pseudonym", where=person_id)
    return [Identity(*row) for row in rows]


def log_file(home: Home) -> Path:
    """Return the path of the gate's log: a JSON line per request, each with the hash of the one before."""
    return home.vault / "gate.log"


def log_faults(home: Home) -> list[str]:
    """Return the lines of the log that do not follow from the line before; nothing where it is whole."""
    path, before, faults = log_file(home), "", []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else [], 1):
        entry = json.loads(line)
        claimed = entry.pop("hash")
        if entry["before"] != before or hash_of(entry) != claimed:
            faults.append(f"line {n} does not follow from the one before")
        before = claimed
    return faults


def _log(path: Path, entry: dict[str, str]) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a+b") as stream:
        stream.seek(0)
        lines = stream.read().splitlines()
        before = json.loads(lines[-1])["hash"] if lines else ""
        entry = {"at": clock.now().isoformat(), **entry, "before": before}
        stream.write(canonical({**entry, "hash": hash_of(entry)}) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
