"""The person table: who is in the national group, why, and how that changes with the list of conditions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lake_tables import FakeLake, lake, make_home, spec

from doorstep import reference
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.planning.definitions import PlaceScore, shipped
from doorstep.planning.engine.columns import offered
from doorstep.planning.engine.duck import create_person_table
from doorstep.planning.person_file import build_person_file, ensure_person_file

AS_AT = date(2026, 9, 30)
HERE, AWAY = "N84001", "Y99999"
LISTS = duckdb.execute("select distinct list_id from read_parquet(?)", [str(reference.table("codes"))]).fetchall()
SHELF = offered(shipped(), {name for (name,) in LISTS}).shelf


@pytest.fixture(scope="module")
def codes() -> dict[str, str]:
    path = str(reference.table("codes"))
    rows = duckdb.execute(
        "select list_id, min(code) from read_parquet($p) where code not in (select code from read_parquet($p)"
        " group by code having count(*) > 1) group by 1",
        {"p": path},
    ).fetchall()
    return dict(rows)


def person(name: str, born: str | None = "1950-06-01", practice: str = HERE, **more: Any) -> dict[str, Any]:
    birth = date.fromisoformat(born) if born else None
    return {"person_id": name, "source": "gp", "record_id": name, "birth_on": birth, "practice": practice, **more}


def has(name: str, *codes_of: str) -> list[dict[str, Any]]:
    return [{"person_id": name, "code": c, "recorded_on": date(2020, 1, 1)} for c in codes_of]


def frail(name: str, *diagnoses: str) -> dict[str, Any]:
    return {"person_id": name, "admitted_on": date(2026, 1, 1), "diagnoses": list(diagnoses)}


def table(con: duckdb.DuckDBPyConnection, columns: str, **kwargs: Any) -> dict[str, Any]:
    create_person_table(con, SHELF, as_at=AS_AT, practices=[HERE], **kwargs)
    rows = con.execute(f"select person_id, {columns} from person_table order by 1").fetchall()
    return {row[0]: row[1:] if len(row) > 2 else row[1] for row in rows}


def test_the_group_is_two_conditions_or_one_with_risk(codes: dict[str, str]) -> None:
    two, one = (codes["diabetes"], codes["dementia"]), (codes["diabetes"],)
    names = ["two", "one", "one_frail", "none_frail", "one_low", "child", "ageless", "away", "dead", "left"]
    special: dict[str, dict[str, Any]] = {
        "child": {"born": "2008-10-01"},
        "ageless": {"born": None},
        "away": {"practice": AWAY},
        "dead": {"died_on": date(2026, 9, 29)},
        "left": {"registered_to": date(2026, 9, 29)},
    }
    con = lake(
        person=[person(n, **special.get(n, {})) for n in names],
        coded=[e for n in names for e in has(n, *((one if n.startswith("one") else two) if n != "none_frail" else ()))],
        spell=[frail("one_frail", "F00"), frail("none_frail", "F00"), frail("one_low", "I69")],
    )
    assert table(con, "in_national_group, why") == {
        "two": (True, "2 long-term conditions"),
        "one": (False, "1 long-term condition, risk not known"),
        "one_frail": (True, "1 long-term condition and intermediate risk"),
        "none_frail": (False, "no long-term condition found"),
        "one_low": (False, "1 long-term condition, low risk"),
        "child": (False, "under age"),
        "ageless": (True, "2 long-term conditions"),
        "away": (False, "not registered with a practice of the Place"),
        "dead": (False, "has died"),
        "left": (False, "not registered with a practice of the Place"),
    }


def test_the_birthday_of_adulthood_counts_and_the_last_day_registered_too(codes: dict[str, str]) -> None:
    two = (codes["dementia"], codes["stroke"])
    names = ("today", "tomorrow", "last_day", "first_day", "not_yet", "dies_today")
    con = lake(
        person=[
            person("today", "2008-09-30"),
            person("tomorrow", "2008-10-01"),
            person("last_day", registered_to=AS_AT),
            person("first_day", registered_from=AS_AT),
            person("not_yet", registered_from=date(2026, 10, 1)),
            person("dies_today", died_on=AS_AT),
        ],
        coded=[e for n in names for e in has(n, *two)],
    )
    found = {name for name, is_in in table(con, "in_national_group").items() if is_in}
    assert found == {"today", "last_day", "first_day", "dies_today"}


def test_other_lists_of_conditions_change_the_group(codes: dict[str, str]) -> None:
    con = lake(
        person=[person("obese"), person("old_cancer"), person("both")],
        coded=[
            *has("obese", codes["severe_obesity"], codes["diabetes"]),
            *has("old_cancer", codes["cancer_solid"], codes["diabetes"]),
            *has("both", codes["dementia"], codes["diabetes"]),
        ],
    )
    columns = "ltc_count, ltc_count_all_qof, ltc_count_cms20, in_national_group"
    groups = "in_national_group_by_ltc_count_all_qof, in_national_group_by_ltc_count_cms20"
    assert table(con, f"{columns}, {groups}") == {
        "obese": (1, 2, 1, False, True, False),
        "old_cancer": (2, 2, 1, True, True, False),
        "both": (2, 2, 2, True, True, True),
    }


def test_a_person_is_described_as_of_the_day() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | practice | lsoa21    | resident_from | ethnicity | sex | birth_on   |
        | p1        | gp     | g1        | N84001   | E01000001 |               | R         | 2   | 1946-10-01 |
        | p1        | gp     | g1        | N84001   | E01000002 | 2026-10-01    | R         | 2   | 1946-10-01 |
        | p2        | gp     | g2        | Y99999   | E01999999 |               | Z         |     |            |
        """)
    )
    columns = "age, sex, ethnic_group, lsoa21, imd_decile, imd_quintile, practice, is_registered"
    assert table(con, columns) == {
        "p1": (79, "2", "Asian", "E01000001", 8, 4, "N84001", True),
        "p2": (None, None, "Not known", "E01999999", None, None, "Y99999", False),
    }


