"""What `status`, `quarantine` and the settings say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_lake import OUTSIDE, Made, patient, spell

from doorstep.cli.records import group
from doorstep.errors import ConfigurationError, UsageError
from doorstep.records import purposes, status
from doorstep.records.deliveries import find_deliveries
from doorstep.records.lake import open_lake
from doorstep.records.opt_outs import load_cleaned_list


def twenty_people(made: Made) -> None:
    """Twenty patients aged 76, of whom the cleaned list names twelve."""
    text = purposes.example(date(2099, 1, 1)).replace('"not_applicable"', '"apply"')
    made.home.purposes_file.write_text(text)
    path = made.home.root / "list.csv"
    path.write_text("key\n" + "".join(f"k{n}\n" for n in range(12)))
    load_cleaned_list(made.home, path, dated=date(2026, 7, 1))
    people = [patient(f"k{n}", birth_on="1950-01-01", ethnicity="A", lsoa21="E01006920") for n in range(20)]
    made.load_rows("2026-08-20", person=people)


def test_the_share_withheld_is_shown_by_age_ethnicity_and_quintile(made: Made) -> None:
    twenty_people(made)
    found = [w for w in status.withheld_people(made.home, date(2026, 8, 20)) if w.flow == "gp"]
    assert {(w.breakdown, w.group): (w.withheld, w.people) for w in found if w.breakdown != "quintile"} == {
        ("total", "everyone"): ("8", "20"),
        ("age", "70-79"): ("8", "20"),
        ("ethnicity", "A"): ("8", "20"),
    }
    assert [(w.withheld, w.people) for w in found if w.breakdown == "quintile"] == [("8", "20")]


def test_nobody_withheld_is_an_empty_table(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03")])
    assert status.withheld_people(made.home, date(2026, 8, 20)) == []


def test_quarantine_counts_reasons_and_prints_no_key(made: Made) -> None:
    slot = {"key_scheme": "local:emis", "appointment_on": "2026-07-01"}
    made.load_rows(
        "2026-08-20",
        appointment=[{**slot, "person_key": f"guid-{n}", "appointment_id": str(n)} for n in range(3)],
        spell=[spell("SECRET", "s1", "2026-07-03", **OUTSIDE), {"outcome": "refused", "reason": "no date"}],
    )
    assert status.quarantine(made.home) == [
        ("2026-08-20_appointment.csv", "unlinked", "the person key is in no patient file yet", 3),
        ("2026-08-20_spell.csv", "out_of_scope", "not a person, practice or area of this Place", 1),
        ("2026-08-20_spell.csv", "refused", "no date", 1),
    ]
    said = CliRunner().invoke(group, ["quarantine", "--home", str(made.home.root)]).output
    assert "guid" not in said and "SECRET" not in said
    assert len(status.quarantine(made.home, "2026-08-20_spell")) == 2


def test_status_says_the_same_as_text_and_as_json(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03"), {"outcome": "refused", "reason": "no date"}])
    text = CliRunner().invoke(group, ["status", "--home", str(made.home.root)]).output
    found = json.loads(CliRunner().invoke(group, ["status", "--home", str(made.home.root), "--json"]).output)
    assert found["files"][0]["outcomes"]["refused"] == 1
    assert "2026-08-20_spell.csv" in text and "every file adds up" in text


def test_opt_outs_from_the_command_line_publish_a_snapshot_once(made: Made) -> None:
    path = made.home.root / "list.csv"
    path.write_text("NHS_Number\n999 000 0018\n")
    command = ["opt-outs", str(path), "--dated", "2026-07-01", "--home", str(made.home.root)]
    assert "1 people have not opted out" in CliRunner().invoke(group, command).output
    assert "in the lake already" in CliRunner().invoke(group, command).output


def test_a_folder_of_deliveries_is_loaded_in_order_of_arrival(made: Made) -> None:
    for day in ("2026-09-20", "2026-07-20", "2026-08-20"):
        made.deliver(day, one={"spell": [spell("a", day, "2026-06-03")]})
    assert [d.received_on.isoformat() for d in find_deliveries([made.inbox], None)] == [
        "2026-07-20", "2026-08-20", "2026-09-20",
    ]  # fmt: skip
    assert [x.received_on for x in find_deliveries([made.inbox], date(2026, 10, 1))] == [date(2026, 10, 1)]


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ('received_on = "2026-08-20"', ConfigurationError, "without quotes"),
        ("received_on = 2199-01-01", UsageError, "has not come yet"),
        ("", ConfigurationError, "received_on is None"),
    ],
)
def test_a_delivery_without_a_usable_day_is_refused(made: Made, text: str, error: type[Exception], match: str) -> None:
    folder = made.deliver("2026-08-20", one={"spell": []})
    (folder / "delivery.toml").write_text(text)
    with pytest.raises(error, match=match):
        made.load(folder)


def test_nothing_to_load_is_said(made: Made, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="nothing to load"):
        made.load(tmp_path / "empty")
    with pytest.raises(UsageError, match="no such file"):
        made.load(tmp_path / "missing.csv")


def test_a_memory_setting_that_is_no_size_is_refused(made: Made) -> None:
    made.home.config_file.write_text('format = 1\nplace = "Testing"\n[records]\nmemory = "lots"\n')
    with pytest.raises(ConfigurationError, match="memory is 'lots'"):
        open_lake(made.home)
