"""A set in files: what is written is read again, versions stay, and nobody's claim is invented."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.geography import shapes
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods import Evidence, Neighbourhood, NeighbourhoodSet, Reason, amend, read, save
from doorstep.geography.neighbourhoods.store import geojson

HALTON = areas_within("Halton")
RUNCORN, WIDNES = shapes.parts(HALTON)  # the Mersey parts them
SIGN = Evidence("councillors", 'Agreed as "Runcorn"', date(2026, 3, 4), "Minutes of the board, item 7")
REASON = Reason("One town, one team", "Programme board", date(2026, 3, 4))


def halton() -> NeighbourhoodSet:
    both = (
        Neighbourhood("runcorn", RUNCORN, "Runcorn", ("N81019",), (SIGN,), (REASON,)),
        Neighbourhood("widnes", WIDNES),
    )
    return NeighbourhoodSet(
        "halton", 0, "Halton's two towns", "lsoas", date(2026, 4, 1), both, scope="Halton", ground=HALTON,
        settings={"list": "towns.csv"}, notes=("It follows the river \\ the Mersey",),
    )  # fmt: skip


def test_a_set_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read(save(tmp_path, halton())) == replace(halton(), version=1)


def test_each_writing_is_a_version_and_the_older_stay(tmp_path: Path) -> None:
    one = save(tmp_path, halton())
    before = {path.name: path.read_bytes() for path in one.iterdir()}
    two = save(tmp_path, replace(halton(), title="Again"))
    assert (one.name, two.name) == ("v1", "v2")
    assert {path.name: path.read_bytes() for path in one.iterdir()} == before
    assert (read(tmp_path / "halton").title, read(tmp_path / "halton", 1).title) == ("Again", "Halton's two towns")


def test_a_failed_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    strange = replace(halton(), neighbourhoods=(Neighbourhood("x", ("E99999999",)),))
    with pytest.raises(KeyError):
        save(tmp_path, strange)
    assert list((tmp_path / "halton").iterdir()) == []


def test_nothing_is_called_a_neighbourhood_until_somebody_recognises_it() -> None:
    found = replace(halton(), basis="drawn")
    assert [found.called(n) for n in found.neighbourhoods] == ["neighbourhood", "drawn area"]
    assert halton().called(halton().neighbourhoods[1]) == "administrative area"


def test_recognition_and_reasons_are_added_and_what_is_not_named_stays(tmp_path: Path) -> None:
    changes = tmp_path / "changes.toml"
    changes.write_text(
        '[[neighbourhood]]\nid = "widnes"\nname = "Widnes"\n'
        '[[neighbourhood.recognition]]\nwho = "residents"\nwhat = "Drew it"\non = 2026-05-06\nsource = "Workshop"\n'
        '[[neighbourhood.reason]]\ntext = "One town"\nby = "Board"\non = 2026-05-06\n'
    )
    found = amend(halton(), changes)
    assert found.neighbourhoods[0] == halton().neighbourhoods[0]
    widnes = found.neighbourhoods[1]
    assert (widnes.name, widnes.is_recognised, widnes.reasons[0].text) == ("Widnes", True, "One town")
    assert widnes.areas == WIDNES


@pytest.mark.parametrize(
    "text",
    [
        '[[neighbourhood]]\nid = "warrington"\n',
        '[[neighbourhood]]\nid = "widnes"\n[[neighbourhood.recognition]]\nwho = "nobody"\nwhat = "x"\non = 2026-01-01\n'
        'source = "y"\n',
        '[[neighbourhood]]\nid = "widnes"\n[[neighbourhood.recognition]]\nwho = "residents"\nwhat = " "\n'
        'on = 2026-01-01\nsource = "y"\n',
        '[[neighbourhood]]\nid = "widnes"\n[[neighbourhood.reason]]\ntext = "x"\nby = "y"\non = "soon"\n',
        "not toml",
    ],
)
def test_changes_that_say_nothing_checkable_are_refused(tmp_path: Path, text: str) -> None:
    changes = tmp_path / "changes.toml"
    changes.write_text(text)
    with pytest.raises(DataError):
        amend(halton(), changes)


def test_a_folder_that_is_no_set_is_refused_with_where(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read(tmp_path / "nothing")
    at = save(tmp_path, halton())
    (at / "set.toml").write_text("format = 1\n")
    with pytest.raises(NotWhatItClaimsError) as told:
        read(at)
    assert str(at) in told.value.where


def test_the_map_has_a_ring_of_right_hand_order_for_each_and_their_residents() -> None:
    found = json.loads(json.dumps(geojson(halton())))
    assert found["type"] == "FeatureCollection"
    runcorn, widnes = found["features"]
    assert [f["properties"]["residents"] for f in (runcorn, widnes)] == [64_295, 64_213]
    assert (runcorn["properties"]["called"], runcorn["properties"]["recognised_by"]) == ("neighbourhood", "councillors")
    for feature in (runcorn, widnes):
        for rings in feature["geometry"]["coordinates"]:
            assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)
            turns = [sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(r)) for r in rings]
            assert turns[0] > 0 and all(turn < 0 for turn in turns[1:])  # RFC 7946, 3.1.6
            assert all(-3 < x < -2 and 53 < y < 54 for ring in rings for x, y in ring)
