"""The cleaned list: keys of the people who have not opted out, as the checking service returned it on a day."""

from __future__ import annotations

import csv
import gzip
import zlib
from datetime import date
from pathlib import Path
from typing import IO

import duckdb

from doorstep import clock
from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.records import snapshot
from doorstep.records.contracts import LAYOUTS, KeyScheme
from doorstep.records.files import hash_of, sha256_of, writing
from doorstep.records.locking import lake_lock
from doorstep.records.snapshot import Input, Load
from doorstep.records.vault import Vault
from doorstep.records.writing import Writer

PROFILE = "opt_out@1"
# First column of the list -> what kind of key it holds.
_SCHEMES = {"nhs_number": KeyScheme.NHS_NUMBER, "nhs number": KeyScheme.NHS_NUMBER}


def load_cleaned_list(home: Home, path: Path, *, dated: date) -> Load | None:
    """Load a cleaned list (a CSV whose first column is the person key) and publish a snapshot with it.

    A column named NHS_Number holds NHS numbers, any other the sender's key. Returns None where this list is in the lake
    already. Raises DataError for a list without keys: it would withhold everybody.
    """
    home.config()
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path))
    if dated > clock.today():
        raise UsageError(
            f"dated {dated}, which has not come yet", expected=f"a day up to {clock.today()}", do="mend --dated"
        )
    with lake_lock(home, "records opt-outs"), writing(home.lake):
        snapshot.sweep(home)
        before = snapshot.current(home)
        digest = sha256_of(path)
        if known := before.known_files().get(digest):
            _check_is_list(known, path)
            return None
        vault = Vault.of(home)
        vault.make_key()
        people = sorted({person for _, _, person in vault.pseudonyms(_keys(path))})
        item = Input(digest[:16], digest, path.name, PROFILE, (), "", len(people))
        draft = Load("", "opt_out", dated, (item,), ())
        load_id = hash_of([before.hash if before.loads else "", draft.content()])[:16]
        with duckdb.connect(":memory:") as con:
            con.execute("CREATE TABLE list AS SELECT unnest(?::VARCHAR[]) AS person_id", [people])
            writer = Writer(con, home, load_id)
            writer.write("SELECT person_id FROM list", "not_opted_out")
            done = Load(load_id, "opt_out", dated, (item,), writer.settle())
        snapshot.publish(home, before.with_load(done))
        return done


def _check_is_list(known: Input, path: Path) -> None:
    if known.profile != PROFILE:
        raise NotWhatItClaimsError(
            f"this file is in the lake as an extract ({known.profile})",
            expected="the list that the checking service returned",
            where=str(path),
            do="name the cleaned list",
        )


def _keys(path: Path) -> list[tuple[str, str]]:
    try:
        with _opened(path) as stream:
            rows = csv.reader(stream)
            header = next(rows, None) or [""]
            scheme = _SCHEMES.get(header[0].strip().lower(), KeyScheme.SENDER)
            _check_header(header, path)
            keys = sorted({_clean(row[0], scheme) for row in rows if row and row[0].strip()})
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise NotWhatItClaimsError(
            "this is no CSV in UTF-8", expected="a header line, then a key per row", where=str(path),
            do="save the list as CSV UTF-8, or ask the checking service to send it again",
        ) from error  # fmt: skip
    if not keys:
        raise DataError(
            "the list names nobody, so it would withhold everybody", expected="a key per row", where=str(path)
        )
    return [(str(scheme), key) for key in keys]


def _check_header(header: list[str], path: Path) -> None:
    """Refuse a file that is plainly an extract: everybody whom it does not name would be withheld."""
    names = {h.strip().lower() for h in header}
    likely = [x for x in LAYOUTS.values() if len(x.columns) > 3 and names >= {c.lower() for c in x.columns[:4]}]
    if likely:
        raise NotWhatItClaimsError(
            "this is an extract, by its columns",
            expected="the list that the checking service returned: a key per row",
            where=str(path),
            do="load an extract with `doorstep records load`",
        )


def _clean(key: str, scheme: KeyScheme) -> str:
    return key.replace(" ", "") if scheme == KeyScheme.NHS_NUMBER else key.strip()


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    if is_gzip:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
