"""Scores of diagnoses and weighted sums that a reader can add up."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from scores_kit import cases, one, shelf_of, spell

from doorstep import reference
from doorstep.planning.definitions import Tally, WeightedSum, shipped

SHELF = shipped()


def scores(name: str, *stays: list[str], admitted: str = "2026-03-01") -> list[float | None]:
    """Return the score of several people, each with one stay of these diagnoses."""
    made = cases(shelf_of(name), "spell", [[spell(admitted, diagnoses=codes)] for codes in stays])
    return [person[name] for person in made]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hfrs", [(["F001", "F009", "G819"], 7.1 + 4.4), (["I10"], 0)]),  # dementia once, hemiplegia
        (
            "charlson",
            [
                (["I21", "I50", "F03"], 5 + 13 + 14),
                (["E102"], 0),  # -1 alone is nought
                (["E102", "I21"], -1 + 5),
                (["E109", "E102", "I21"], -1 + 5),  # complications silence the 3 of plain diabetes
                (["C50", "C78"], 14),  # metastatic, not cancer beside it
            ],
        ),
        ("charlson_quan_2005", [(["I21", "E119", "C50", "C78"], 1 + 1 + 6)]),
        ("charlson_quan_2011", [(["I21", "I50", "K703", "I850"], 0 + 2 + 4)]),  # severe liver disease, not mild
        ("charlson_rcs", [(["I21", "I50", "C50", "C78"], 1 + 1 + 1)]),
        ("elixhauser", [(["I50", "E66", "F11"], 7 - 4 - 7), (["E66"], -4)]),  # below nought is kept
        ("elixhauser_swiss", [(["I10", "I11", "C50", "C78"], -3 + 17)]),
    ],
)
def test_a_score_is_the_sum_of_its_items(name: str, expected: list[tuple[list[str], float]]) -> None:
    assert scores(name, *(codes for codes, _ in expected)) == pytest.approx([total for _, total in expected])


def test_who_was_not_admitted_has_no_score() -> None:
    assert scores("charlson", ["I21"], admitted="2024-09-30") == [None]  # 24 months ago to the day
    assert scores("charlson", ["I21"], admitted="2024-10-01") == [5]


def test_the_frailty_score_is_flagged_under_75() -> None:
    stay = spell("2026-03-01", diagnoses=["G81", "F00", "I10", "G30"])
    young, old = cases(shelf_of("hfrs"), "spell", [[stay]] * 2, p0=date(1951, 10, 1), p1=date(1951, 9, 30))
    assert (young["hfrs"], young["hfrs_band"]) == (pytest.approx(4.4 + 7.1 + 4.0), "high")
    assert (young["hfrs_flag"], old["hfrs_flag"]) == ("under 75", None)


WEIGHTED = [w for w in SHELF.weighted if w.id.startswith("cms")]


@pytest.mark.parametrize("made", WEIGHTED, ids=lambda w: w.id)
def test_the_weights_are_those_of_the_published_table(made: WeightedSum) -> None:
    model, outcome, *_ = made.id.split("_")
    table = f"select {outcome} from '{reference.table('cms_weights')}' where model = '{model}'"
    published = [weight for (weight,) in duckdb.execute(table).fetchall()]
    for term in made.term:
        published.remove(term.weight)  # ValueError where the paper has no such weight left
    assert len(published) + len(made.term) == int(model.removeprefix("cms"))


def test_every_condition_of_the_20_is_counted_or_said_not_to_be() -> None:
    (made,) = (w for w in WEIGHTED if w.id == "cms20_general_dx_only")
    in_part = 2  # anxiety beside depression, connective tissue beside rheumatoid arthritis: counted and said
    assert len(made.term) + len(made.not_counted) - in_part == 20
    (tally,) = (t for t in SHELF.tallies if t.id == "ltc_count_cms20")
    assert {t.column for t in made.term} == set(tally.registers)


def test_a_weighted_sum_keeps_negative_weights() -> None:
    shelf = shelf_of("cms20_mortality_dx_only", "cms20_general_dx_only", *(t.column for t in WEIGHTED[0].term))
    codes = {"hypertension": "38341003", "asthma": "195967001"}
    entries = [{"code": code, "recorded_on": date(2020, 1, 1)} for code in codes.values()]
    row = one(shelf, coded=entries)
    assert (row["hypertension"], row["asthma_dx_only"]) == (True, True)
    assert row["cms20_mortality_dx_only"] == -2.09 - 2.73
    assert row["cms20_general_dx_only"] == 0.08 + 0.19


def test_a_score_of_diagnoses_alone_says_so_in_its_name() -> None:
    assert all(w.id.endswith("_dx_only") and "diagnosis-only approximation" in w.title for w in WEIGHTED)


def test_counts_without_mental_illness_are_the_default_without_two() -> None:
    by_id: dict[str, Tally] = {t.id: t for t in SHELF.tallies}
    less = {"depression", "serious_mental_illness_dx_only"}
    assert set(by_id["ltc_count_physical"].registers) == set(by_id["ltc_count"].registers) - less
