"""`doorstep centres`: the sentence, the tables, the files and the exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from doorstep.cli.centres import group
from doorstep.errors import UsageError
from doorstep.geography.siting.hours import DAYS


def run(*words: str) -> str:
    done = CliRunner().invoke(group, list(words), catch_exceptions=False)
    return done.output


def test_a_council_gets_a_sentence_with_its_gap_and_a_table_by_quintile(tmp_path: Path) -> None:
    out = tmp_path / "centres.csv"
    text = run("site", "--place", "Halton", "--n", "3", "--kinds", "library,hospital", "--out", str(out))
    assert "3 of 7 candidate sites give" in text and "of the best possible: every choice was counted." in text
    assert "quintile 1, most deprived" in text and "tenth with furthest to go" in text
    assert "Nothing ships of public transport" in text
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert sum(int(r["people_nearest"]) for r in rows) == 128_508  # the people of Halton


def test_json_and_geojson_hold_the_same_centres(tmp_path: Path) -> None:
    out = tmp_path / "centres.geojson"
    told = json.loads(run("site", "--place", "Halton", "--n", "2", "--out", str(out), "--json"))
    points = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert [p["properties"]["site"] for p in points] == [c["site"] for c in told["centres"]]
    assert told["bound"] <= told["value"]
    assert told["certified_gap"] < 0.01
    for point in points:
        lon, lat = point["geometry"]["coordinates"]
        assert -2.9 < lon < -2.5 and 53.2 < lat < 53.5  # Halton


def test_fixed_centres_stay_and_are_shown_before_and_after(tmp_path: Path) -> None:
    first = json.loads(run("site", "--place", "Halton", "--n", "1", "--json"))["centres"][0]
    fixed = tmp_path / "fixed.csv"
    fixed.write_text(
        f"site,easting,northing\n{first['site']},{first['easting']},{first['northing']}\n", encoding="utf-8"
    )
    told = json.loads(run("site", "--place", "Halton", "--n", "1", "--fixed", str(fixed), "--json"))
    assert [c["how"] for c in told["centres"]] == ["stands already", "repurposed"]
    assert told["centres"][0]["site"] == first["site"] != told["centres"][1]["site"]
    everyone = told["by_quintile"][0]
    assert everyone["mean"] < everyone["mean_before"]


def test_another_ending_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither CSV nor GeoJSON"):
        run("site", "--place", "Halton", "--n", "1", "--out", str(tmp_path / "x.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_hours_that_fall_short_are_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_text(
        "site," + ",".join(DAYS) + "\nA," + "08:00-20:00," * 6 + "\nB," + "08:00-20:00," * 5 + "09:00-17:00,\n",
        encoding="utf-8",
    )
    text = run("hours", str(path))
    assert "NO     B     5 days of 12 hours, and the rule is 6: short are Saturday 8, Sunday 0" in text
    assert "1 of 2 sites meet" in text
