"""A made-up Place, all the way: rows as the truth says, three ways in with one return, late rows named."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from journey_homes import built, differences, lines, loaded_home

from doorstep.home import Home
from doorstep.records import open_lake
from doorstep.records.row_outcomes import by_file, outcomes_query
from doorstep.reference import places, table
from doorstep.synthetic import Parameters, make

sys.path.insert(0, str(Path(__file__).parent.parent / "acceptance"))

from counter import count

MONTH = date(2026, 7, 1)
KNOWN = (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made_up") / "extracts"
    parameters = Parameters(place="Sefton", months=14, seed=7, people=3000, ways=("A", "B", "C"), slots_only=0.07)
    make(parameters, folder)
    return folder


@pytest.fixture(scope="module")
def homes(place: Path) -> dict[str, Home]:
    return {way: loaded_home(place.parent / f"home_{way}", place / f"way_{way}") for way in "abc"}


def test_the_independent_counter_finds_the_same_return(tmp_path: Path) -> None:
    make(Parameters(place="Sefton", months=8, seed=3, people=3000), tmp_path / "extracts")
    home = loaded_home(tmp_path / "home", tmp_path / "extracts" / "way_a")
    con = duckdb.connect()
    fifths = dict(con.execute(f"SELECT lsoa21, (imd2025_decile + 1) // 2 FROM '{table('lsoa21')}'").fetchall())
    practices = set(places.find("Sefton").practices())
    for known_by in KNOWN:
        counted = count(tmp_path / "extracts" / "way_a", MONTH, known_by, fifths, practices)
        expected = {name: tuple(line) if name != "P1" else (line[0],) for name, line in counted.items()}
        assert expected["patients"][0] > 30
        assert differences(lines(built(home, MONTH, known_by)), expected) == []


@pytest.mark.parametrize("known_by", KNOWN)
def test_three_ways_in_give_one_return(homes: dict[str, Home], known_by: date) -> None:
    first, *others = (lines(built(home, MONTH, known_by)) for home in homes.values())
    assert [differences(found, first) for found in others] == [[], []]


@pytest.mark.parametrize("way", ["a", "b", "c"])
def test_every_row_of_every_file_became_what_the_truth_says(place: Path, homes: dict[str, Home], way: str) -> None:
    with open_lake(homes[way]) as lake:
        con = lake.connection()
        names = [(f.file.file_id, str(f.received_on), f.file.name) for f in by_file(homes[way])]
        con.execute("CREATE TEMP TABLE named(file_id VARCHAR, delivery VARCHAR, file VARCHAR)")
        con.executemany("INSERT INTO named VALUES (?, ?, ?)", names)
        con.execute(
            f"""CREATE TEMP TABLE became AS SELECT n.*, row_no, outcome
                FROM ({outcomes_query(lake)}) JOIN named n USING (file_id)"""
        )
        con.execute(
            f"""CREATE TEMP TABLE true_rows AS SELECT delivery::VARCHAR AS delivery, file::VARCHAR AS file, row_no,
                outcome::VARCHAR AS expected, fault::VARCHAR AS fault
                FROM '{place}/truth/rows.parquet' WHERE way = '{way.upper()}'"""
        )
        wrong = con.execute(
            """SELECT split_part(file, '_2', 1) AS stem, fault, expected, outcome, count(*), min(delivery), min(row_no)
               FROM true_rows FULL JOIN became USING (delivery, file, row_no)
               WHERE expected IS DISTINCT FROM outcome GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    assert wrong == []


OF_RECORDS = {
    "before_birth", "misspelt_name", "retired_entry", "shared_number", "two_numbers", "two_practices", "wrong_birth",
}  # fmt: skip
OF_CARE = {"follow_up_first", "referral_after_contact", "refreshed_month", "resubmitted_month", "same_day_switch"}


@pytest.mark.parametrize(("way", "faults"), [("A", OF_CARE | OF_RECORDS), ("B", OF_CARE | OF_RECORDS), ("C", OF_CARE)])
def test_mistaken_people_and_months_gone_wrong_are_among_the_rows_compared(
    place: Path, way: str, faults: set[str]
) -> None:
    query = f"SELECT DISTINCT fault::VARCHAR FROM '{place}/truth/rows.parquet' WHERE way = '{way}'"
    assert faults <= {fault for (fault,) in duckdb.execute(query).fetchall()}


def test_a_number_that_two_people_share_warns_where_names_are_and_is_one_person_of_the_lake(
    place: Path, homes: dict[str, Home]
) -> None:
    pairs = duckdb.execute(
        f"SELECT person, other_person FROM '{place}/truth/planted.parquet' WHERE fault = 'shared_number'"
    ).fetchall()
    assert pairs
    clashes = """SELECT count(DISTINCT person_id) FROM person WHERE source = 'gp' AND warning LIKE 'name or birth date%'
        AND person_id IN (SELECT person_id FROM person WHERE source = 'gp' GROUP BY 1
                          HAVING count(DISTINCT birth_on) > 1 AND count(DISTINCT practice) > 1)"""
    with open_lake(homes["b"]) as lake:
        found = lake.connection().execute(clashes).fetchone()
    assert found is not None and found[0] >= len(pairs)
    with open_lake(homes["a"]) as lake:
        assert lake.connection().execute(clashes).fetchone() == (0,)
