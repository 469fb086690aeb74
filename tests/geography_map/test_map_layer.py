"""What the browser is sent is what `shapes` has: every stretch, every point, every area, to the last step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from frontend_kit import run

from doorstep.geography import map_layer, shapes
from doorstep.geography.areas import areas_within

SCILLY = "E01019077"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layer") / "england.bin"
    path.write_bytes(map_layer.shapes_bytes())
    return path


def _read(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the file as its description says, with nothing of the code that wrote it."""
    assert content[:4] == b"DSL1"
    length = int.from_bytes(content[4:8], "little")
    header, at, found = json.loads(content[8 : 8 + length]), 8 + length, {}
    n, points = header["stretches"], header["points"]
    for name, kind, size in (
        ("a", "<i4", n), ("b", "<i4", n), ("metres", "<f4", n), ("start", "<u4", n + 1), ("first", "<i4", 2 * n),
        ("steps", "<i2", 2 * (points - n)),
    ):  # fmt: skip
        found[name] = np.frombuffer(content, dtype=kind, count=size, offset=at)
        at += found[name].nbytes
    assert at == len(content)
    return header, found


def test_the_file_decodes_to_the_very_borders(file: Path) -> None:
    header, found = _read(file.read_bytes())
    true = shapes.borders()
    assert (header["areas"], header["scale"], header["stamp"]) == (33_755, shapes.SCALE, map_layer.stamp())
    assert (found["a"] == true.a).all() and (found["b"] == true.b).all() and (found["start"] == true.start).all()
    assert np.allclose(found["metres"], true.metres, rtol=1e-6)
    steps, at = found["steps"].reshape(-1, 2), 0
    for i, first in enumerate(found["first"].reshape(-1, 2)):
        n = int(true.start[i + 1] - true.start[i])
        walked = np.vstack([first, first + np.cumsum(steps[at : at + n - 1], axis=0)])
        at += n - 1
        assert (walked == true.xy[true.start[i] : true.start[i + 1]]).all()
    assert at == len(steps)


def test_the_areas_are_in_the_order_of_the_borders() -> None:
    found = map_layer.areas()
    assert tuple(found["codes"]) == shapes.borders().codes
    assert {len(found[name]) for name in ("names", "council", "system", "population", "decile", "lon", "lat")} == {
        33_755
    }
    at = found["codes"].index("E01012367")
    assert found["councils"][found["council"][at]] == "Halton" and found["names"][at].startswith("Halton")
    assert found["systems"][found["system"][at]] == "Cheshire and Merseyside"


def _groups() -> dict[str, list[str]]:
    halton, next_to = set(areas_within("Halton")), shapes.neighbours()
    inner = next(c for c in sorted(halton) if set(next_to[c]) <= halton and len(shapes.outline([c])) == 1)
    islands = max(areas_within("Cornwall"), key=lambda code: len(shapes.outline([code])))
    return {
        "an area": ["E01006453"],
        "an area of islands": [SCILLY],
        "an area of the most pieces in a council": [islands],
        "a council across a river": sorted(halton),
        "a council with a hole": sorted(halton - {inner}),
        "an island": list(areas_within("Isle of Wight")),
        "a council and islands far off": [*areas_within("Sefton"), SCILLY],
    }


def _edges(stretches: list[int]) -> set[int]:
    assert len(stretches) == len(set(stretches))
    return set(stretches)


def test_the_browsers_edges_and_pieces_are_those_of_shapes(file: Path) -> None:
    groups, true = _groups(), shapes.borders()
    numbers = {name: [true.codes.index(code) for code in group] for name, group in groups.items()}
    answer = run(
        "topology.js",
        """const bytes = readFileSync(words[0]);
        const topology = module.decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const groups = JSON.parse(words[1]);
        const answer = Object.fromEntries(Object.entries(groups).map(([name, ids]) => [name, {
          edge: topology.edge(new Set(ids)), pieces: topology.pieces(new Set(ids)).map((piece) => piece.length),
          one: topology.edge(ids[0]), neighbours: [...topology.neighbours(ids[0])] }]));""",
        str(file),
        json.dumps(numbers),
    )
    for name, group in groups.items():
        # Round a set of areas go the rings of its outline, and nothing else.
        walked = sum(len(ring) - 1 for ring in shapes.outline(group))
        edge = _edges(answer[name]["edge"])
        assert sum(int(true.start[s + 1] - true.start[s]) - 1 for s in edge) == walked, name
        inside = np.isin(np.arange(len(true.codes) + 1), numbers[name])
        assert edge == set(np.flatnonzero(inside[true.a] != inside[true.b]).tolist()), name
        assert _edges(answer[name]["one"]) == {
            int(s) for s in np.flatnonzero((true.a == numbers[name][0]) | (true.b == numbers[name][0]))
        }
        assert answer[name]["pieces"] == [len(piece) for piece in shapes.parts(group)], name
        assert {true.codes[i] for i in answer[name]["neighbours"]} == set(shapes.neighbours()[group[0]]), name
    assert len(answer["a council across a river"]["pieces"]) >= 2
