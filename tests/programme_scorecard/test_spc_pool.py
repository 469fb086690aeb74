"""The pool of all Places that sent: sums over sums, hidden Places left out whole, and who is in it."""

from __future__ import annotations

from figures_by_hand import Shown, column, figures

from doorstep.programme.scorecard.spc import national_exhibit


def test_a_pool_is_a_sum_over_a_sum_and_no_average() -> None:
    found = figures("O2b", {"sefton": [10], "rochdale": [300]}, {"sefton": [1000], "rochdale": [3000]})
    assert national_exhibit(found, "O2b").sheet.rows[0][1:4] == (310, 4000, 77.5)  # the average would be 55


def test_a_hidden_place_is_left_out_of_the_pool_with_its_patients() -> None:
    found = figures("O2b", {"sefton": [(0, 5)], "rochdale": [300]}, {"sefton": [1000], "rochdale": [3000]})
    exhibit = national_exhibit(found, "O2b")
    assert exhibit.sheet.rows[0][1:4] == (300, 3000, 100)
    assert column(exhibit.sheet, "state") == ["final, 1 Places hidden"]
    assert "With them the rate of January 2025 lies between 75.0 and 76.2." in exhibit.sentences  # 300 and 305 of 4,000


def test_limits_start_afresh_where_other_places_form_the_pool() -> None:
    found = figures("O2b", {"sefton": [100] * 20, "rochdale": [None] * 6 + [300] * 14})
    exhibit = national_exhibit(found, "O2b")
    assert column(exhibit.sheet, "state")[6] == "final, break A"
    assert "The series breaks at July 2025" in " ".join(exhibit.sentences)


def test_one_place_more_among_many_breaks_nothing() -> None:
    many: dict[str, list[Shown]] = {f"place-{i}": [100] * 3 for i in range(20)}
    exhibit = national_exhibit(figures("O2b", {**many, "late": [None, 100, 100]}), "O2b")
    assert set(column(exhibit.sheet, "state")) == {"final"}
    assert "last in February 2025, 20 before and 21 since" in " ".join(exhibit.sentences)
