"""The index that the page computes is the one that Python computes: every rank of every area, whatever the weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from frontend_kit import run

from doorstep.errors import DataError
from doorstep.geography import map_layer, need, need_layer
from doorstep.geography.need.definition import Indicator

NAN = float("nan")
_COMPUTE = """const bytes = readFileSync(words[0]);
const need = module.decodeNeed(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const places = need.columns.filter((name) => name.startsWith("place:")).map((name) => need.column[name]);
const parts = places.map(module.normalScores);
const answer = JSON.parse(words[1]).map((weights) => {
  const score = module.weightedMean(parts, weights, need.least_weight);
  return score && [...module.ranksOf(score).ranks];
});"""
WEIGHTS: list[list[float]] = [
    [1, 1, 1, 1, 1],
    [0, 0, 0, 1, 0],  # 3,801 values over 33,755 areas: ties
    [2.5, 0, 0.1, 5, 1],
    [0, 0, 3, 3, 0],
    [0.3, 0.7, 1.9, 0.2, 4.4],
]


@pytest.fixture(scope="module")
def ranked() -> Any:
    return need.rank(need.load(), need.shipped())


@pytest.fixture(scope="module")
def file(ranked: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("need") / need_layer.FILE
    path.write_bytes(need_layer.layer_bytes(ranked, need.rank_intervals(ranked, draws=20)))
    return path


def test_every_rank_of_england_is_the_same_in_the_browser(file: Path, ranked: Any) -> None:
    found = run("ranking.js", _COMPUTE, str(file), json.dumps(WEIGHTS))
    names = [i.id for i in ranked.index.indicators]
    for weights, ranks in zip(WEIGHTS, found, strict=True):
        mine = need.rank(ranked.index.with_weights(dict(zip(names, weights, strict=True))), need.shipped())
        assert ranks == mine.rank.tolist(), weights


def _tiny(least: float, columns: dict[str, list[float]]) -> Any:
    indicators = tuple(Indicator(n, n, "higher is more need", 1, "", "", column=n) for n in columns)
    index = replace(need.load(), indicators=indicators, least_weight=least)
    size = len(next(iter(columns.values())))
    return need.rank(
        index, need.Measures(tuple(f"A{i}" for i in range(size)), {k: np.array(v) for k, v in columns.items()})
    )


@pytest.mark.parametrize("least", [0.5, 0.6])
@pytest.mark.parametrize("weights", [[1, 1], [3, 1], [1, 0]])
def test_blanks_and_ties_go_as_they_do_in_python(
    least: float, weights: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"ill": [1, 5, 5, 9, NAN, 5], "dead": [7, 2, 2, NAN, 3, 2]}
    found = _tiny(least, columns)
    nothing = np.full(6, need_layer.NOTHING)
    monkeypatch.setattr(need_layer, "_beside", dict)
    monkeypatch.setattr(need_layer, "_first_wave", lambda: (nothing, []))
    path = tmp_path / "tiny.bin"
    path.write_bytes(need_layer.layer_bytes(found, need.rank_intervals(found, draws=20)))
    [ranks] = run("ranking.js", _COMPUTE, str(path), json.dumps([weights]))
    index = found.index.with_weights(dict(zip(columns, weights, strict=True)))
    values = {k: np.array(v) for k, v in columns.items()}
    assert ranks == need.rank(index, need.Measures(found.codes, values)).rank.tolist()


def test_where_nothing_weighs_the_browser_gives_nothing(file: Path) -> None:
    assert run("ranking.js", _COMPUTE, str(file), json.dumps([[0, 0, 0, 0, 0]])) == [None]


def test_the_layer_is_read_back_as_it_was_written(file: Path, ranked: Any) -> None:
    layer, firm = need_layer.read(file), need.rank_intervals(ranked, draws=20)
    assert layer.header["stamp"] == map_layer.stamp() and layer.header["index"] == "health_need@1"
    assert (layer.columns["rank_low"] == firm.low).all() and (layer.columns["rank_high"] == firm.high).all()
    assert layer.columns["draws_in_top"] / firm.draws == pytest.approx(firm.share_in_top)
    listed = layer.columns["in_report_150"]
    assert sorted(listed[listed != need_layer.NOTHING].tolist()) == list(range(1, 151))


def test_a_layer_of_other_tables_is_refused(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(file.read_bytes().replace(map_layer.stamp().encode(), b"0" * 12, 1))
    with pytest.raises(DataError, match="other tables"):
        need_layer.read(other)
    other.write_bytes(b"PK..")
    with pytest.raises(DataError, match="no layer"):
        need_layer.read(other)


def test_bands_hold_the_ranks_that_their_words_say(file: Path, ranked: Any) -> None:
    shown = run(
        "layers.js",
        "const ranks = JSON.parse(readFileSync(words[0], 'utf8')); const { words: told, classes, colours } = "
        "module.needLayer(ranks, ranks.length); const answer = { told, classes, n: colours.length };",
        str(_kept(file.parent, ranked.rank.tolist())),
    )
    rank, classes = ranked.rank, np.array(shown["classes"])
    assert shown["n"] == len(shown["told"]) == 7
    for i, told in enumerate(shown["told"]):
        low, high = (int(part.replace(",", "")) for part in told.split("ranks ")[1].rstrip(")").split(" to "))
        assert (int(rank[classes == i].min()), int(rank[classes == i].max())) == (low, high), told
    assert shown["told"][0].startswith("Top 3%") and (classes == 0).sum() == 1_012


def _kept(folder: Path, ranks: list[int]) -> Path:
    path = folder / "ranks.json"
    path.write_text(json.dumps(ranks))
    return path


@pytest.mark.parametrize(
    "layer", ["imd2025_decile", "patients_per_gp", "gps_per_1000_disabled", "place", "in_report_150"]
)
def test_a_layers_classes_are_what_its_words_say(layer: str, file: Path, tmp_path: Path) -> None:
    from doorstep.geography.need.layers import layers

    areas = tmp_path / "areas.json"
    areas.write_text(json.dumps({"decile": layers()["imd2025_decile"]}))
    shown = run(
        "layers.js",
        "import { decodeNeed } from " + json.dumps((Path(__file__).parents[2] / _RANKING).as_uri()) + ";\n"
        "const bytes = readFileSync(words[0]); const need = decodeNeed(bytes.buffer.slice(bytes.byteOffset, "
        "bytes.byteOffset + bytes.length)); const areas = JSON.parse(readFileSync(words[1], 'utf8'));\n"
        "const { words: told, classes, colours } = module.layerBeside(words[2], { areas }, need);\n"
        "const answer = { told, classes, n: colours.length };",
        str(file), str(areas), layer,
    )  # fmt: skip
    assert len(shown["told"]) == shown["n"]
    for value, at in zip(layers()[layer], shown["classes"], strict=True):
        assert _fits(value, shown["told"][at]), (value, shown["told"][at])


_RANKING = "src/doorstep/web/layout/frontend/where/ranking.js"


def _fits(value: Any, told: str) -> bool:
    """Say whether a value is in the class whose words these are."""
    if told in ("in one", "one of them"):
        return value is not None
    if told in ("in none", "not one of them"):
        return value is None
    numbers = [
        float(word) for word in told.replace(",", "").replace(":", "").split() if word.replace(".", "").isdigit()
    ]
    if isinstance(value, int):
        return [value] == numbers
    near = 0.51 if value > 100 else 0.0051  # as rounded on the way
    if told.startswith("under"):
        return bool(value < numbers[0] + near)
    if told.endswith("or more"):
        return bool(value >= numbers[0] - near)
    return bool(numbers[0] - near <= value < numbers[1] + near)
