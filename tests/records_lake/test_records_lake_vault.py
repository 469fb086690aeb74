"""The vault and the gate: who can open what, and what is written down."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from made_lake import Made, make, patient, spell

from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.records import gate
from doorstep.records.lake import open_lake
from doorstep.records.vault import Vault, create_keys, pseudonym

NOBODY = 65534
ASK = {"purpose": "direct care", "user": "dr.jones", "reason": "invite to a review"}

PLANNER = """
import os, sys
from doorstep.errors import ConfigurationError
from doorstep.home import Home
from doorstep.records import open_lake
from doorstep.records.gate import reidentify
home = Home.find(sys.argv[1])
open_lake(home).close()  # everything is imported before the account changes: it may not read this interpreter's files
os.setgid({nobody}); os.setuid({nobody})
with open_lake(home) as lake:
    print("spells", lake.connection().execute("SELECT count(*) FROM spell").fetchall()[0][0])
for path in (home.vault / "keys" / "pseudonym.key", home.vault / "identities.parquet", home.quarantine / "x"):
    try:
        open(path, "rb")
        print("opened", path.name)
    except PermissionError:
        print("refused", path.name)
try:
    reidentify(home, "p" + "0" * 24, purpose="p", user="u", reason="r")
except ConfigurationError as error:
    print("gate", error.seen)
"""


@pytest.fixture
def shared() -> Iterator[Made]:
    """A home under a folder that every account may enter, as a planning account needs it."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    yield make(root)
    shutil.rmtree(root)


def load_identified(made: Made) -> str:
    made.load_rows(
        "2026-07-20",
        person=[patient("9990000018", key_scheme="nhs_number", nhs_number="9990000018", surname="Noether",
                        given_name="Emmy", birth_on="1950-01-01", postcode="L20 1AA")],
        spell=[spell("9990000018", "s1", "2026-06-03", key_scheme="nhs_number")],
    )  # fmt: skip
    return pseudonym(Vault.of(made.home).key(), "nhs_number", "9990000018")


def test_another_account_opens_the_lake_and_not_the_vault(shared: Made) -> None:
    load_identified(shared)
    modes = {
        p: p.stat().st_mode & 0o777 for p in [shared.home.vault, shared.home.quarantine, *shared.home.vault.rglob("*")]
    }
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())
    if os.geteuid() != 0:
        return  # one account cannot become another; the modes above are what keeps it out
    command = [sys.executable, "-c", PLANNER.format(nobody=NOBODY), str(shared.home.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "HOME": "/"})
    assert done.stdout.splitlines() == [
        "spells 1",
        "refused pseudonym.key",
        "refused identities.parquet",
        "refused x",
        "gate this account may not open the vault",
    ]


def test_the_gate_shows_one_person_and_writes_down_who_asked_and_why(made: Made) -> None:
    person = load_identified(made)
    (found,) = gate.reidentify(made.home, person, **ASK)
    assert (found.surname, found.given_name, found.nhs_number) == ("Noether", "Emmy", "9990000018")
    log = gate.log_file(made.home)
    assert log.stat().st_mode & 0o777 == 0o600
    text = log.read_text()
    assert person in text and "dr.jones" in text and "Noether" not in text


def test_a_request_that_finds_nobody_is_written_down_too(made: Made) -> None:
    load_identified(made)
    with pytest.raises(DataError, match="no identity"):
        gate.reidentify(made.home, "p" + "0" * 24, **ASK)
    assert len(gate.log_file(made.home).read_text().splitlines()) == 1


@pytest.mark.parametrize("missing", list(ASK))
def test_nobody_is_shown_without_purpose_user_and_reason(made: Made, missing: str) -> None:
    person = load_identified(made)
    with pytest.raises(UsageError, match=f"no {missing}"):
        gate.reidentify(made.home, person, **{**ASK, missing: " "})


def test_a_line_taken_out_of_the_log_shows(made: Made) -> None:
    person = load_identified(made)
    for _ in range(3):
        gate.reidentify(made.home, person, **ASK)
    assert gate.log_faults(made.home) == []
    log = gate.log_file(made.home)
    lines = log.read_text().splitlines(keepends=True)
    log.write_text(lines[0] + lines[2])
    assert gate.log_faults(made.home) == ["line 2 does not follow from the one before"]


def test_planning_never_holds_a_name_even_with_every_table_read(made: Made) -> None:
    load_identified(made)
    with open_lake(made.home) as lake:
        for (table,) in lake.connection().execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            schema = "lake_inside." if table.startswith("versions_") else ""
            text = str(lake.connection().execute(f"SELECT * FROM {schema}{table}").fetchall())
            assert "Noether" not in text and "9990000018" not in text


def test_keys_are_made_once(made: Made) -> None:
    create_keys(made.home)
    first = Vault.of(made.home).key()
    create_keys(made.home)
    assert Vault.of(made.home).key() == first
    assert len(first) == 32


@pytest.mark.parametrize(("text", "match"), [("zz" * 32, "not a key"), ("ab" * 8, "too short")])
def test_a_damaged_key_is_refused(made: Made, text: str, match: str) -> None:
    create_keys(made.home)
    Vault.of(made.home).key_file.write_text(text)
    with pytest.raises(ConfigurationError, match=match):
        Vault.of(made.home).key()


def test_a_crosswalk_with_other_columns_is_refused(made: Made) -> None:
    vault = Vault.of(made.home)
    vault.crosswalk_file.write_text("a,b\n1,2\n")
    with pytest.raises(ConfigurationError, match="sender_key,nhs_number"):
        vault.crosswalk()


def test_the_vaults_files_stay_readable_by_duckdb_after_a_second_load(made: Made) -> None:
    load_identified(made)
    made.load_rows("2026-08-20", person=[patient("9990000026", key_scheme="nhs_number", surname="Germain")])
    with duckdb.connect() as con:
        found = con.execute(f"SELECT surname FROM read_parquet('{Vault.of(made.home).identities}')").fetchall()
    assert sorted(found) == [("Germain",), ("Noether",)]
