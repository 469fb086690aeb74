"""A user's own measure: joined by its stated edition or refused; 2011 values carried over with nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from doorstep.errors import DataError, UsageError
from doorstep.geography import need
from doorstep.reference import table


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, object]]:
    return pq.read_table(table("lsoa11_lsoa21")).to_pylist()  # type: ignore[no-any-return]


def written(folder: Path, heading: str, rows: Sequence[tuple[str, object]]) -> Path:
    path = folder / "own.csv"
    path.write_text(f"{heading}\n" + "".join(f"{code},{value}\n" for code, value in rows), encoding="utf-8")
    return path


def value(found: object, code: str) -> float:
    return float(found.values[need.shipped().codes.index(code)])  # type: ignore[attr-defined]


def test_a_measure_on_2021_areas_joins_and_the_index_can_read_it(tmp_path: Path) -> None:
    codes = need.shipped().codes
    found = need.bring(written(tmp_path, "lsoa21,visits", [(codes[0], 4), (codes[7], "")]), vintage="2021", kind="rate")
    assert (found.name, found.n_rows, found.n_areas) == ("visits", 2, 1)
    assert need.shipped().having(found).column("visits")[0] == 4


def test_a_measure_without_differences_is_known_as_one(tmp_path: Path) -> None:
    codes = need.shipped().codes
    for second, is_level in ((7, True), (8, False)):
        path = written(tmp_path, "lsoa21,x", [(codes[0], 7), (codes[1], second)])
        assert need.bring(path, vintage="2021", kind="rate").is_level is is_level


def test_an_edition_that_is_not_stated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not stated"):
        need.bring(written(tmp_path, "lsoa,x", []), vintage="", kind="rate")


def test_codes_of_the_other_edition_are_refused(tmp_path: Path, pairs: list[dict[str, object]]) -> None:
    old, new = next((str(p["lsoa11"]), str(p["lsoa21"])) for p in pairs if p["change_code"] == "S")
    assert old != new
    with pytest.raises(DataError, match=f"mixed vintage: 1 codes exist only in 2011, such as {old}"):
        need.bring(written(tmp_path, "lsoa,x", [(old, 1), (need.shipped().codes[0], 1)]), vintage="2021", kind="rate")
    with pytest.raises(DataError, match="exist only in 2021"):
        need.bring(written(tmp_path, "lsoa,x", [(new, 1)]), vintage="2011", kind="rate")
    with pytest.raises(DataError, match="the heading 'lsoa11' says another edition"):
        need.bring(written(tmp_path, "lsoa11,x", [(need.shipped().codes[0], 1)]), vintage="2021", kind="rate")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("W01000001", 1)], "no English areas of 2021"),
        ([("E01000001", "many")], "'many' is no number"),
        ([("E01000001", "nan")], "no finite number"),
        ([("E01000001", 1), ("E01000001", 2)], "stands twice"),
        ([], "x has no value"),
        ([("E01000001", ""), ("E01000002", "")], "x has no value"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(tmp_path: Path, rows: list[tuple[str, object]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        need.bring(written(tmp_path, "lsoa21,x", rows), vintage="2021", kind="rate")


def test_a_count_is_shared_out_and_added_and_a_rate_is_kept(tmp_path: Path, pairs: list[dict[str, object]]) -> None:
    split = next(str(p["lsoa11"]) for p in pairs if p["change_code"] == "S")
    parts = [p for p in pairs if p["lsoa11"] == split]
    count = need.bring(written(tmp_path, "lsoa11,x", [(split, 100)]), vintage="2011", kind="count")
    shares = {str(p["lsoa21"]): value(count, str(p["lsoa21"])) for p in parts}
    assert sum(shares.values()) == pytest.approx(100)
    assert shares == pytest.approx({str(p["lsoa21"]): 100 * float(str(p["share_of_lsoa11"])) for p in parts})
    rate = need.bring(written(tmp_path, "lsoa11,x", [(split, 7)]), vintage="2011", kind="rate")
    assert {value(rate, str(p["lsoa21"])) for p in parts} == {7.0}


def test_a_merged_area_needs_every_part(tmp_path: Path, pairs: list[dict[str, object]]) -> None:
    merged = next(str(p["lsoa21"]) for p in pairs if p["change_code"] == "M")
    parts = [p for p in pairs if p["lsoa21"] == merged]
    rows: list[tuple[str, object]] = [(str(p["lsoa11"]), 10 * (i + 1)) for i, p in enumerate(parts)]
    mean = sum(10 * (i + 1) * float(str(p["share_of_lsoa21"])) for i, p in enumerate(parts))
    found = need.bring(written(tmp_path, "lsoa11,x", rows), vintage="2011", kind="rate")
    assert value(found, merged) == pytest.approx(mean)
    assert np.isnan(value(need.bring(written(tmp_path, "lsoa11,x", rows[:1]), vintage="2011", kind="rate"), merged))


def test_a_value_that_reaches_no_area_because_its_neighbour_has_none_is_listed(
    tmp_path: Path, pairs: list[dict[str, object]]
) -> None:
    merged = next(str(p["lsoa21"]) for p in pairs if p["change_code"] == "M")
    first, *others = [str(p["lsoa11"]) for p in pairs if p["lsoa21"] == merged]
    absent = need.bring(written(tmp_path, "lsoa11,x", [(first, 10)]), vintage="2011", kind="rate")
    assert absent.not_carried == {first: "the area of 2021 also takes in one without a value"}
    rows: list[tuple[str, object]] = [(first, 10), *((other, "") for other in others)]
    blank = need.bring(written(tmp_path, "lsoa11,x", rows), vintage="2011", kind="rate")
    assert set(blank.not_carried) == {first, *others}
    assert {blank.not_carried[other] for other in others} == {"no value in the file"}


def test_what_has_no_simple_match_is_listed(tmp_path: Path, pairs: list[dict[str, object]]) -> None:
    strange = next(str(p["lsoa11"]) for p in pairs if p["change_code"] == "X")
    found = need.bring(written(tmp_path, "lsoa11,x", [(strange, 1), ("E01000001", "")]), vintage="2011", kind="rate")
    assert set(found.not_carried) == {strange, "E01000001"}
    assert found.n_areas == 0


def test_a_whole_old_edition_keeps_its_sum_but_for_what_is_listed(tmp_path: Path) -> None:
    old = pq.read_table(table("lsoa11"), columns=["lsoa11", "population_mid2020"]).to_pylist()
    rows = [(r["lsoa11"], r["population_mid2020"]) for r in old]
    found = need.bring(written(tmp_path, "lsoa11,people", rows), vintage="2011", kind="count")
    listed = sum(r["population_mid2020"] for r in old if r["lsoa11"] in found.not_carried)
    carried = float(np.nansum(found.values))
    assert len(found.not_carried) < 10
    assert sum(r["population_mid2020"] for r in old) - carried == pytest.approx(listed, abs=listed + 1)
    assert carried > 56_500_000
