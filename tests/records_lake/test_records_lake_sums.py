"""Whatever arrives in whatever order, outcomes add up and the facts are those of a plain-Python reading of the rule."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_lake import make, spell

from doorstep.records.lake import open_lake
from doorstep.records.row_outcomes import outcomes

DAYS = ("2026-07-20", "2026-08-20", "2026-09-20")

rows = st.fixed_dictionaries(
    {
        "spell_id": st.sampled_from(["s1", "s2"]),
        "discharge_method": st.sampled_from(["1", "4"]),
        "version_key": st.sampled_from(["1", "2", "3"]),
        "is_deleted": st.sampled_from([False, False, False, True]),
        "outcome": st.sampled_from(["loaded", "loaded", "loaded", "refused"]),
    }
)
deliveries = st.lists(st.lists(rows, min_size=1, max_size=4), min_size=1, max_size=3)


def expected(arrived: list[tuple[Any, ...]]) -> tuple[dict[str, str], list[str]]:
    """Facts (spell -> method) and the outcome of each row; rows are (day, file, number, row) in order of arrival."""
    facts: dict[str, str] = {}
    fates = [row["outcome"] for *_, row in arrived]
    for key in ("s1", "s2"):
        own = [(n, a) for n, a in enumerate(arrived) if a[3]["spell_id"] == key and a[3]["outcome"] == "loaded"]
        if not own:
            continue
        newest = max(own, key=lambda x: (x[1][3]["version_key"], *x[1][:3]))[1][3]
        content = (newest["discharge_method"], newest["is_deleted"])
        if not newest["is_deleted"]:
            facts[key] = newest["discharge_method"]
        seen = set()
        for n, (*_, row) in own:
            mine = (row["discharge_method"], row["is_deleted"])
            if mine in seen:
                fates[n] = "exact_duplicate"
            elif mine != content or newest["is_deleted"]:
                fates[n] = "superseded"
            seen.add(mine)
    return facts, fates


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliveries)
def test_facts_and_outcomes_follow_the_rule(arriving: list[list[dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder))
        arrived = []
        for day, batch in zip(DAYS, arriving, strict=False):
            refused = {"outcome": "refused", "reason": day}  # makes each file another file
            full = [{**spell("a", "x", "2026-06-03"), **row} for row in batch] + [refused]
            made.load_rows(day, spell=full)
            arrived += [(day, "", n, row) for n, row in enumerate(batch, 1)]
        for known_by in DAYS[: len(arriving)]:
            known = [a for a in arrived if a[0] <= known_by]
            facts, fates = expected(known)
            with open_lake(made.home, known_by=date.fromisoformat(known_by)) as lake:
                found = lake.connection().execute("SELECT spell_id, discharge_method FROM spell").fetchall()
                order = {i.file_id: n for n, i in enumerate(lake.files())}
                all_rows = sorted(outcomes(lake).fetchall(), key=lambda r: (order[r[0]], r[1]))
                n_rows = sum(i.n_rows for i in lake.files())
            assert len(found) == len(facts) and dict(found) == facts
            assert len(all_rows) == n_rows == len(known) + len(order)
            assert [r[2] for r in all_rows if r[3] not in DAYS] == fates
