"""What each provider sent against what it usually sends."""

from __future__ import annotations

from datetime import date
from typing import Any

from click.testing import CliRunner
from made_lake import Made, spell

from doorstep.cli.records import group
from doorstep.records import completeness, open_lake, stop_reasons
from doorstep.records.coverage import Completeness, add_months

JULY = date(2026, 7, 1)


def months(provider: str, per_month: int, first: str, n: int) -> list[dict[str, Any]]:
    starts = [add_months(date.fromisoformat(first), m) for m in range(n)]
    return [
        {**spell("a", f"{provider}-{start}-{i}", start.isoformat(), ethnicity="A" if i else None), "provider": provider}
        for start in starts
        for i in range(per_month)
    ]


def rows_of(made: Made, known_by: date | None = None) -> dict[str, Completeness]:
    with open_lake(made.home, known_by=known_by) as lake:
        return {r.provider: r for r in completeness(lake.connection(), date(2026, 7, 15))}


def reasons(made: Made, known_by: date | None = None) -> list[str]:
    with open_lake(made.home, known_by=known_by) as lake:
        return stop_reasons(lake.connection(), JULY)


def test_expected_is_the_mean_of_the_twelve_months_before(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[*months("RBIG", 4, "2025-06-01", 13), *months("RBIG", 3, "2026-07-01", 1)])
    row = rows_of(made)["RBIG"]
    assert (row.n_rows, row.expected, row.share) == (3, 4.0, 1.0)
    assert row.last_activity_on == JULY
    assert round(row.coded["ethnicity"], 4) == round(2 / 3, 4)


def test_a_provider_that_began_lately_is_held_to_the_months_it_has(made: Made) -> None:
    made.load_rows("2026-08-20", spell=months("RNEW", 6, "2026-05-01", 3))
    assert rows_of(made)["RNEW"].expected == 6.0


def test_a_main_provider_without_the_month_stops_the_return_until_it_arrives(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[*months("RBIG", 4, "2025-07-01", 12), *months("ROTHER", 4, "2025-07-01", 13)])
    assert reasons(made) == ["spell: RBIG has no rows for July 2026, about 4 expected"]
    made.load_rows("2026-09-20", spell=months("RBIG", 4, "2026-07-01", 1))
    assert reasons(made) == []
    assert reasons(made, date(2026, 8, 31)) != []


def test_half_of_what_is_expected_is_enough_and_less_is_not(made: Made) -> None:
    made.load_rows("2026-08-20", spell=[*months("RBIG", 4, "2025-07-01", 12), *months("RBIG", 2, "2026-07-01", 1)])
    assert reasons(made) == []
    made.load_rows("2026-09-20", spell=[{**s, "is_deleted": True} for s in months("RBIG", 1, "2026-07-01", 1)])
    assert reasons(made) == ["spell: RBIG has 1 rows for July 2026, about 4 expected"]


def test_a_small_provider_without_the_month_stops_nothing(made: Made) -> None:
    big = months("RBIG", 19, "2025-07-01", 13)
    made.load_rows("2026-08-20", spell=[*big, *months("RSMALL", 1, "2025-07-01", 12)])
    assert rows_of(made)["RSMALL"].is_short
    assert reasons(made) == []


def test_many_small_providers_that_are_missing_together_stop_the_return(made: Made) -> None:
    slots = [
        {"person_key": "a", "appointment_id": f"{p}{m}", "provider": f"P{p:02}", "practice": "P1",
         "appointment_on": add_months(date(2025, 7, 1), m).isoformat()}
        for p in range(12) for m in range(12)
    ]  # fmt: skip
    made.load_rows("2026-08-20", appointment=slots)
    assert reasons(made) == ["appointment: 0 rows for July 2026 from all providers, about 12 expected"]


def test_a_month_is_final_once_something_arrived_six_weeks_after_its_end(made: Made) -> None:
    made.load_rows("2026-08-20", spell=months("RBIG", 1, "2026-07-01", 1))
    assert not rows_of(made)["RBIG"].is_final
    made.load_rows("2026-09-12", spell=months("RBIG", 1, "2026-08-01", 1))
    assert rows_of(made)["RBIG"].is_final
    assert not rows_of(made, date(2026, 9, 1))["RBIG"].is_final


def test_main_short_and_silent_providers_are_notable_and_the_rest_are_not(made: Made) -> None:
    made.load_rows(
        "2026-08-20",
        spell=[
            *months("RBIG", 30, "2025-07-01", 13),
            *months("RUSUAL", 2, "2025-07-01", 13),
            *months("RSILENT", 2, "2025-07-01", 12),
            *months("RSHORT", 3, "2025-07-01", 12),
            *months("RSHORT", 1, "2026-07-01", 1),
        ],
    )
    found = {name: (row.is_main, row.is_notable) for name, row in rows_of(made).items()}
    assert found == {
        "RBIG": (True, True), "RUSUAL": (False, False), "RSILENT": (False, True), "RSHORT": (False, True),
    }  # fmt: skip


def test_completeness_prints_the_notable_providers_and_counts_the_rest(made: Made) -> None:
    rows = [*months("RBIG", 30, "2025-07-01", 13), *months("RUSUAL", 2, "2025-07-01", 13)]
    made.load_rows("2026-08-20", spell=rows)
    usual, full = (
        CliRunner().invoke(group, ["completeness", "--month", "2026-07", "--home", str(made.home.root), *more])
        for more in ([], ["--all"])
    )
    assert (usual.exit_code, full.exit_code) == (0, 0), usual.output
    assert "RBIG" in usual.output and "RUSUAL" not in usual.output
    assert "1 more provider has under 10%" in usual.output
    assert "RUSUAL" in full.output and "more provider" not in full.output
