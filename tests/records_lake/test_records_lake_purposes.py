"""What the data controller allows: flows, expiry, the cleaned list, Type 1 objections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from made_lake import Made, patient, spell

from doorstep.errors import ConfigurationError, DataError
from doorstep.records import purposes
from doorstep.records.lake import open_lake
from doorstep.records.opt_outs import load_cleaned_list
from doorstep.records.row_outcomes import by_file
from doorstep.records.status import hide_small

ENTRY = '[{flow}.planning]\nbasis = "b"\nreference = "r"\nexpires = {expires}\nopt_out = "{rule}"\n'


def allow(made: Made, flow: str, *, rule: str = "not_applicable", expires: str = "2099-01-01") -> None:
    made.home.purposes_file.write_text(ENTRY.format(flow=flow, rule=rule, expires=expires))


def cleaned_list(made: Made, *keys: str, dated: str = "2026-07-01") -> None:
    path = Path(made.home.root) / f"list-{dated}.csv"
    path.write_text("key\n" + "".join(f"{k}\n" for k in keys))
    load_cleaned_list(made.home, path, dated=date.fromisoformat(dated))


def spell_ids(made: Made, snapshot: str | None = None) -> list[str]:
    with open_lake(made.home, snapshot=snapshot) as lake:
        return [row[0] for row in lake.connection().execute("SELECT spell_id FROM spell ORDER BY 1").fetchall()]


TWO = [spell("a", "s1", "2026-07-03"), spell("b", "s2", "2026-07-03")]


def test_a_flow_without_a_purpose_is_refused_with_the_fix(made: Made) -> None:
    allow(made, "gp")
    with pytest.raises(ConfigurationError, match=r"\[hospital.planning\] to purposes.toml"):
        made.load_rows("2026-08-20", spell=TWO)
    assert spell_ids(made) == []


def test_a_flow_without_a_purpose_does_not_stop_the_others(made: Made) -> None:
    allow(made, "gp")
    found = made.load_rows("2026-08-20", spell=TWO, person=[patient("a")])
    assert [r.name for r in found.refused] == ["2026-08-20_spell.csv"]
    assert [i.name for i in found.loads[0].inputs] == ["2026-08-20_person.csv"]


def test_an_expired_purpose_is_refused(made: Made) -> None:
    allow(made, "hospital", expires="2020-01-01")
    with pytest.raises(ConfigurationError, match="ended on 2020-01-01"):
        made.load_rows("2026-08-20", spell=TWO)


def test_where_the_opt_out_applies_nothing_loads_before_there_is_a_cleaned_list(made: Made) -> None:
    allow(made, "hospital", rule="apply")
    with pytest.raises(ConfigurationError, match="no cleaned list yet"):
        made.load_rows("2026-08-20", spell=TWO)


def test_people_not_on_the_cleaned_list_are_withheld_in_the_flows_it_applies_to(made: Made) -> None:
    made.home.purposes_file.write_text(
        ENTRY.format(flow="hospital", rule="apply", expires="2099-01-01")
        + ENTRY.format(flow="gp", rule="not_applicable", expires="2099-01-01")
    )
    cleaned_list(made, "a")
    made.load_rows("2026-08-20", spell=TWO, person=[patient("b")])
    assert spell_ids(made) == ["s1"]
    assert [{o.value: n for o, n in f.counts.items() if n} for f in by_file(made.home)] == [
        {"loaded": 1},
        {"loaded": 1, "withheld": 1},
    ]


def test_a_newer_list_holds_for_what_was_loaded_before_and_an_older_snapshot_keeps_its_own(made: Made) -> None:
    allow(made, "hospital", rule="apply")
    cleaned_list(made, "a", "b")
    before = made.load_rows("2026-08-20", spell=TWO).snapshot
    cleaned_list(made, "b", dated="2026-09-01")
    assert spell_ids(made) == ["s2"]
    assert spell_ids(made, before) == ["s1", "s2"]


def test_a_cleaned_list_that_names_nobody_is_refused(made: Made) -> None:
    with pytest.raises(DataError, match="would withhold everybody"):
        cleaned_list(made)


def test_a_type_1_objection_withholds_the_gp_flow_of_that_person_and_nothing_else(made: Made) -> None:
    entry = {"practice": "P1", "code": "44054006", "recorded_on": "2020-01-01"}
    made.load_rows(
        "2026-08-20",
        person=[patient("a", objection="type1"), patient("b")],
        coded=[{**entry, "person_key": k, "entry_id": k} for k in "ab"],
        spell=TWO,
    )
    with open_lake(made.home) as lake:
        con = lake.connection()
        assert con.execute("SELECT entry_id FROM coded").fetchall() == [("b",)]
        assert con.execute("SELECT count(*) FROM person").fetchall() == [(1,)]
        assert lake.all_versions("coded").project("entry_id").fetchall() == [("b",)]
    assert spell_ids(made) == ["s1", "s2"]


def test_an_objection_that_was_withdrawn_no_longer_withholds(made: Made) -> None:
    made.load_rows("2026-08-20", person=[patient("a", objection="type1")])
    made.load_rows("2026-09-20", person=[patient("a")])
    with open_lake(made.home) as lake:
        assert lake.connection().execute("SELECT count(*) FROM person").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('[moon.planning]\nbasis="b"\nreference="r"\nexpires=2027-01-01\nopt_out="apply"', "not a flow"),
        ('[gp.planning]\nbasis="b"\nreference="r"\nexpires=2027-01-01\nopt_out="maybe"', "opt_out is 'maybe'"),
        ('[gp.planning]\nbasis="b"\nreference="r"\nexpires="soon"\nopt_out="apply"', "expires is 'soon'"),
        ('[gp.planning]\nbasis="b"\nexpires=2027-01-01\nopt_out="apply"', "has basis, expires"),
        ('[gp.planning]\nbasis="b"\nreference="r"\nexpires=2027-01-01\nopt_out="applied_upstream"', "by nobody"),
    ],
)
def test_an_entry_that_cannot_be_acted_on_is_refused(made: Made, text: str, match: str) -> None:
    made.home.purposes_file.write_text(text)
    with pytest.raises(ConfigurationError, match=match):
        purposes.read_purposes(made.home)


def test_the_template_for_the_data_controller_allows_nothing(made: Made) -> None:
    made.home.purposes_file.write_text(purposes.TEMPLATE)
    assert purposes.allowed_flows(made.home, date(2026, 8, 1)) == []
    assert set(purposes.problems(made.home, date(2026, 8, 1))) == set(purposes.FLOWS)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 30], ["10", "20", "30"]),
        ([3, 20, 30], ["*", "*", "30"]),
        ([3, 4, 30], ["*", "*", "30"]),
        ([0, 0, 30, 40], ["*", "*", "*", "40"]),
        ([2], ["*"]),
        ([], []),
    ],
)
def test_small_numbers_of_people_cannot_be_had_by_subtraction(counts: list[int], shown: list[str]) -> None:
    assert hide_small(counts) == shown
