"""The demonstration runs from nothing to a checked return, and touches no folder that it did not make."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main(["demo", *words])
    said = capsys.readouterr()
    return int(stop.value.code or 0), said.out + said.err


def test_a_small_demonstration_ends_with_a_checked_return_and_two_sites_that_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_SERVE", "0")
    few = ["--people", "2500", "--months", "14", "--returns-months", "3", "--returns-places", "8"]
    code, said = run(capsys, "--out", str(tmp_path / "demo"), *few)
    assert code == 0, said
    assert "3 editions published" in said or "2 editions published" in said
    for role in ("centre_analyst", "coach", "place_sender", "place_analyst"):
        assert role in said
    for shown in ("national group", "Checked: 0 faults", "0 reasons to stop a return", "patients of the cohort"):
        assert shown in said
    assert (tmp_path / "demo" / "Sefton 2026-07.xlsx").exists()
    assert "quintile (1 most deprived)" in said


def test_no_demonstration_is_made_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOORSTEP_PRODUCTION", "1")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--out", str(tmp_path / "demo")])
    assert ended.value.code == 3 and "no place in production" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_the_demonstration_keeps_away_from_other_peoples_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, said = run(capsys, "--out", str(tmp_path))
    assert code == 2 and "did not make" in said
    assert (tmp_path / "mine.txt").read_text() == "mine"
