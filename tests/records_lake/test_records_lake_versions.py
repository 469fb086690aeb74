"""What is a fact as known by a date, when a fact arrives more than once."""

from __future__ import annotations

from datetime import date
from typing import Any

from made_lake import Made, spell

from doorstep.records.contracts import TABLES
from doorstep.records.lake import open_lake
from doorstep.records.row_outcomes import by_file, outcomes


def spells(made: Made, known_by: str = "2026-11-01") -> list[tuple[Any, ...]]:
    with open_lake(made.home, known_by=date.fromisoformat(known_by)) as lake:
        return lake.connection().execute("SELECT spell_id, discharge_method FROM spell ORDER BY ALL").fetchall()


def fates(made: Made, known_by: str = "2026-11-01") -> list[str]:
    """Outcomes in the order of arrival."""
    with open_lake(made.home, known_by=date.fromisoformat(known_by)) as lake:
        order = {i.file_id: n for n, i in enumerate(lake.files())}
        rows = outcomes(lake).fetchall()
    return [row[2] for row in sorted(rows, key=lambda r: (order[r[0]], r[1]))]


def test_every_table_is_there_before_anything_was_loaded(made: Made) -> None:
    with open_lake(made.home) as lake:
        for name, table in TABLES.items():
            found = lake.connection().execute(f"SELECT * FROM {name}")
            assert [d[0] for d in found.description][: len(table.names)] == list(table.names)
            assert found.fetchall() == []


def test_a_correction_replaces_the_fact_from_the_day_it_arrived(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="1")])
    made.load_rows("2026-09-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="4")])
    assert spells(made, "2026-08-31") == [("s1", "1")]
    assert spells(made, "2026-09-20") == [("s1", "4")]
    assert fates(made, "2026-08-31") == ["loaded"]
    assert fates(made) == ["superseded", "loaded"]


def test_the_late_refresh_of_an_old_month_does_not_replace_a_newer_state(made: Made) -> None:
    contact = {"person_key": "a", "referral_id": "r1", "contact_id": "c1", "contact_on": "2026-06-05"}
    made.load_rows("2026-08-20", community=[{**contact, "attended": "5", "version_key": "000202"}])
    made.load_rows("2026-09-20", community=[{**contact, "attended": "3", "version_key": "000201"}])
    with open_lake(made.home) as lake:
        assert lake.connection().execute("SELECT attended FROM community").fetchall() == [("5",)]
    assert fates(made) == ["loaded", "superseded"]


def test_a_repeat_keeps_its_version_so_that_a_late_older_state_cannot_win(made: Made) -> None:
    contact = {"person_key": "a", "referral_id": "r1", "contact_id": "c1", "contact_on": "2026-06-05"}
    made.load_rows("2026-07-20", community=[{**contact, "attended": "5", "version_key": "1"}])
    made.load_rows("2026-08-20", community=[{**contact, "attended": "5", "version_key": "3"}])
    made.load_rows("2026-09-20", community=[{**contact, "attended": "3", "version_key": "2"}])
    with open_lake(made.home) as lake:
        assert lake.connection().execute("SELECT attended FROM community").fetchall() == [("5",)]
    assert fates(made) == ["loaded", "exact_duplicate", "superseded"]


def test_a_fact_that_returns_to_its_first_state_counts_once(made: Made) -> None:
    for day, method in (("2026-07-20", "1"), ("2026-08-20", "4"), ("2026-09-20", "1")):
        refused = {"outcome": "refused", "reason": day}
        made.load_rows(day, spell=[spell("a", "s1", "2026-07-03", discharge_method=method), refused])
    assert spells(made, "2026-08-20") == [("s1", "4")]
    assert spells(made) == [("s1", "1")]
    assert fates(made)[::2] == ["loaded", "superseded", "exact_duplicate"]


def test_a_correction_taken_back_is_the_first_state_again_whatever_its_version_key(made: Made) -> None:
    contact = {"person_key": "a", "referral_id": "r1", "contact_id": "c1", "contact_on": "2026-06-05"}
    for day, version, attended in (("2026-07-20", "1", "5"), ("2026-08-20", "2", "3"), ("2026-09-20", "3", "5")):
        other = {**contact, "contact_id": "c2", "attended": day[6]}
        made.load_rows(day, community=[{**contact, "attended": attended, "version_key": version}, other])
    for known_by, expected in (("2026-07-31", "5"), ("2026-08-31", "3"), ("2026-09-30", "5")):
        with open_lake(made.home, known_by=date.fromisoformat(known_by)) as lake:
            found = lake.connection().execute("SELECT attended FROM community WHERE contact_id = 'c1'").fetchall()
        assert found == [(expected,)]
    assert fates(made)[::2] == ["loaded", "superseded", "exact_duplicate"]


def test_a_deleted_fact_that_is_sent_again_is_back_from_that_day(made: Made) -> None:
    sent = spell("a", "s1", "2026-07-03", discharge_method="1")
    gone = {"provider": "RTEST", "spell_id": "s1", "is_deleted": True, "person_key": None}
    made.load_rows("2026-07-20", spell=[sent])
    made.load_rows("2026-08-20", spell=[gone])
    made.load_rows("2026-09-20", spell=[sent, spell("b", "s2", "2026-08-04")])
    assert [len(spells(made, day)) for day in ("2026-07-31", "2026-08-31", "2026-09-30")] == [1, 0, 2]
    assert spells(made) == [("s1", "1"), ("s2", None)]
    assert fates(made) == ["loaded", "superseded", "exact_duplicate", "loaded"]


def test_a_deleted_fact_that_is_sent_again_changed_is_back_as_it_is_now(made: Made) -> None:
    gone = {"provider": "RTEST", "spell_id": "s1", "is_deleted": True, "person_key": None}
    made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="1")])
    made.load_rows("2026-08-20", spell=[gone])
    made.load_rows("2026-09-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="4")])
    made.load_rows("2026-10-20", spell=[gone, spell("b", "s2", "2026-08-04")])
    last = [spell("a", "s1", "2026-07-03", discharge_method="1"), spell("c", "s3", "2026-09-05")]
    made.load_rows("2026-11-01", spell=last)
    assert spells(made, "2026-09-30") == [("s1", "4")]
    assert spells(made, "2026-10-31") == [("s2", None)]
    assert spells(made) == [("s1", "1"), ("s2", None), ("s3", None)]


def test_a_file_that_arrives_again_after_newer_ones_changes_nothing_and_says_so(made: Made) -> None:
    sent = {"first": {"spell": [spell("a", "s1", "2026-07-03", discharge_method="1")]}}
    made.load(made.deliver("2026-07-20", **sent))
    assert made.load(made.deliver("2026-07-25", **sent)).notes == ()
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="4")])
    again = made.load(made.deliver("2026-09-20", **sent))
    assert (again.loads, again.already) == ((), ("first.csv",))
    (note,) = again.notes
    assert "first.csv is the file received on 2026-07-20, byte for byte" in note
    assert made.load(made.inbox / "2026-07-20").notes == ()
    assert spells(made) == [("s1", "4")]


