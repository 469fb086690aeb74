"""NHS code sets: the values of the guide and the template, each row saying how far it was checked."""

from __future__ import annotations

from typing import Any

import duckdb

from doorstep import reference
from doorstep.returns.figures import ETHNIC_GROUPS


def codeset(name: str, column: str = "meaning") -> dict[str, Any]:
    query = f"select code, {column} from '{reference.table('codesets')}' where set_name = ? order by code"
    return dict(duckdb.connect().execute(query, [name]).fetchall())


def test_every_ethnic_category_has_one_of_the_returns_six_groups() -> None:
    groups = codeset("ethnic_group_of_category")
    assert set(groups) == set(codeset("ethnic_category_16plus1"))
    assert set(groups.values()) == set(ETHNIC_GROUPS)
    assert {code for code, group in groups.items() if group == "Not known"} == {"Z", "99"}
    assert groups["R"] == "Asian"


def test_non_elective_methods_are_the_templates_seventeen() -> None:
    listed = ["21", "22", "23", "24", "25", "2A", "2B", "2C", "2D", "28", "31", "32", "82", "83", "81", "84", "89"]
    assert set(codeset("admission_method_non_elective")) == set(listed)
    assert set(listed) < set(codeset("admission_method"))
    assert set(codeset("admission_method_non_elective", "status").values()) == {"verified"}


def test_retired_methods_have_a_last_day() -> None:
    last = codeset("admission_method", "valid_to")
    assert {code for code, day in last.items() if day} == {"28", "84", "89"}


def test_specific_acute_leaves_out_the_recalled_functions() -> None:
    spans = [(650, 662), (710, 715), (720, 727)]
    listed = {223, 290, 291, 331, 344, 345, 346, 360, 424, 499, 501, 504, 560, 700, 730, 840, 920}
    listed |= {code for first, last in spans for code in range(first, last + 1)}
    assert {int(code) for code in codeset("treatment_function_not_specific_acute")} == listed
    assert set(codeset("treatment_function_not_specific_acute", "status").values()) == {"recalled"}


def test_emergency_codes_are_the_templates() -> None:
    ambulance = set(codeset("ecds_arrival_mode_ambulance"))
    assert ambulance == {"1048051000000107", "1048031000000100", "1048041000000109"}
    assert ambulance < set(codeset("ecds_arrival_mode"))
    verified = [code for code, status in codeset("ecds_acuity", "status").items() if status == "verified"]
    assert set(verified) == {"1064891000000107", "1064911000000105", "1064901000000108", "1077241000000103"}
    assert codeset("ecds_acuity")["1064911000000105"].startswith("2")


def test_outpatient_sets_agree_with_the_definitions() -> None:
    assert set(codeset("attended_seen")) == {"5", "6"}
    assert set(codeset("first_attendance_new")) == {"1", "3"}
    assert set(codeset("first_attendance_follow_up")) == {"2", "4"}
    assert set(codeset("main_specialty_not_consultant")) == {"199", "499", "560", "950", "960"}


def test_codes_keep_their_leading_noughts() -> None:
    assert {"01", "02", "03", "04", "05"} <= set(codeset("ecds_department_type"))


def test_every_row_says_how_far_it_was_checked() -> None:
    query = f"select distinct status from '{reference.table('codesets')}'"
    statuses = {row[0] for row in duckdb.connect().execute(query).fetchall()}
    assert statuses == {"verified", "secondary", "inferred", "recalled"}
    blank = f"select count(*) from '{reference.table('codesets')}' where meaning is null or source is null"
    assert duckdb.connect().execute(blank).fetchall() == [(0,)]
