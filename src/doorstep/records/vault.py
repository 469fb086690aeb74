"""The vault: the key that makes pseudonyms, and the identities behind them. Direct care; planning never imports it.

The folder has mode 0700 and its files 0600, and belongs to another operating-system account than planning's
(`DOORSTEP_VAULT`). Custody, rotation and loss of the key: docs/explanation/planes-and-vault.md.
"""

from __future__ import annotations

import csv
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.errors import ConfigurationError
from doorstep.home import Home
from doorstep.records.contracts import KeyScheme
from doorstep.records.files import private_folder, sync, write_atomic
from doorstep.records.sql import literal, parquet

if TYPE_CHECKING:
    import duckdb

IDENTITY_COLUMNS = ("person_id", "nhs_number", "surname", "given_name", "birth_on", "postcode")


def create_keys(home: Home) -> None:
    """Make the vault and its key for a new home; an existing key is left as it is."""
    Vault.of(home).make_key()


@dataclass(frozen=True)
class Vault:
    """One home's vault."""

    root: Path

    @classmethod
    def of(cls, home: Home) -> Vault:
        """Return the vault of a home, its folder made private."""
        return cls(private_folder(home.vault))

    @property
    def key_file(self) -> Path:
        """The key of the pseudonyms."""
        return self.root / "keys" / "pseudonym.key"

    @property
    def identities(self) -> Path:
        """Who is behind a pseudonym, where data came identifiable."""
        return self.root / "identities.parquet"

    @property
    def crosswalk_file(self) -> Path:
        """Optional: `sender_key,nhs_number`, so that one person has one pseudonym in both schemes."""
        return self.root / "crosswalk.csv"

    def make_key(self) -> bool:
        """Make the key where there is none; return whether one was made. An existing key is never replaced."""
        if self.key_file.exists():
            return False
        private_folder(self.key_file.parent)
        write_atomic(self.key_file, secrets.token_hex(32).encode() + b"\n", mode=0o600)
        return True

    def key(self) -> bytes:
        """Return the key; ConfigurationError where it is missing, too short, or readable by others."""
        try:
            text = self.key_file.read_text(encoding="ascii").strip()
            key = bytes.fromhex(text)
        except FileNotFoundError as error:
            raise ConfigurationError(
                "there is no key for pseudonyms", where=str(self.key_file), do="restore it from its custodian"
            ) from error
        except ValueError as error:
            raise ConfigurationError("this is not a key", expected="64 hex digits", where=str(self.key_file)) from error
        if len(key) < 32:
            raise ConfigurationError("the key is too short", expected="64 hex digits", where=str(self.key_file))
        if os.name == "posix" and self.key_file.stat().st_mode & 0o077:
            raise ConfigurationError(
                "others can read the key", expected="mode 0600", where=str(self.key_file), do="chmod 600 it"
            )
        return key

    def crosswalk(self) -> dict[str, str]:
        """Return sender key -> NHS number, empty where the Place has no crosswalk."""
        if not self.crosswalk_file.exists():
            return {}
        with self.crosswalk_file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if set(rows.fieldnames or ()) != {"sender_key", "nhs_number"}:
                raise ConfigurationError(
                    f"has columns {rows.fieldnames}", expected="sender_key,nhs_number", where=str(self.crosswalk_file)
                )
            return {row["sender_key"]: row["nhs_number"] for row in rows}

    def pseudonyms(self, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Return (scheme, key, pseudonym) of each distinct (scheme, key); 'p' and 24 hex digits."""
        kept = list(keys)
        return [(scheme, key, found) for (scheme, key), found in zip(kept, self.each_pseudonym(kept), strict=True)]

    def each_pseudonym(self, keys: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the pseudonym of each (scheme, key) in turn: for many keys, which need not be held at once."""
        crosswalk, keyed = self.crosswalk(), hmac.new(self.key(), digestmod="sha256")
        for scheme, key in keys:
            yield _finished(keyed.copy(), *_same_person(scheme, key, crosswalk))

    def add_identities(self, con: duckdb.DuckDBPyConnection, staged: str) -> None:
        """Add the rows of table `staged` (columns IDENTITY_COLUMNS) to the identities, without repeats."""
        columns = ", ".join(IDENTITY_COLUMNS)
        kept = f"UNION SELECT {columns} FROM {parquet([str(self.identities)])}" if self.identities.exists() else ""
        self._replace_identities(con, f"SELECT {columns} FROM {staged} {kept}")

    def forget(self, con: duckdb.DuckDBPyConnection, staged: str) -> None:
        """Remove the identities of the people in table `staged` (column person_id)."""
        if self.identities.exists():
            source = parquet([str(self.identities)])
            self._replace_identities(con, f"SELECT i.* FROM {source} i ANTI JOIN {staged} s USING (person_id)")

    def _replace_identities(self, con: duckdb.DuckDBPyConnection, query: str) -> None:
        beside = self.root / f".identities.{os.getpid()}"
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        con.execute(f"COPY ({query} ORDER BY person_id) TO {literal(str(beside))} (FORMAT parquet)")
        beside.chmod(0o600)
        sync(beside)
        beside.replace(self.identities)
        sync(self.root)


def pseudonym(secret: bytes, scheme: str, key: str) -> str:
    """Return 'p' and 24 hex digits of HMAC-SHA256(secret, scheme:key)."""
    return _finished(hmac.new(secret, digestmod="sha256"), scheme, key)


def _finished(keyed: hmac.HMAC, scheme: str, key: str) -> str:
    keyed.update(f"{scheme}:{key}".encode())
    return "p" + keyed.hexdigest()[:24]


def _same_person(scheme: str, key: str, crosswalk: dict[str, str]) -> tuple[str, str]:
    if scheme == KeyScheme.SENDER and key in crosswalk:
        return KeyScheme.NHS_NUMBER, crosswalk[key]
    return scheme, key
