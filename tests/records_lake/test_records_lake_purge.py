"""Removing people, practices, files and old activity from every snapshot."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_lake import OUTSIDE, Made, patient, spell

from doorstep.errors import UsageError
from doorstep.records import snapshot, status
from doorstep.records.lake import open_lake
from doorstep.records.purge import What, purge
from doorstep.records.row_outcomes import by_file
from doorstep.records.vault import Vault, pseudonym


def load_two(made: Made) -> tuple[str, str]:
    first = made.load_rows(
        "2026-07-20",
        spell=[
            spell("a", "s1", "2026-06-03"),
            spell("b", "s2", "2026-06-03"),
            spell("z", "s9", "2026-06-04", **OUTSIDE),
        ],
        person=[
            patient("a", local_key="ga", local_scheme="local:emis"),
            patient("b", local_key="gb", local_scheme="local:emis", practice="P2"),
        ],
        appointment=[
            {"person_key": g, "key_scheme": "local:emis", "appointment_id": g, "appointment_on": "2026-06-01"}
            for g in ("ga", "gb", "gc")
        ],
    ).snapshot
    second = made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-06-05"), spell("a", "s3", "2026-07-03")])
    return first, second.snapshot


def spells(made: Made, name: str | None = None) -> list[Any]:
    with open_lake(made.home, snapshot=name) as lake:
        return [row[0] for row in lake.connection().execute("SELECT spell_id FROM spell ORDER BY 1").fetchall()]


def everything(made: Made) -> str:
    return "".join(
        str(duckdb.execute(f"SELECT * FROM read_parquet('{p}')").fetchall())
        for p in [*made.home.lake.rglob("*.parquet"), *made.home.quarantine.rglob("*.parquet")]
    )


def test_a_purged_person_is_in_no_snapshot_and_the_lake_still_verifies(made: Made) -> None:
    first, second = load_two(made)
    person = pseudonym(Vault.of(made.home).key(), "sender", "a")
    assert person in everything(made)
    done = purge(made.home, What(person="a"), reason="the person objected")
    assert done.n_rows == 5
    assert person not in everything(made)
    assert (spells(made), spells(made, first), spells(made, second)) == (["s2"], ["s2"], ["s2"])
    assert status.verify(made.home)[1] == []
    assert [f.n_rows for f in by_file(made.home)] == [2, 1, 2, 0]


def test_a_purge_leaves_a_tombstone_and_marks_older_figures(made: Made) -> None:
    first, _ = load_two(made)
    purge(made.home, What(person="a"), reason="the person objected")
    published = snapshot.current(made.home)
    assert [(p.what, p.reason, p.n_rows) for p in published.purges] == [("person", "the person objected", 5)]
    assert published.is_reproducible
    with open_lake(made.home, snapshot=first) as lake:
        assert not lake.is_reproducible
        assert "the person objected" in lake.notes()[0]


def test_a_purged_person_stays_out_of_later_loads(made: Made) -> None:
    load_two(made)
    purge(made.home, What(person="a"), reason="the person objected")
    made.load_rows("2026-09-20", spell=[spell("a", "s4", "2026-08-03"), spell("b", "s5", "2026-08-03")])
    assert spells(made) == ["s2", "s5"]
    assert by_file(made.home)[-1].counts["withheld"] == 1  # type: ignore[index]


def test_a_pseudonym_names_the_person_too(made: Made) -> None:
    load_two(made)
    person = pseudonym(Vault.of(made.home).key(), "sender", "b")
    purge(made.home, What(person=person), reason="the person objected")
    assert spells(made) == ["s1", "s3"]


def test_a_person_whose_rows_wait_in_quarantine_is_purged_from_there(made: Made) -> None:
    load_two(made)
    person = pseudonym(Vault.of(made.home).key(), "sender", "z")
    assert person in everything(made)
    assert purge(made.home, What(person="z"), reason="the person objected").n_rows == 1
    assert person not in everything(made)
    assert status.verify(made.home)[1] == []


def test_a_practice_that_leaves_takes_its_rows_and_the_identities_only_it_knew(made: Made) -> None:
    who = {"key_scheme": "nhs_number", "surname": "Noether"}
    made.load_rows("2026-06-20", person=[patient("9990000018", **who, nhs_number="9990000018", practice="P2")])
    load_two(made)
    purge(made.home, What(practice="P2"), reason="the practice left")
    with open_lake(made.home) as lake:
        assert lake.connection().execute("SELECT DISTINCT practice FROM person").fetchall() == [("P1",)]
    with duckdb.connect() as con:
        path = Vault.of(made.home).identities
        assert con.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall() == [(0,)]
    assert spells(made) == ["s1", "s2", "s3"]
    assert status.verify(made.home)[1] == []


def test_activity_before_a_day_goes_and_people_stay(made: Made) -> None:
    load_two(made)
    purge(made.home, What(before=date(2026, 6, 30)), reason="the retention date has passed")
    assert spells(made) == ["s3"]
    with open_lake(made.home) as lake:
        assert lake.connection().execute("SELECT count(*) FROM person").fetchall() == [(2,)]


def test_a_purged_file_can_be_loaded_again(made: Made) -> None:
    load_two(made)
    item = next(i for i in snapshot.current(made.home).known_files().values() if i.name == "2026-08-20_spell.csv")
    purge(made.home, What(file=item.file_id), reason="read with the wrong mapping")
    assert spells(made) == ["s1", "s2"]
    assert made.load(made.inbox / "2026-08-20").n_rows == 2
    assert spells(made) == ["s1", "s2", "s3"]
    assert status.verify(made.home)[1] == []


def test_a_purge_that_was_cut_short_is_finished_by_the_next_writer(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    load_two(made)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "finish_journal", lambda _: None)
        purge(made.home, What(person="a"), reason="the person objected")
    assert spells(made) == ["s1", "s2", "s3"]
    made.load_rows("2026-09-20", spell=[spell("b", "s5", "2026-08-03")])
    assert spells(made) == ["s2", "s5"]
    person = pseudonym(Vault.of(made.home).key(), "sender", "a")
    assert person not in everything(made)
    assert status.verify(made.home)[1] == []


@pytest.mark.parametrize("what", [{}, {"person": "a", "practice": "P1"}])
def test_one_thing_is_purged_at_a_time(what: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="one thing is purged at a time"):
        What(**what)  # type: ignore[arg-type]


def test_a_purge_needs_a_reason_and_something_to_purge(made: Made) -> None:
    load_two(made)
    before = snapshot.current(made.home).hash
    with pytest.raises(UsageError, match="no reason"):
        purge(made.home, What(practice="P2"), reason=" ")
    with pytest.raises(UsageError, match="no row of the lake matches"):
        purge(made.home, What(practice="NOBODY"), reason="the practice left")
    assert snapshot.current(made.home).hash == before
    assert not list(Path(made.home.lake / "loads").glob(".building*"))
