"""Whose row it is: pseudonyms, local keys, rows that wait, and people of other Places."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import duckdb
import pytest
from made_lake import OUTSIDE, Made, patient, spell

from doorstep.errors import ConfigurationError
from doorstep.records.lake import open_lake
from doorstep.records.row_outcomes import by_file, outcomes
from doorstep.records.vault import Vault, pseudonym


def slot(guid: str | None, slot_id: str, **more: Any) -> dict[str, Any]:
    return {"person_key": guid, "key_scheme": "local:emis", "appointment_id": slot_id, "practice": "P1",
            "appointment_on": "2026-07-01", **more}  # fmt: skip


def linked(key: str, guid: str, **more: Any) -> dict[str, Any]:
    return patient(key, local_key=guid, local_scheme="local:emis", **more)


def counts(made: Made) -> list[dict[str, int]]:
    return [{o.value: n for o, n in f.counts.items() if n} for f in by_file(made.home)]


def query(made: Made, sql: str) -> Sequence[tuple[Any, ...]]:
    with open_lake(made.home) as lake:
        return lake.connection().execute(sql).fetchall()


def test_a_pseudonym_is_the_hmac_of_scheme_and_key() -> None:
    expected = hmac.new(b"k" * 32, b"sender:ABC", hashlib.sha256).hexdigest()[:24]
    assert pseudonym(b"k" * 32, "sender", "ABC") == "p" + expected


def test_a_person_has_one_pseudonym_in_every_flow_and_the_key_is_nowhere(made: Made) -> None:
    made.load_rows(
        "2026-08-20", person=[linked("KEY-A", "guid-a")], spell=[spell("KEY-A", "s1", "2026-07-03")],
        appointment=[slot("guid-a", "x1")],
    )  # fmt: skip
    people = query(
        made, "SELECT person_id FROM person UNION SELECT person_id FROM spell UNION SELECT person_id FROM appointment"
    )
    assert len(people) == 1
    for path in made.home.root.rglob("*.parquet"):
        text = str(duckdb.execute(f"SELECT * FROM read_parquet('{path}')").fetchall())
        assert "guid-a" not in text
        assert "'KEY-A'" not in text


def test_schemes_are_separate_unless_the_place_has_a_crosswalk(made: Made) -> None:
    rows = [spell("K1", "s1", "2026-07-03"), spell("9990000018", "s2", "2026-07-03", key_scheme="nhs_number")]
    made.load_rows("2026-08-20", spell=rows)
    assert len(query(made, "SELECT DISTINCT person_id FROM spell")) == 2
    Vault.of(made.home).crosswalk_file.write_text("sender_key,nhs_number\nK2,9990000018\n")
    made.load_rows("2026-09-20", spell=[spell("K2", "s3", "2026-08-03")])
    same = query(made, "SELECT list(spell_id ORDER BY spell_id) FROM spell GROUP BY person_id ORDER BY 1")
    assert same == [(["s1"],), (["s2", "s3"],)]


def test_an_unlinked_row_waits_and_is_loaded_when_its_patient_file_comes(made: Made) -> None:
    made.load_rows("2026-08-20", appointment=[slot("g1", "x1"), slot("g2", "x2")])
    assert counts(made) == [{"unlinked": 2}]
    made.load_rows("2026-09-20", person=[linked("K1", "g1")])
    assert counts(made) == [{"loaded": 1, "unlinked": 1}, {"loaded": 1}]
    # Known from the day its person became known, so that a return built as known before does not change.
    assert query(made, "SELECT appointment_id, received_on::VARCHAR FROM appointment") == [("x1", "2026-09-20")]
    made.load_rows("2026-10-20", person=[linked("K2", "g2")])
    assert counts(made)[0] == {"loaded": 2}
    assert query(made, "SELECT count(*) FROM appointment") == [(2,)]


def test_a_row_of_nobody_here_with_practice_and_area_elsewhere_is_out_of_scope(made: Made) -> None:
    rows = [
        spell("a", "s1", "2026-07-03", **OUTSIDE),
        spell("b", "s2", "2026-07-03", practice="P9", lsoa21=None),
        spell("b", "s3", "2026-07-03", practice="P9", lsoa21="E01000001"),
        spell("b", "s4", "2026-07-03", practice=None),
        spell("c", "s5", "2026-07-03", **OUTSIDE),
    ]
    made.load_rows("2026-08-20", spell=rows, person=[patient("c")])
    assert counts(made)[1] == {"loaded": 3, "out_of_scope": 2}


def test_somebody_who_joins_the_place_brings_the_history_that_waited(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03", **OUTSIDE)], person=[patient("a", **OUTSIDE)])
    assert counts(made) == [{"out_of_scope": 1}, {"out_of_scope": 1}]
    made.load_rows("2026-09-20", cohort=[{"person_key": "a", "cohort_name": "local", "identified_on": "2026-09-01"}])
    assert counts(made) == [{"loaded": 1}, {"loaded": 1}, {"loaded": 1}]


def test_contacts_of_somebody_known_only_elsewhere_are_out_of_scope(made: Made) -> None:
    contact = {"referral_id": "r", "contact_on": "2026-07-01"}
    made.load_rows(
        "2026-08-20",
        person=[patient("a", source="community", **OUTSIDE)],
        community=[
            {**contact, "contact_id": "1", "person_key": "a"},
            {**contact, "contact_id": "2", "person_key": "b"},
        ],
    )
    assert counts(made) == [{"loaded": 1, "out_of_scope": 1}, {"out_of_scope": 1}]


def test_identities_go_to_the_vault_only_and_a_clash_is_a_warning(made: Made) -> None:
    who = {"key_scheme": "nhs_number", "nhs_number": "9990000018", "given_name": "Ada", "birth_on": "1950-01-01"}
    rows = [
        patient("9990000018", **who, surname="Lovelace"),
        {**patient("9990000018", **who, surname="Byron"), "record_id": "P2/x", "practice": "P2"},
        patient("9990000026", key_scheme="nhs_number", surname="Noether"),
    ]
    made.load_rows("2026-08-20", person=rows)
    assert counts(made) == [{"loaded": 1, "loaded_with_warning": 2}]
    vault = Vault.of(made.home)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT surname FROM read_parquet('{vault.identities}') ORDER BY 1").fetchall()
    assert found == [("Byron",), ("Lovelace",), ("Noether",)]
    assert vault.identities.stat().st_mode & 0o777 == 0o600
    lake = [p for p in made.home.root.rglob("*") if p.is_file() and vault.root not in p.parents]
    assert not [p for p in lake if b"Lovelace" in p.read_bytes() or b"9990000018" in p.read_bytes()]


def test_a_key_that_others_can_read_stops_the_load(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03")])
    Vault.of(made.home).key_file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others can read the key"):
        made.load_rows("2026-09-20", spell=[spell("a", "s2", "2026-08-03")])


def test_a_lost_key_is_never_replaced_while_the_lake_rests_on_it(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03")])
    Vault.of(made.home).key_file.unlink()
    with pytest.raises(ConfigurationError, match="no key for pseudonyms"):
        made.load_rows("2026-09-20", spell=[spell("a", "s2", "2026-08-03")])


def test_every_row_has_exactly_one_outcome(made: Made) -> None:
    made.load_rows("2026-08-20", appointment=[slot("g1", "x1"), slot("g2", "x2")])
    made.load_rows("2026-09-20", person=[linked("K1", "g1")])
    with open_lake(made.home) as lake:
        rows = outcomes(lake).fetchall()
    assert len({row[:2] for row in rows}) == len(rows) == 3
