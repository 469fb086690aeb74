"""People who save at the same moment, each with a connection of their own: each gets a version, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from site_drill import Drill

SITE = Path(__file__).resolve().parents[1]
PEOPLE = 6
# Each moves an area of its own from Widnes to Runcorn. All begin from version 1 and save at once; who is told that
# somebody saved meanwhile notes what they were told, and saves again on the version that they now know.
_SAVE = """
import json, sys, threading
import django
django.setup()
from django.db import connection
from neighbourhoods_kit import NORTH, SOUTH, areas_of, halton, kept, save
from doorstep.geography.site.drawing import actions, reading
from doorstep.geography.site.drawing.actions import ChangedMeanwhileError
kept()
movable = areas_of(halton(), NORTH)[: int(sys.argv[1])]
together, told, faults = threading.Barrier(len(movable)), {code: [] for code in movable}, []
def person(code):
    try:
        connection.ensure_connection()
        base = 1
        together.wait(60)
        while True:
            try:
                save(base, code, moved={code: SOUTH}, teams={"N81066": (SOUTH,)} if code == movable[0] else {})
                break
            except ChangedMeanwhileError as error:
                moved = sorted(move.code for move in error.difference.moves)
                told[code].append([base, error.newest.number, moved, len(error.difference.joined)])
                base = error.newest.number
    except BaseException as error:
        faults.append(f"{code}: {error!r}")
    finally:
        connection.close()
threads = [threading.Thread(target=person, args=(code,)) for code in movable]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
titled, begin = [], threading.Barrier(4)
def beginner():
    try:
        begin.wait(60)
        titled.append(actions.create_titled(made=halton("x"), why="x", by=None).area_set_id)
    except BaseException as error:
        faults.append(repr(error))
    finally:
        connection.close()
threads = [threading.Thread(target=beginner) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
versions = [[v.number, v.made_from, v.why] for v in reversed(reading.versions("halton"))]
newest = reading.content(reading.newest("halton"))
print(json.dumps({
    "movable": movable, "told": told, "faults": faults, "versions": versions, "south": areas_of(newest, SOUTH),
    "practices": newest.neighbourhoods[0].practices, "titled": sorted(titled),
}))
"""


def _saved_at_once(server: Any, n_people: int) -> dict[str, Any]:
    drill = Drill(server, f"at_once_{n_people}", is_migrated=True)
    environment = {
        **os.environ, "DATABASE_URL": drill.url, "DOORSTEP_ROLE": "national",
        "PYTHONPATH": os.pathsep.join([str(SITE), str(SITE / "drawing")]),
        "DJANGO_SETTINGS_MODULE": "doorstep.web.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _SAVE, str(n_people)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


def test_of_two_who_save_at_once_one_gets_the_version_and_the_other_is_told_what_changed(
    server: Any, site: None
) -> None:
    found = _saved_at_once(server, 2)
    assert found["faults"] == []
    (_, _, first), (_, _, second) = found["versions"][1:]
    assert found["told"][first] == []
    assert [one[:3] for one in found["told"][second]] == [[1, 2, [first]]]
    assert {first, second} <= set(found["south"])


def test_of_many_who_save_at_once_each_gets_a_version_and_every_change_is_in_the_last(server: Any, site: None) -> None:
    found = _saved_at_once(server, PEOPLE)
    assert found["faults"] == []
    numbers = [number for number, _, _ in found["versions"]]
    assert numbers == list(range(1, PEOPLE + 2))
    assert [made_from for _, made_from, _ in found["versions"]] == list(range(PEOPLE + 1))
    assert set(found["movable"]) <= set(found["south"]) and found["practices"] == ["N81066"]
    winner = {number: code for number, _, code in found["versions"][1:]}
    for told in found["told"].values():
        for base, newest, moved, n_practices in told:
            meanwhile = [winner[number] for number in range(base + 1, newest + 1)]
            assert moved == sorted(meanwhile)
            assert n_practices == (found["movable"][0] in meanwhile)
    assert sum(len(told) for told in found["told"].values()) >= PEOPLE - 1
    # And of four who make a set of one title at once, each has a set of their own.
    assert found["titled"] == ["haltons-neighbourhoods", *(f"haltons-neighbourhoods-{i}" for i in (2, 3, 4))]
