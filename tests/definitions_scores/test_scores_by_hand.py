"""Scores of diagnoses and weighted sums that a reader can add up."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from scores_kit import one, shelf_of, spell

from doorstep import reference
from doorstep.planning.definitions import Tally, WeightedSum, shipped

SHELF = shipped()


def score(name: str, *codes: str, admitted: str = "2026-03-01") -> float | None:
    row = one(shelf_of(name), spell=[spell(admitted, diagnoses=list(codes))])
    found: float | None = row[name]
    return found


@pytest.mark.parametrize(
    ("name", "codes", "expected"),
    [
        ("hfrs", ["F001", "F009", "G819"], 7.1 + 4.4),  # dementia once, hemiplegia
        ("hfrs", ["I10"], 0),
        ("charlson", ["I21", "I50", "F03"], 5 + 13 + 14),
        ("charlson", ["E102"], 0),  # -1 alone is nought
        ("charlson", ["E102", "I21"], -1 + 5),
        ("charlson", ["E109", "E102", "I21"], -1 + 5),  # complications silence the 3 of plain diabetes
        ("charlson", ["C50", "C78"], 14),  # metastatic, not cancer beside it
        ("charlson_quan_2005", ["I21", "E119", "C50", "C78"], 1 + 1 + 6),
        ("charlson_quan_2011", ["I21", "I50", "K703", "I850"], 0 + 2 + 4),  # severe liver disease, not mild
        ("charlson_rcs", ["I21", "I50", "C50", "C78"], 1 + 1 + 1),
        ("elixhauser", ["I50", "E66", "F11"], 7 - 4 - 7),
        ("elixhauser", ["E66"], -4),  # below nought is kept
        ("elixhauser_swiss", ["I10", "I11", "C50", "C78"], -3 + 17),
    ],
)
def test_a_score_is_the_sum_of_its_items(name: str, codes: list[str], expected: float) -> None:
    assert score(name, *codes) == pytest.approx(expected)


def test_who_was_not_admitted_has_no_score() -> None:
    assert score("charlson", "I21", admitted="2024-09-30") is None  # 24 months ago to the day
    assert score("charlson", "I21", admitted="2024-10-01") == 5


@pytest.mark.parametrize(("born", "expected"), [(date(1951, 10, 1), "under 75"), (date(1951, 9, 30), None)])
def test_the_frailty_score_is_flagged_under_75(born: date, expected: str | None) -> None:
    row = one(shelf_of("hfrs"), born=born, spell=[spell("2026-03-01", diagnoses=["G81", "F00", "I10", "G30"])])
    assert (row["hfrs"], row["hfrs_band"], row["hfrs_flag"]) == (pytest.approx(4.4 + 7.1 + 4.0), "high", expected)


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
