"""A new home: folders with their modes, files a person edits, and a doctor that says what to mend."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from doorstep.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out + said.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-21")
    run(capsys, "init", "--place", "st helens")
    return tmp_path / "home"


def test_identities_and_quarantine_are_for_their_owner_only(home: Path) -> None:
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (home / "vault", home / "quarantine")}
    assert modes == {"vault": 0o700, "quarantine": 0o700}
    keys = [stat.S_IMODE(p.stat().st_mode) for p in (home / "vault").rglob("*.key")]
    assert keys == [0o600]


def test_a_home_is_not_made_twice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    code, said = run(capsys, "init", "--place", "Sefton")
    assert code == 3 and "there is a home here already" in said
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == before


def test_the_doctor_names_a_loose_vault_and_what_to_do(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "vault").chmod(0o755)
    code, said = run(capsys, "doctor")
    assert code == 3
    assert f"chmod 700 {home / 'vault'}" in said


def test_the_doctor_has_notes_only_for_a_new_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "doctor", "--json")
    states = {f["what"]: f["state"] for f in json.loads(said)["findings"]}
    assert code == 1
    assert states["purposes"] == "note" and states["snapshot"] == "note" and states["vault"] == "ok"


def test_a_setting_says_where_it_comes_from(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = run(capsys, "config", "--json")
    found = json.loads(said)
    assert found["DOORSTEP_TODAY"] == {"value": "2026-11-21", "from": "environment"}
    assert found["place"] == {"value": "St Helens", "from": str(home / "config.toml")}


def test_a_part_of_a_council_needs_its_own_practices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "part"))
    code, said = run(capsys, "init", "--place", "East Birmingham")
    assert code == 1 and "give its practices in config.toml" in said
    code, said = run(capsys, "doctor")
    assert code == 3 and "practices" in said


def test_a_home_on_the_command_line_is_said_to_come_from_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = run(capsys, "config", "--json", "--home", str(home))
    assert json.loads(said)["DOORSTEP_HOME"] == {"value": str(home), "from": "--home"}


def test_other_accounts_cannot_enter_a_new_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o750
    home.chmod(0o755)
    _, said = run(capsys, "doctor")
    assert f"chmod o= {home}" in said