def test_the_later_of_two_equal_rows_is_the_exact_duplicate(made: Made) -> None:
    row = spell("a", "s1", "2026-07-03")
    made.load_rows("2026-08-20", spell=[row, row, spell("b", "s2", "2026-07-04")])
    assert fates(made) == ["loaded", "exact_duplicate", "loaded"]
    assert spells(made) == [("s1", None), ("s2", None)]


def test_a_deleted_fact_is_gone_from_the_day_of_its_deletion_and_both_rows_are_superseded(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03"), spell("a", "s2", "2026-07-04")])
    gone = {"provider": "RTEST", "spell_id": "s1", "is_deleted": True, "person_key": None}
    made.load_rows("2026-09-20", spell=[gone])
    assert len(spells(made, "2026-09-19")) == 2
    assert spells(made) == [("s2", None)]
    assert fates(made) == ["superseded", "loaded", "superseded"]


def test_the_deletion_of_an_unknown_fact_is_superseded_and_counts_nothing(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[{**spell("a", "s1", "2026-07-03"), "is_deleted": True}])
    assert (spells(made), fates(made)) == ([], ["superseded"])


def test_all_versions_shows_what_was_replaced(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="1")])
    made.load_rows("2026-09-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="4")])
    with open_lake(made.home) as lake:
        found = lake.all_versions("spell").project("discharge_method, outcome").order("1").fetchall()
    assert found == [("1", "superseded"), ("4", "loaded")]


def test_flagged_and_refused_rows_keep_their_outcome_and_the_file_adds_up(made: Made) -> None:
    rows = [
        spell("a", "s1", "2026-07-03"),
        spell("a", "s2", "2026-07-03", warning="code not in its set", outcome="loaded_with_warning"),
        {"outcome": "refused", "reason": "no key"},
        spell("a", "s1", "2026-07-03", outcome="exact_duplicate"),
    ]
    made.load_rows("2026-08-20", spell=rows)
    (file,) = by_file(made.home)
    assert {o.value: n for o, n in file.counts.items() if n} == {
        "loaded": 1, "loaded_with_warning": 1, "refused": 1, "exact_duplicate": 1,
    }  # fmt: skip
    assert file.n_rows == 4


def test_an_episode_has_the_outcome_of_the_row_that_carries_its_spell(made: Made) -> None:
    first = {"is_fact": False, "carried_by": 2, "person_key": "a"}
    made.load_rows("2026-08-20", spell=[first, spell("a", "s1", "2026-07-03", is_fact=True)])
    assert fates(made) == ["loaded", "loaded"]
    made.load_rows("2026-09-20", spell=[spell("a", "s1", "2026-07-05")])
    assert fates(made) == ["superseded", "superseded", "loaded"]