def test_of_two_practices_the_one_in_the_place_is_shown() -> None:
    con = lake(person=[person("p1"), {**person("p1", practice=AWAY), "record_id": "other"}])
    assert table(con, "practice, is_registered") == {"p1": (HERE, True)}


def test_the_places_own_score_replaces_the_frailty_score(codes: dict[str, str]) -> None:
    score = PlaceScore(
        id="own", version=3, title="Own", purpose="p", owner="o", source="s", status="inferred",
        review_by=date(2027, 1, 1), scored_on=date(2026, 9, 1), cohort_name="local",
        intermediate_from=0.2, high_from=0.5,
    )  # fmt: skip
    scored = {"just": 0.2, "below": 0.19, "high": 0.5}
    con = lake(
        person=[person(n) for n in (*scored, "frail")],
        coded=[e for n in (*scored, "frail") for e in has(n, codes["diabetes"])],
        spell=[frail("frail", "F00")],
        cohort=[
            {"person_id": n, "cohort_name": "local", "identified_on": date(2026, 1, 1), "risk_score": s}
            for n, s in scored.items()
        ],
    )
    assert table(con, "risk_band, in_national_group", place_score=score) == {
        "just": ("intermediate", True),
        "below": ("low", False),
        "high": ("high", True),
        "frail": (None, False),
    }


def test_without_any_coded_entry_risk_alone_decides() -> None:
    con = lake(person=[person("frail"), person("fit")], spell=[frail("frail", "F00"), frail("fit", "A01")])
    assert table(con, "in_national_group, why") == {
        "frail": (True, "intermediate risk (no coded entries are held)"),
        "fit": (False, "no long-term condition found"),
    }


def test_a_built_table_says_what_it_was_made_from(tmp_path: Path, codes: dict[str, str]) -> None:
    home, con = make_home(tmp_path), lake(person=[person("p1")], coded=has("p1", codes["diabetes"]))
    built = build_person_file(home, FakeLake(con), as_at=AS_AT)
    assert built.folder.name == "2026-09-30_2026-10-31_aaaaaaaa"
    meta = json.loads((built.folder / "meta.json").read_text())
    assert meta == built.meta
    assert (meta["n_people"], meta["basis"], meta["risk"]["rule"]) == (1, "conditions and risk", "hfrs@1")
    assert "blind to people never admitted" in meta["risk"]["label"]
    assert "ltc_count@1" in meta["definitions"] and len(meta["definitions"]["diabetes@1"]) == 64
    assert "diabetes@1" in meta["unreviewed"]
    assert sorted(p.name for p in built.folder.iterdir()) == ["history.parquet", "meta.json", "person.parquet"]
    again = ensure_person_file(home, FakeLake(con), as_at=AS_AT)
    assert again.meta == built.meta


def test_the_same_table_twice_is_the_same_bytes(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    con = lake(person=[person(f"p{i}") for i in range(50)])
    first = build_person_file(home, FakeLake(con), as_at=AS_AT).meta["sha256"]
    assert build_person_file(home, FakeLake(con), as_at=AS_AT).meta["sha256"] == first


def test_a_changed_table_is_noticed_and_a_stale_one_built_again(tmp_path: Path) -> None:
    home, view = make_home(tmp_path), FakeLake(lake(person=[person("p1")]))
    built = build_person_file(home, view, as_at=AS_AT)
    built.path.write_bytes(b"changed")
    with pytest.raises(NotWhatItClaimsError, match="population build"):
        ensure_person_file(home, view, as_at=AS_AT)
    text = (built.folder / "meta.json").read_text().replace("diabetes@1", "diabetes@0")
    (built.folder / "meta.json").write_text(text)
    ensure_person_file(home, view, as_at=AS_AT).check()


def test_a_day_later_than_what_is_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="known by 2026-10-31"):
        build_person_file(make_home(tmp_path), FakeLake(lake()), as_at=date(2026, 11, 1))


def test_two_scores_of_a_place_are_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home.planning / "risk").mkdir(parents=True)
    for name in ("a", "b"):
        (home.planning / "risk" / f"{name}.toml").write_text("")
    with pytest.raises(ConfigurationError, match=r"2 risk scores: a\.toml, b\.toml"):
        build_person_file(home, FakeLake(lake()), as_at=AS_AT)
