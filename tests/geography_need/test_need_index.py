"""The index: what it computes, by hand on a few areas, and by published ranks on all."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from doorstep.errors import DataError, UsageError
from doorstep.geography import need
from doorstep.geography.need.definition import LOWER, Indicator, NeedIndex
from doorstep.geography.need.index import ranks_of
from doorstep.reference import table

NAN = math.nan
# Blom's scores of three values: the normal quantile of (place - 3/8) / 3.25.
LOW, MIDDLE, HIGH = -0.869424, 0.0, 0.869424


def index(*indicators: Indicator, least_weight: float = 0.5) -> NeedIndex:
    return replace(need.load(), id="tiny", indicators=indicators, least_weight=least_weight)


def indicator(name: str, weight: float = 1, direction: str = "higher is more need") -> Indicator:
    return Indicator(name, name, direction, weight, "made up", "a test", column=name)


def measures(**columns: list[float]) -> need.Measures:
    n = len(next(iter(columns.values())))
    return need.Measures(tuple(f"A{i}" for i in range(n)), {k: np.array(v) for k, v in columns.items()})


def test_a_score_is_the_weighted_mean_of_normal_scores() -> None:
    found = need.rank(index(indicator("ill", 3), indicator("dead", 1)), measures(ill=[1, 5, 9], dead=[7, 7.5, 2]))
    expected = [(3 * LOW + MIDDLE) / 4, (3 * MIDDLE + HIGH) / 4, (3 * HIGH + LOW) / 4]
    assert found.score == pytest.approx(expected, abs=1e-6)
    assert found.rank.tolist() == [3, 2, 1]


def test_where_lower_is_more_need_the_order_turns() -> None:
    found = need.rank(index(indicator("age_at_death", direction=LOWER)), measures(age_at_death=[60, 70, 80]))
    assert found.rank.tolist() == [1, 2, 3]


def test_a_share_is_computed_and_nobody_asked_is_a_blank() -> None:
    share = Indicator("share", "share", "higher is more need", 1, "", "", numerator="n", denominator="of")
    found = need.rank(index(share), measures(n=[1, 9, 0], of=[10, 10, 0]))
    assert found.rank.tolist() == [2, 1, 0]


def test_an_area_with_too_few_indicators_has_no_rank_and_others_keep_theirs() -> None:
    two = (indicator("ill", 1), indicator("dead", 1))
    data = measures(ill=[1, 5, 9, NAN], dead=[NAN, 1, 2, 3])
    assert need.rank(index(*two, least_weight=0.5), data).rank.all()
    assert need.rank(index(*two, least_weight=0.6), data).rank.tolist() == [0, 2, 1, 0]


def test_ties_share_the_first_rank() -> None:
    assert ranks_of(np.array([2.0, 3.0, 2.0, NAN, 1.0])).tolist() == [2, 1, 2, 0, 4]


def test_tenths_are_of_the_areas_that_have_a_rank() -> None:
    found = need.rank(index(indicator("ill")), measures(ill=[NAN, *range(20)]))
    assert found.decile.tolist() == [0, *(10 - i // 2 for i in range(20))]


def test_the_published_health_ranks_are_those_of_its_scores_within_ties() -> None:
    published = pq.read_table(table("need_lsoa21"), columns=["health_score", "health_rank"])
    scores, official = published["health_score"].to_numpy(), published["health_rank"].to_numpy()
    ours = ranks_of(scores)
    _, place, size = np.unique(scores, return_inverse=True, return_counts=True)
    assert ((official >= ours) & (official < ours + size[place])).all()


def test_the_default_index_finds_the_reports_neighbourhoods_without_having_seen_them() -> None:
    listed = pq.read_table(table("report_150"))["lsoa21"].to_pylist()
    found = need.compare(need.rank(need.load(), need.shipped()), listed)
    assert found.in_top[0.03] >= 130
    assert len(found.missed) == len(set(found.missed) - set(listed))


def test_every_area_of_england_is_ranked() -> None:
    found = need.rank(need.load(), need.shipped())
    assert found.n_ranked == len(found.codes) == 33_755
    assert np.bincount(found.decile)[1:].min() >= 3_375


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"direction": "up"}, "direction 'up'"),
        ({"weight": -1.0}, "weight -1"),
        ({"column": ""}, "neither a column"),
        ({"numerator": "a", "denominator": "b"}, "or both"),
    ],
)
def test_an_index_that_cannot_be_computed_is_refused_with_every_fault(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    text = (need.definition.FOLDER / "health_need.toml").read_text(encoding="utf-8")
    values = {"direction": "higher is more need", "weight": 1.0, "column": "acute_morbidity", **change}
    lines = "\n".join(f"{k} = {v!r}" for k, v in values.items())
    path = tmp_path / "own.toml"
    path.write_text(text.split("[[indicator]]")[0] + f'[[indicator]]\nid="x"\ntitle="x"\nsource=""\nwhy=""\n{lines}\n')
    with pytest.raises(DataError, match=said):
        need.load(path)


def test_a_weight_for_no_indicator_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no indicator frailty"):
        need.load().with_weights({"frailty": 2})
    assert need.load().with_weights({}).status == need.load().status


def test_with_one_indicator_no_weights_can_move_a_rank() -> None:
    ranked = need.rank(index(indicator("ill")), measures(ill=[float(i) for i in range(50)]))
    firm = need.rank_intervals(ranked, draws=30)
    assert firm.low.tolist() == firm.high.tolist() == ranked.rank.tolist()


def test_indicators_that_disagree_widen_a_rank_and_the_seed_repeats_it() -> None:
    opposed = need.rank(
        index(indicator("ill"), indicator("dead")),
        measures(ill=[float(i) for i in range(50)], dead=[float(-i) for i in range(50)]),
    )
    firm = need.rank_intervals(opposed, draws=60, seed=3)
    assert firm.low[0] == firm.low[-1] == 1 and firm.high[0] == firm.high[-1] == 50
    again = need.rank_intervals(opposed, draws=60, seed=3)
    assert (again.low == firm.low).all() and (again.high == firm.high).all()
    assert ((firm.share_in_top >= 0) & (firm.share_in_top <= 1)).all()
