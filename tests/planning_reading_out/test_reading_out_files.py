"""`population summary` with its ways of reading, and the files it writes."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from lake_tables import FakeLake, make_home
from reading_people import homes, person_file

from doorstep.cli.population import group as population
from doorstep.errors import DoorstepError
from doorstep.planning import person_file as on_disk
from doorstep.planning.reading_out import Reading, Sheet, write

SHEET = Sheet("sizes", "Sizes", ("who", "people", "percent"), (("all", 40, 100.0), ("few", "*", None)))
BAR = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}


def reading(*sheets: Sheet) -> Reading:
    return Reading("test", "A test", sheets, ("One note.",))


def test_files_are_a_table_each_and_what_they_were_made_from(tmp_path: Path) -> None:
    files = write(reading(SHEET), tmp_path / "out", made_of={"snapshot": "abc", "as_at": date(2026, 9, 30)})
    assert [f.name for f in files] == ["about.json", "sizes.csv"]
    assert (tmp_path / "out" / "sizes.csv").read_text() == "who,people,percent\nall,40,100.0\nfew,*,\n"
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert about["notes"] == ["One note."] and about["made_of"] == {"snapshot": "abc", "as_at": "2026-09-30"}


def test_a_chart_is_written_as_its_specification_and_drawn_where_that_can_be_done(tmp_path: Path) -> None:
    charted = Sheet("sizes", "Sizes", SHEET.columns, SHEET.rows, BAR)
    files = {f.name: f for f in write(reading(charted), tmp_path / "out", made_of={})}
    assert set(files) == {"about.json", "sizes.csv", "sizes.png", "sizes.svg", "sizes.vl.json"}
    assert files["sizes.png"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in files["sizes.svg"].read_text()


def test_without_the_drawing_package_the_specification_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.planning.reading_out.writing.find_spec", lambda name: None)
    charted = Sheet("sizes", "Sizes", SHEET.columns, SHEET.rows, BAR)
    files = write(reading(charted), tmp_path / "out", made_of={})
    assert [f.name for f in files] == ["about.json", "sizes.csv", "sizes.vl.json"]


def test_a_folder_that_holds_files_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(DoorstepError, match="holds files"):
        write(reading(SHEET), tmp_path, made_of={})
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_what_cannot_be_drawn_leaves_no_folder_behind(tmp_path: Path) -> None:
    broken = Sheet("sizes", "Sizes", SHEET.columns, SHEET.rows, {"mark": "no such mark"})
    with pytest.raises(ValueError):
        write(reading(broken), tmp_path / "out", made_of={})
    assert not (tmp_path / "out").exists()


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a caller of `population` in a home whose newest person table has 160 people."""
    lsoa = homes()
    rows = [
        {
            "lsoa21": lsoa[1 if i % 2 else 5], "imd_quintile": 1 if i % 2 else 5, "practice": "N84001",
            "nhse_national": "ltc" if i % 4 else "healthy_well", "in_national_group": i % 4 == 1,
            "in_halton_1": i % 5 == 0, "emergency_bed_days_12m": 10 * (i < 40), "emergency_admissions_12m": int(i < 40),
        }
        for i in range(160)
    ]  # fmt: skip
    (tmp_path / "home").mkdir()
    home = make_home(tmp_path / "home")
    person = person_file(tmp_path / "person", rows)
    person.meta.update(_MADE_OF)
    monkeypatch.setenv("DOORSTEP_HOME", str(home.root))
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")
    monkeypatch.setattr("doorstep.records.open_lake", lambda *_, **__: FakeLake(duckdb.connect()), raising=False)
    monkeypatch.setattr(on_disk, "newest_person_file", lambda *_: person)

    def call(*words: str) -> Result:
        result = CliRunner().invoke(population, ["summary", *words], standalone_mode=False)
        if isinstance(result.exception, DoorstepError):
            raise result.exception
        assert result.exception is None, result.output
        return result

    return call


_MADE_OF = {
    "unreviewed": ["x@1"], "definitions": {"x@1": ""}, "place": "Sefton", "known_by": "2026-10-31",
    "snapshot": "a" * 64, "group": "x@1", "basis": "conditions and risk", "risk": {"rule": "x@1", "label": "a score"},
}  # fmt: skip


@pytest.mark.parametrize("by", ["group", "segment", "cohort", "use"])
def test_text_json_and_files_have_the_same_numbers(call: Any, tmp_path: Path, by: str) -> None:
    text = call("--by", by, "--out", str(tmp_path / "text")).output
    found = json.loads(call("--by", by, "--out", str(tmp_path / "json"), "--json").output)
    for name, table in found["tables"].items():
        with (tmp_path / "json" / f"{name}.csv").open(newline="") as file:
            written = [tuple(row.values()) for row in csv.DictReader(file)]
        assert written == [tuple("" if v is None else str(v) for v in row.values()) for row in table["rows"]]
        assert (tmp_path / "text" / f"{name}.csv").read_text() == (tmp_path / "json" / f"{name}.csv").read_text()
        assert table["title"] in text
    assert f"{len(found['files'])} files written to {tmp_path / 'text'}." in text
    assert "1 of 1 definitions are unreviewed" in text
    assert "p0000000" not in text + json.dumps(found)


def test_areas_are_in_the_files_and_everybody_on_the_screen(call: Any, tmp_path: Path) -> None:
    text = call("--by", "segment", "--area", "msoa", "--without-quintiles").output
    assert "further rows, of each area: --out FOLDER or --json" in text
    assert "Sefton 0" not in text


def test_an_option_of_another_reading_is_refused(call: Any) -> None:
    with pytest.raises(DoorstepError, match="--area cannot be used with --by use"):
        call("--by", "use", "--area", "lad")
    with pytest.raises(DoorstepError, match="--costs cannot be used with --by segment"):
        call("--by", "segment", "--costs", "x.csv")
    with pytest.raises(DoorstepError, match="there is no file"):
        call("--by", "use", "--costs", "x.csv")
