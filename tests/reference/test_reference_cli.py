"""`doorstep reference`: the same facts as text and as JSON, and exit codes that mean something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstep import reference
from doorstep.cli.app import main
from doorstep.reference import tables


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["reference", *argv])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_sources_lists_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sources") == 0
    text = capsys.readouterr().out
    assert all(source.name in text for source in reference.sources())
    assert run("sources", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["tables"]) == len(reference.sources())


def test_places_lists_43(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("places", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["places"]
    assert len(listed) == 43
    assert listed[41]["name"] == "Dorset Place "
    assert run("places") == 0
    assert "43 Places" in capsys.readouterr().out


def test_a_place_is_shown_with_its_count_of_areas_and_practices(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "sefton") == 0
    text = capsys.readouterr().out
    assert "191 of 2021" in text and "279,239" in text
    assert run("place", "sefton", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert len(facts["lsoas"]) == 191 and len(facts["practices"]) > 30


def test_a_part_of_a_council_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "Leeds") == 0
    assert "no boundary is published" in capsys.readouterr().out


def test_an_unknown_place_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "Atlantis") == 2
    assert "doorstep reference places" in capsys.readouterr().err


def test_verify_says_how_many_tables_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 0
    assert capsys.readouterr().out.startswith(f"{len(reference.sources())} tables")


def test_verify_fails_where_a_file_is_not_what_it_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reference.sources()  # read before the data folder moves
    monkeypatch.setattr(tables, "DATA", tmp_path)
    assert run("verify") == 5
    assert "lsoa21: the file is missing" in capsys.readouterr().err


def test_attributions_go_to_a_file_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "attributions.md"
    assert run("attributions", "--out", str(page)) == 0
    assert page.read_text(encoding="utf-8") == reference.attributions()
    assert list(tmp_path.iterdir()) == [page]
    capsys.readouterr()
    assert run("attributions") == 0
    assert capsys.readouterr().out == reference.attributions()
