"""What a made lake knows by when, and which dirt it holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from made_system import PARTS_A_FILE, SYSTEM, TIMELINE, TINY, made_lake, new_folder, small_parts

from doorstep import records
from doorstep.cli.new_home import create_for_system
from doorstep.home import Home
from doorstep.records import purposes
from doorstep.synthetic.lake import make_lake
from doorstep.synthetic.parameters import FaultRates, Parameters
from doorstep.synthetic.timeline import date_of

DELIVERIES = [(date_of(d.received), date_of(d.cut)) for d in TIMELINE.deliveries]
DATED = {
    "spell": "discharged_on", "outpatient": "appointment_on", "emergency": "arrived_on", "community": "contact_on",
    "appointment": "appointment_on", "coded": "recorded_on", "medicine": "issued_on", "cohort": "identified_on",
    "programme_contact": "contact_on", "caseload": "opened_on",
}  # fmt: skip


def adopted(parameters: Parameters) -> Home:
    home = Home(new_folder() / "home")
    create_for_system(home, SYSTEM)
    home.purposes_file.write_text(purposes.example(date(2099, 1, 1)))
    with small_parts():
        make_lake(parameters, home.root / "made", workers=1, parts_a_file=PARTS_A_FILE)
    records.adopt_made(home, home.root / "made")
    return home


@pytest.fixture(scope="module")
def home() -> Home:
    return adopted(TINY)


@pytest.fixture(scope="module", params=range(len(DELIVERIES)))
def known(home: Home, request: pytest.FixtureRequest) -> Iterator[tuple[Any, date]]:
    """The lake as known by one delivery, and the last day its data reach."""
    received, cut = DELIVERIES[request.param]
    with records.open_lake(home, known_by=received) as lake:
        yield lake.connection(), cut


@pytest.mark.parametrize("table", DATED)
def test_no_activity_is_known_before_the_delivery_that_reaches_its_day(known: tuple[Any, date], table: str) -> None:
    con, cut = known
    ((newest,),) = con.execute(f"SELECT max({DATED[table]}) FROM {table}").fetchall()
    assert newest <= cut


@pytest.mark.parametrize(
    ("table", "column"),
    [("person", "died_on"), ("person", "registered_to"), ("cohort", "left_on"), ("caseload", "closed_on")],
)
def test_no_change_is_known_before_the_delivery_that_reaches_its_day(
    known: tuple[Any, date], table: str, column: str
) -> None:
    con, cut = known
    ((newest,),) = con.execute(f"SELECT max({column}) FROM {table}").fetchall()
    assert newest <= cut


@pytest.mark.parametrize("table", ["person", "cohort", "caseload"])
def test_a_fact_is_there_once_whatever_changed_since_it_was_first_sent(known: tuple[Any, date], table: str) -> None:
    con, _ = known
    key = {"person": "record_id, resident_from", "cohort": "person_id, identified_on", "caseload": "case_id"}[table]
    query = f"SELECT count(*), count(DISTINCT ({key})) FROM {table}"
    ((n, different),) = con.execute(query).fetchall()
    assert n == different > 0


def test_who_was_registered_and_died_is_as_the_truth_says(home: Home) -> None:
    truth = made_lake().folder / "truth" / "people-*.parquet"
    with records.open_lake(home) as lake:
        con = lake.connection()
        lost = f"""SELECT person_id, registered_from, registered_to, died_on, birth_on, sex
            FROM (SELECT person_id, min(registered_from) AS registered_from, max(registered_to) AS registered_to,
                  max(died_on) AS died_on, any_value(birth_on) AS birth_on, any_value(sex) AS sex
                  FROM person WHERE person_id NOT IN (SELECT person_id FROM '{truth}' WHERE second_practice IS NOT NULL)
                  GROUP BY person_id)
            EXCEPT SELECT person_id, registered_from, registered_to, died_on, birth_on, sex FROM '{truth}'"""
        assert con.execute(lost).fetchall() == []
        counts = "SELECT count(DISTINCT person_id), count(DISTINCT died_on) FROM person"
        ((n, dead),) = con.execute(counts).fetchall()
    assert n == made_lake().people
    assert dead > 5


def test_a_joiners_history_arrives_with_the_registration(home: Home) -> None:
    early = """SELECT count(*) FROM coded JOIN (SELECT person_id, min(registered_from) AS since FROM person
        GROUP BY person_id) USING (person_id) WHERE received_on < since"""
    with records.open_lake(home) as lake:
        assert lake.connection().execute(early).fetchall() == [(0,)]


def _late_share(home: Home) -> tuple[int, int]:
    """Appointments of the last three months before the first cut: how many came later, of how many."""
    (received, cut), *_ = DELIVERIES
    with records.open_lake(home) as lake:
        found = lake.connection().execute(
            """SELECT count(*) FILTER (received_on > $received), count(*) FROM appointment
            WHERE appointment_on <= $cut AND appointment_on > $cut::DATE - 92""",
            {"received": received, "cut": cut},
        )
        ((late, n),) = found.fetchall()
    return late, n


def test_some_recent_rows_come_late_and_none_where_the_rate_is_nought(home: Home) -> None:
    late, n = _late_share(home)
    expected = TINY.faults.late * n
    assert abs(late - expected) < 5 * expected**0.5
    assert _late_share(adopted(dataclasses.replace(TINY, faults=FaultRates(late=0))))[0] == 0


def _missing(rates: FaultRates) -> dict[str, float]:
    """Shares of outpatient rows without ethnicity, with ethnicity not stated, and without a home."""
    made = make_lake(dataclasses.replace(TINY, faults=rates), new_folder() / "made", workers=1)
    table = pq.read_table(next((made.folder / "lake").glob("facts-outpatient-*")), columns=["ethnicity", "lsoa21"])
    ethnicity = np.array(table["ethnicity"].to_pylist(), object)
    return {
        "none": float(np.mean(ethnicity == None)),  # noqa: E711  (element by element)
        "Z": float(np.mean(ethnicity == "Z")),
        "home": table["lsoa21"].null_count / table.num_rows,
    }


def test_rows_lack_ethnicity_and_home_at_the_rates_asked_for() -> None:
    clean = FaultRates(person_ethnicity_missing=0, person_lsoa_missing=0, row_ethnicity_missing=0, row_lsoa_missing=0)
    assert _missing(clean) == {"none": 0, "Z": 0, "home": 0}
    found = _missing(dataclasses.replace(clean, row_ethnicity_missing=0.2, row_lsoa_missing=0.3))
    assert found["none"] == pytest.approx(0.1, abs=0.02)
    assert found["Z"] == pytest.approx(0.1, abs=0.02)
    assert found["home"] == pytest.approx(0.3, abs=0.02)


def test_a_share_close_to_all_rows_can_be_without_a_home() -> None:
    assert _missing(FaultRates(row_lsoa_missing=1))["home"] > 0.99


def test_birth_dates_can_be_known_to_the_month(tmp_path: Path) -> None:
    made = make_lake(dataclasses.replace(TINY, people=200, birth="month"), tmp_path / "made", workers=1)
    table = pq.read_table(
        next((made.folder / "lake").glob("facts-person-*")), columns=["birth_on", "birth_precision"]
    ).to_pylist()
    following = {date.fromordinal(row["birth_on"].toordinal() + 1).day for row in table}
    assert following == {1}
    assert {row["birth_precision"] for row in table} == {"month"}


def test_the_smallest_system_has_files_only_for_tables_with_rows(tmp_path: Path) -> None:
    made = make_lake(dataclasses.replace(TINY, people=50, months=2), tmp_path / "made", workers=1)
    there = {f.table for f in made.files if f.role == "facts"}
    assert {"person", "coded", "appointment"} <= there
    assert {p.name.split("-")[1] for p in (made.folder / "lake").glob("facts-*")} == there
    assert all(f.n_rows for f in made.files)
