"""A whole return from a home: figures, provenance, and when it stops."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from return_home import HandLake, make_home, use_rows
from return_tables import one_person

from doorstep import planning, reference
from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.home import Home
from doorstep.planning import cohorts
from doorstep.planning.building import BuiltReturn, build_return
from doorstep.planning.choices import catalogue
from doorstep.returns import COLUMNS, METRICS

JULY = date(2026, 7, 1)


def an_lsoa(decile: int) -> str:
    """An LSOA of this decile of 2025, from the table that ships."""
    sql = f"select min(lsoa21) from '{reference.table('lsoa21')}' where imd2025_decile = {decile}"
    return str(duckdb.connect().execute(sql).fetchall()[0][0])


def small_place() -> dict[str, list[dict[str, Any]]]:
    """Two members, one of them on the caseload, and a little activity."""
    return {
        "person": [
            one_person(lsoa21=an_lsoa(1)),
            one_person(person_id="p2", record_id="g2", birth_on="1940-05-05", ethnicity=None, lsoa21=an_lsoa(10)),
        ],
        "cohort": [
            {"person_id": p, "cohort_name": "local", "identified_on": "2026-01-05", "received_on": "2026-06-01"}
            for p in ("p1", "p2")
        ],
        "caseload": [
            {"person_id": p, "case_id": p, "opened_on": "2026-02-01", "is_nnhip": True} for p in ("p1", "p3")
        ],
        "emergency": [
            emergency("a1", "p1", "2026-07-05", acuity="1077251000000100", arrival_mode="1048031000000100"),
            emergency("a2", "p2", "2026-07-06", department_type=None),
            emergency("a3", "p2", "2026-07-07", department_type="03"),
        ],
        "spell": [
            spell("s1", "p1", "2026-06-20", "2026-07-04", last_treatment_function="300"),
            spell("s2", "p1", "2026-07-10", "2026-07-11", last_treatment_function="710"),
            spell("s3", "p2", "2026-07-30", None, last_treatment_function="300"),
        ],
        "outpatient": [
            {
                "person_id": "p1", "provider": "R1", "appointment_id": "o1", "appointment_on": "2026-07-02",
                "attended": "5", "first_attendance": "5", "main_specialty": "300",
            }
        ],
    }  # fmt: skip


def emergency(key: str, person: str, day: str, **fields: Any) -> dict[str, Any]:
    usual = {"provider": "R1", "attendance_id": key, "person_id": person, "arrived_on": day, "department_type": "01"}
    return {**usual, **fields}


def spell(key: str, person: str, admitted: str, discharged: str | None, **fields: Any) -> dict[str, Any]:
    usual = {"provider": "R1", "spell_id": key, "person_id": person, "admitted_on": admitted, "admission_method": "21"}
    return {**usual, "discharged_on": discharged, "patient_classification": "1", **fields}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    use_rows(monkeypatch, {"snap1": small_place()})
    return make_home(tmp_path)


def built(home: Home, **options: Any) -> BuiltReturn:
    return build_return(home, place="Sefton", month=JULY, known_by=date(2026, 9, 20), **options)


def test_a_return_has_its_figures_and_says_where_they_come_from(home: Home) -> None:
    found = built(home)
    told = json.loads(json.dumps(found.provenance))
    assert (found.figures.patients[0], found.figures.caseload) == (2, 2)
    assert {m: line[0] for m, line in found.figures.counts.items() if line[0]} == {
        "O2b": 1, "O3": 14, "O5a": 1, "O5b": 1,
    }  # fmt: skip
    assert (told["place"], told["month"], told["known_by"], told["snapshot"]) == (
        found.figures.place, "2026-07-01", "2026-09-20", "snap1",
    )  # fmt: skip
    assert told["figures"]["counts"]["O3"] == list(found.figures.counts["O3"])
    assert [d["metric"] for d in told["definitions"]] == [*METRICS, "P1"]
    assert told["people"]["O5b"] == 1
    assert told["ethnicity_sources"] == {"gp": 1, "not known": 1}
    assert told["completeness"] == [{"flow": "emergency", "rows": 3}]
    assert "never send" in told["handling"]


def test_what_no_metric_counts_is_shown_with_events_and_people(home: Home) -> None:
    told = {r["id"]: (r["events"], r["people"]) for r in built(home).provenance["remainders"]}
    assert {k: v for k, v in told.items() if v != (0, 0)} == {
        "o1_other_first_attendance": (1, 1),
        "o2_removed_by_function_list": (1, 1),
        "o4_acuity_5_or_missing": (1, 1),
        "o5_null_type": (1, 1),
    }


def test_days_occupied_fall_in_the_month_they_were_spent(home: Home) -> None:
    # s1: nights of 1, 2 and 3 July; s3: nights of 30 and 31 July, not discharged yet; s2 is not specific acute
    assert built(home).provenance["occupied_bed_days"] == (3 + 2)


def test_overlaps_are_reported_and_nobody_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = [("44054006", "diabetes"), ("38341003", "hypertension")]
    coded = [
        {"person_id": "p1", "practice": "N1", "entry_id": name, "code": code, "recorded_on": "2020-01-01"}
        for code, name in conditions
    ]
    use_rows(monkeypatch, {"snap1": {**small_place(), "coded": coded}})
    home = make_home(tmp_path)
    told = built(home).provenance
    assert told["overlaps"] == {
        "patients": 2, "caseload": 2, "caseload_among_patients": 1, "caseload_not_among_patients": 1,
    }  # fmt: skip
    group = told["national_group"]
    assert (group["people"], group["patients_in_it"], group["caseload_in_it"]) == (1, 1, 1)
    assert group["group"] == "national_target_group@1, by conditions and risk"
    assert "the guide's proxy" in group["risk"]


def test_patients_are_counted_by_sex_which_the_template_has_no_column_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = small_place()
    rows["person"][1]["sex"] = "X"
    use_rows(monkeypatch, {"snap1": rows})
    counts = built(make_home(tmp_path)).provenance["patients_by_sex"]
    assert counts == {"female": 1, "male": 0, "indeterminate": 0, "not known": 1}


def test_same_day_emergencies_are_shown_by_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = small_place()
    rows["emergency"] += [
        emergency(f"b{n}", "p1", "2026-07-08", provider="R2", department_type=kind)
        for n, kind in enumerate(("05", "05", "05", "01"))
    ]
    rows["spell"].append(spell("s9", "p1", "2026-07-08", "2026-07-08", provider="R2", last_treatment_function="300"))
    use_rows(monkeypatch, {"snap1": rows})
    first, second = built(make_home(tmp_path)).provenance["departments"]
    assert (first["provider"], first["attendances"], first["type_not_known"], first["share_of_type_05"]) == (
        "R1", 3, 1, 0,
    )  # fmt: skip
    assert second == {
        "provider": "R2", "attendances": 4, "type_01": 1, "type_05": 3, "other_types": 0, "type_not_known": 0,
        "spells_in_O2a": 1, "share_of_type_05": 0.75,
    }  # fmt: skip


def test_practices_without_appointments_are_named_beside_o6a(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slot(practice: str, key: str, profile: str) -> dict[str, Any]:
        usual = {"practice": practice, "appointment_id": key, "appointment_on": "2026-07-02", "profile": profile}
        return {**usual, "person_id": "somebody", "status": "Attended"}

    sent = [slot("N84001", "1", "appointments_flat@1"), slot("N84001", "2", "emis@1"), slot("N84002", "3", "emis@1")]
    people = [{**row, "practice": "N84001"} for row in small_place()["person"]]
    use_rows(monkeypatch, {"snap1": {**small_place(), "person": people, "appointment": sent}})
    told = built(make_home(tmp_path, ("N84001", "N84002", "N84003"))).provenance
    found = {
        p["practice"]: (p["appointments"], p["from"], p["has_data"]) for p in told["appointment_coverage"]["practices"]
    }
    assert found == {
        "N84001": (1, "flat file, slots not counted", True),
        "N84002": (1, "slots", True),
        "N84003": (0, "nothing", False),
    }
    pcns = told["appointment_coverage"]["pcns"]
    assert sum(p["practices"] for p in pcns) == 3
    assert sum(p["with_data"] for p in pcns) == 2
    assert [
        w
        for w in told["warnings"]
        if w.startswith("O6a is not complete: 1 of the Place's 3 practices") and "N84003" in w
    ]


def test_a_long_list_of_practices_without_appointments_is_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rows(monkeypatch, {"snap1": small_place()})
    told = built(make_home(tmp_path, [f"N{n}" for n in range(9)])).provenance
    (warning,) = [w for w in told["warnings"] if w.startswith("O6a is not complete")]
    assert "N4 (no PCN known) and 4 more, listed in the provenance" in warning


def test_completeness_is_plain_json_down_to_the_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rows(monkeypatch, {"snap1": small_place()})
    row = {"provider": "R1", "coded": {"acuity": 0.5}, "month": JULY}
    monkeypatch.setattr("doorstep.records.completeness", lambda con, month: [row], raising=False)
    told = json.loads(json.dumps(built(make_home(tmp_path)).provenance))
    assert told["completeness"] == [{"provider": "R1", "coded": {"acuity": 0.5}, "month": "2026-07-01"}]


def test_the_national_group_comes_from_a_person_table_that_is_there_already(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(home).provenance["national_group"]
    monkeypatch.setattr("doorstep.planning.engine.duck.write_person_table", lambda *a, **k: pytest.fail("built again"))
    assert built(home).provenance["national_group"] == first


def test_the_rooms_door_opens_more_than_once(home: Home) -> None:
    for _ in range(2):
        assert callable(planning.build_return)
        assert callable(planning.explain_change)


def test_a_recalled_list_is_a_warning_with_the_spells_it_removes(home: Home) -> None:
    warnings = " ".join(built(home).provenance["warnings"])
    assert "recalled, not verified; it removes 1 spells" in warnings
    assert "no appointment was left out of O6a" in warnings
    assert all("recalled" in u or "inferred" in u or "verified" in u for u in built(home).provenance["unreviewed"])


def test_every_choice_is_printed_with_the_totals_under_its_other_options(home: Home) -> None:
    choices = {c["id"]: c for c in built(home).provenance["choices"]}
    assert list(choices) == list(catalogue())
    for choice in catalogue().values():
        assert list(choices[choice.id]["totals_under_other_options"]) == list(choice.option_ids[1:])
    assert choices["o2_function_list"]["totals_under_other_options"]["none"] == {"O2a": 0, "O2b": 2, "O3": 15}
    assert choices["o5_null_type"]["totals_under_other_options"]["o5b"] == {"O5b": 2}
    assert choices["cohort"]["totals_under_other_options"]["baseline"]["patients"] == 0
    # the totals of the variations do not disturb what was built
    assert built(home).figures.counts["O2b"][0] == 1


def test_a_places_own_option_is_used_from_its_month_on(home: Home) -> None:
    home.choices_file.write_text(
        '[[choice]]\nid = "o2_function_list"\noption = "none"\nfrom = "2026-07"\ndecided_by = "Board"\n'
    )
    found = built(home)
    choice = next(c for c in found.provenance["choices"] if c["id"] == "o2_function_list")
    assert (choice["option"], choice["set_from"], found.figures.counts["O2b"][0]) == ("none", "2026-07", 2)
    assert list(choice["totals_under_other_options"]) == ["recalled"]
    home.choices_file.write_text('[[choice]]\nid = "o2_function_list"\noption = "none"\nfrom = "2026-08"\n')
    assert built(home).figures.counts["O2b"][0] == 1


def test_a_changed_option_is_a_break_in_the_series(home: Home) -> None:
    entries = (("iod2025", "2026-01"), ("imd2019", "2026-04"))
    home.choices_file.write_text(
        "".join(f'[[choice]]\nid = "deprivation_index"\noption = "{o}"\nfrom = "{m}"\n' for o, m in entries)
    )
    assert (
        "break in series: deprivation_index changed from iod2025 to imd2019 in April 2026"
        in built(home).provenance["warnings"]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[choice]]\nid = "o9"\noption = "x"\nfrom = "2026-01"\n', "no choice 'o9'"),
        ('[[choice]]\nid = "o6a_role"\noption = "nurse"\nfrom = "2026-01"\n', "one of gp, all"),
        ('[[choice]]\nid = "o6a_role"\noption = "all"\n', "from = None"),
        ('[[choice]]\nid = "o6a_role"\noption = "all"\nfrom = "2026-01"\nuntil = "2026-02"\n', "not known"),
        ('[[choice]]\nid = "o6a_role"\noption = "all"\nfrom = "2026-01"\nbaseline_on = 2026-01-01\n', "baseline_on"),
        ('o6a_role = "all"\n', "not known"),
    ],
)
def test_a_wrong_choices_file_says_what_to_write(home: Home, text: str, message: str) -> None:
    home.choices_file.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        built(home)


def test_somebody_frozen_into_the_baseline_is_followed_though_the_list_has_dropped_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = small_place()
    later["cohort"] = later["cohort"][:1]
    use_rows(monkeypatch, {"snap1": small_place(), "snap2": later})
    home = make_home(tmp_path)
    with HandLake(small_place(), "snap1", date(2026, 6, 30)) as lake:
        cohorts.freeze(home, lake, "local", signed_by="Dr A", on=date(2026, 6, 30))
    assert built(home).figures.patients[0] == 1
    home.choices_file.write_text('[[choice]]\nid = "cohort"\noption = "baseline"\nfrom = "2026-07"\n')
    found = built(home)
    assert (found.figures.patients[0], found.figures.counts["O5b"][0]) == (2, 1)


def test_a_return_stops_without_a_main_provider_unless_a_reason_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rows(monkeypatch, {"snap1": small_place()}, stops=["R1 sent no emergency rows for July 2026"])
    home = make_home(tmp_path)
    for reason in (None, "  "):
        with pytest.raises(DataError, match="R1 sent no emergency rows"):
            built(home, accept_incomplete=reason)
    told = built(home, accept_incomplete="R1 changed its system").provenance
    assert told["accepted_incomplete"] == "R1 changed its system"
    assert told["stop_reasons"] == ["R1 sent no emergency rows for July 2026"]


def test_a_return_stops_where_a_flow_never_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stops = ["spell: R1 has no rows for July 2026, about 40 expected"]
    rows = {**small_place(), "spell": []}
    use_rows(monkeypatch, {"snap1": rows}, stops=stops, needs_flows=True)
    home = make_home(tmp_path)
    with pytest.raises(DataError, match="community: nothing has arrived for July 2026, so O6b would be 0"):
        built(home)
    told = built(home, accept_incomplete="no community data are held yet").provenance["stop_reasons"]
    assert told == [
        *stops,
        "appointment: nothing has arrived for July 2026, so O6a would be 0",
        "community: nothing has arrived for July 2026, so O6b would be 0",
    ]


def test_a_cohort_without_members_is_an_error(home: Home) -> None:
    with pytest.raises(UsageError, match="no cohort other"):
        built(home, cohort="other")
    with pytest.raises(UsageError):
        build_return(home, place="Atlantis", month=JULY, known_by=JULY)


def test_only_rows_received_by_the_knowledge_date_are_counted(home: Home) -> None:
    with pytest.raises(UsageError, match="no cohort local"):
        build_return(home, place="Sefton", month=JULY, known_by=date(2026, 5, 31))


def test_who_and_what_was_counted_can_be_looked_at_row_by_row(home: Home) -> None:
    with planning.counted_month(home, place="Sefton", month=JULY, known_by=date(2026, 9, 20)) as con:
        rows = con.execute("select metric, person_id, fact_key, value from contribution order by all").fetchall()
        patients = con.execute("select person_id from denominator order by all").fetchall()
    assert rows == [
        ("O2b", "p1", "R1|s1", 1),
        ("O3", "p1", "R1|s1", 14),
        ("O5a", "p1", "R1|a1", 1),
        ("O5b", "p2", "R1|a3", 1),
        ("P1", "p1", "p1", 1),
        ("P1", "p3", "p3", 1),
    ]
    assert patients == [("p1",), ("p2",)]


def test_a_home_counts_for_its_own_place_only(home: Home) -> None:
    with pytest.raises(UsageError, match="this home is Sefton's, and Croydon was asked for"):
        planning.build_return(home, place="Croydon", month=JULY, known_by=date(2026, 9, 20))


def test_the_centres_set_counts_by_its_own_rules(home: Home) -> None:
    counts = built(home, metric_set="centre").figures.counts
    assert counts["O2b"][0] == 2
    assert sum(counts["O2b"][1:11]) == 2
    assert len(counts["O2b"]) == len(COLUMNS)


def test_a_month_before_anybody_was_found_is_no_return(home: Home) -> None:
    with pytest.raises(DataError, match="nobody in the cohort 'local' is a patient of January 2020"):
        planning.build_return(
            home, place="Sefton", month=date(2020, 1, 1), known_by=date(2026, 9, 20), accept_incomplete="a test"
        )


def test_a_rule_that_stands_in_for_a_list_of_its_name_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [w for w in built(home).provenance["warnings"] if "is not used" in w]
    monkeypatch.setattr("doorstep.planning.building.definition_of", lambda *_: "local@1")
    told = [w for w in built(home).provenance["warnings"] if "is not used" in w]
    assert told == ["cohort local: counted from the rule local@1; the list of that name (2 people) is not used"]
