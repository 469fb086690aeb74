"""What a Place's own pages count: true figures as a return has them, a cohort without small numbers, the ledger."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "planning_figures"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "planning_reading_out"))

from reading_people import person_file
from return_home import HandLake, make_home, use_rows
from return_tables import one_person

from doorstep.errors import DataError, UsageError
from doorstep.planning.building import build_return
from doorstep.planning.reading_out.sheets import Reading
from doorstep.planning.site.completeness import read_completeness
from doorstep.planning.site.history import line_changes, numbered, provenance_in
from doorstep.planning.site.own_cohort import how_defined, read_own_cohort
from doorstep.planning.site.true_figures import months_held, true_figures
from doorstep.returns.ledger import Entry

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
KNOWN = date(2026, 9, 20)


def visits(*days: str) -> list[dict[str, Any]]:
    return [
        {"provider": "R1", "attendance_id": f"a{n}", "person_id": "p1", "arrived_on": day, "department_type": "01"}
        for n, day in enumerate(days)
    ]


def place() -> dict[str, list[dict[str, Any]]]:
    """Two people in the cohort from January, a third from 20 July; visits of June, July and August."""
    members = {"p1": "2026-01-05", "p2": "2026-01-05", "p3": "2026-07-20"}
    return {
        "person": [one_person(person_id=p, record_id=p) for p in members],
        "cohort": [
            {"person_id": p, "cohort_name": "local", "identified_on": day, "received_on": "2026-06-01"}
            for p, day in members.items()
        ],
        "emergency": visits("2026-06-03", "2026-07-04", "2026-07-05", "2026-08-31"),
    }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    use_rows(monkeypatch, {"snap1": place()})
    monkeypatch.setattr("doorstep.planning.site.true_figures.missing_flows", lambda *_: [])
    return make_home(tmp_path)


@pytest.fixture
def lake() -> Iterator[HandLake]:
    with HandLake(place(), "snap1", KNOWN) as found:
        yield found


def test_true_figures_of_a_month_are_those_a_return_would_hold(home: Any, lake: Any) -> None:
    found = {one.month: one.figures for one in true_figures(home, lake, [AUGUST, JUNE, JULY])}
    assert list(found) == [JUNE, JULY, AUGUST]
    # The second month: counted after another, without reading again who the people are.
    assert found[JULY] == build_return(home, place="Sefton", month=JULY, known_by=KNOWN).figures
    assert [(f.patients[0], f.counts["O5a"][0]) for f in found.values() if f] == [(2, 1), (2, 2), (3, 1)]


def test_a_month_that_a_return_would_stop_for_comes_with_the_reason(
    home: Any, lake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rows(monkeypatch, {"snap1": place()}, stops=["spell: R1 has no rows for July 2026"])
    (found,) = true_figures(home, lake, [JULY])
    assert found.figures is None
    assert found.reasons == ("spell: R1 has no rows for July 2026",)


def test_a_flow_that_never_came_is_a_reason_too(home: Any, lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    use_rows(monkeypatch, {"snap1": place()})
    (found,) = true_figures(home, lake, [JULY])
    assert any(reason.startswith("community: nothing has arrived") for reason in found.reasons)


def test_months_are_whole_ones_from_the_first_activity_to_the_last_known(lake: Any) -> None:
    assert months_held(lake) == (JUNE, JULY, AUGUST)
    with HandLake(place(), "snap1", date(2026, 8, 30)) as earlier:
        assert months_held(earlier) == (JUNE, JULY)
    with HandLake({}, "snap1", KNOWN) as empty:
        assert months_held(empty) == ()


def members(lake: Any, people: int) -> None:
    """Put the first people of a person table in the cohort `local`; one of them left before the day."""
    lake.con.executemany(
        "insert into cohort (person_id, cohort_name, identified_on, left_on) values (?, 'local', date '2026-01-01', ?)",
        [[f"p{n:024x}", "2026-03-01" if n == 0 else None] for n in range(people)],
    )


def cells(reading: Reading) -> list[Any]:
    return [cell for sheet in reading.sheets for row in sheet.rows for cell in row[1:]]


def test_a_cohort_is_counted_on_its_day_and_no_small_number_is_left(home: Any, tmp_path: Path) -> None:
    rows = [{"age": 70 + n % 30, "imd_quintile": 1 + n % 5, "ethnic_group": "White"} for n in range(200)]
    rows += [{"age": 30, "imd_quintile": 1, "ethnic_group": "Black"} for _ in range(3)]
    person = person_file(tmp_path / "person", rows)
    with HandLake({}, "snap1", KNOWN) as lake:
        members(lake, 203)
        found = read_own_cohort(home, lake, person)
    ages, groups = found.sheets[0], found.sheets[1]
    assert ages.rows[0][1] == 202  # one of 203 left in March
    assert groups.rows[0][:2] == ("Everybody", 202)
    assert not any(isinstance(cell, int) and cell < 6 for cell in cells(found))
    by_group = {row[0]: row[1:] for row in groups.rows}
    assert by_group["Black"] == ("*", None)
    hidden = [name for name, row in by_group.items() if row[0] == "*"]
    assert len(hidden) > 1  # three people alone would be found by subtraction


def test_people_who_are_not_members_or_not_registered_are_not_counted(home: Any, tmp_path: Path) -> None:
    rows = [{"imd_quintile": 2, "is_registered": n >= 10, "is_alive": n >= 20} for n in range(60)]
    person = person_file(tmp_path / "person", rows)
    with HandLake({}, "snap1", KNOWN) as lake:
        members(lake, 50)
        assert read_own_cohort(home, lake, person).sheets[0].rows[0][1] == 30  # 50 less 20 dead or elsewhere


def test_a_cohort_that_is_not_there_is_refused_with_what_to_do(home: Any, tmp_path: Path) -> None:
    person = person_file(tmp_path / "person", [{}])
    with HandLake({}, "snap1", KNOWN) as lake:
        with pytest.raises(UsageError, match="there is no cohort"):
            read_own_cohort(home, lake, person, "other")
        lake.con.execute(
            "insert into cohort (person_id, cohort_name, identified_on) values ('x', 'local', '2026-01-01')"
        )
        with pytest.raises(DataError, match="nobody in the cohort local"):
            read_own_cohort(home, lake, person)


def test_a_list_is_said_to_be_unreviewed(home: Any, tmp_path: Path) -> None:
    person = person_file(tmp_path / "person", [{}])
    person.meta.update(
        {"unreviewed": ["a@1"], "definitions": {"a@1": "", "b@1": ""}, "group": "g@1", "risk": {"label": ""}}
    )
    with HandLake({}, "snap1", KNOWN) as lake:
        told = dict(how_defined(home, lake, person))
    assert told["As defined by"] == "list that was loaded"
    assert told["Review"].startswith("unreviewed")
    assert told["Other definitions used"] == "1 of 2 are unreviewed"
    assert told["Choices set here"] == "none: every open choice has its default"


def test_what_the_place_has_chosen_itself_is_told_with_its_months_and_changes(home: Any, tmp_path: Path) -> None:
    person = person_file(tmp_path / "person", [{}])
    person.meta.update({"unreviewed": [], "definitions": {}, "group": "g@1", "risk": {"label": ""}})
    chosen = [("month_end", "2026-02"), ("ever", "2026-06"), ("any_day", "2026-12")]
    texts = [
        f'[[choice]]\nid = "denominator"\noption = "{option}"\nfrom = "{start}"\ndecided_by = "the board"\n'
        for option, start in chosen
    ]
    home.choices_file.write_text("format = 1\n" + "\n".join(texts))
    with HandLake({}, "snap1", KNOWN) as lake:
        told = how_defined(home, lake, person)
    assert ("Choices set here", "denominator: ever, from 2026-06") in told
    assert ("Choice changed", "break in series: denominator changed from month_end to ever in June 2026") in told


def test_completeness_hides_one_to_five_rows_and_shows_silence(lake: Any) -> None:
    days = [f"2026-07-{n:02}" for n in range(1, 21)] + ["2026-08-01", "2026-08-02"]
    with HandLake({"emergency": visits(*days)}, "snap1", KNOWN) as few:
        found = read_completeness(few, [JULY, AUGUST])
    stops, providers = found.sheets
    rows = {row[0]: row for row in providers.rows}
    assert rows["2026-07"][3:5] == (20, None)
    assert rows["2026-08"][3:5] == ("*", 20)
    assert rows["2026-08"][7] == ""
    assert stops.rows[0] == ("2026-08", "emergency: R1 has under 6 rows for August 2026, about 20 expected")
    with HandLake({"emergency": visits(*days[:20])}, "snap1", KNOWN) as silent:
        assert read_completeness(silent, [AUGUST]).sheets[1].rows[0][3] == 0


def entry(event: Any, sha256: str, *, month: str = "2026-07", at: str = "2026-09-01T10:00:00Z") -> Entry:
    return Entry(event, "Sefton", month, f"{sha256}.xlsx", sha256, at, hash=f"row {sha256} {event}")


def test_versions_are_numbered_within_their_month_and_know_when_they_were_sent() -> None:
    rows = [entry("built", "a"), entry("built", "b", month="2026-06"), entry("built", "c"),
            entry("sent", "c", at="2026-09-25")]  # fmt: skip
    assert [(n, e.sha256, sent) for n, e, sent in numbered(rows)] == [
        (1, "a", ""),
        (1, "b", ""),
        (2, "c", "2026-09-25"),
    ]


def test_two_versions_differ_where_their_printed_numbers_do() -> None:
    old: dict[str, tuple[int | str, ...]] = {"O1a": (10, "*", 7), "P1": (6, 6, 6)}
    new: dict[str, tuple[int | str, ...]] = {"O1a": (12, "*", "*"), "P1": (6, 6, 6)}
    found = [(c.line, c.column_words, c.old, c.new, c.difference) for c in line_changes(old, new)]
    assert found == [("O1a", "Total", 10, 12, 2), ("O1a", "Age Group 20-29", 7, "*", None)]


def test_of_provenance_only_what_tells_of_breaks_is_kept(tmp_path: Path) -> None:
    told = {
        "workbook": {"sha256": "abc"},
        "figures": {"counts": {"O3": [4317]}},
        "choices": [{"id": "denominator", "option": "month_end", "totals": {"ever": 4317}}],
        "cohort": {"name": "local", "definition": "frail@2", "members": 4317},
        "definitions": [{"metric": "O3", "ref": "O3@1", "sha256": "x", "events": 4317}],
        "place_definition": {"hash": "h", "people": 4317},
        "national_group": {"people": 4317},
    }
    (tmp_path / "a.provenance.json").write_text(json.dumps(told))
    found = provenance_in([tmp_path])
    assert list(found) == ["abc"]
    assert "4317" not in json.dumps(found)
    assert found["abc"]["choices"] == [{"id": "denominator", "option": "month_end"}]


def test_a_file_that_is_no_provenance_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.provenance.json").write_text("[]")
    with pytest.raises(DataError, match=r"a\.provenance\.json"):
        provenance_in([tmp_path])
