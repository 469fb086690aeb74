"""England drawn by Doorstep and by METIS, and some councils by SKATER and max-p, counted by one judge.

`python benchmarks/neighbourhoods.py england|councils --rivals PYTHON [--limit SECONDS]`. PYTHON is that of an
environment with `geography_rivals/requirements.txt`. Each drawing is a process of its own. Keeps what it measured
in results/neighbourhoods.json and writes results/neighbourhoods.md and .svg from it. No test runs it; Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RIVALS = HERE / "geography_rivals"
sys.path[:0] = [str(RIVALS), str(HERE / "population_rivals")]

from judged import Judge  # noqa: E402
from measure import Run, run  # noqa: E402
from neighbourhood_page import page  # noqa: E402

from doorstep.geography import shapes  # noqa: E402
from doorstep.geography.neighbourhoods import drawing  # noqa: E402
from doorstep.geography.neighbourhoods.ground import areas  # noqa: E402
from doorstep.geography.neighbourhoods.piece import Piece, Weights  # noqa: E402

KEPT = HERE / "results" / "neighbourhoods.json"
OURS, METIS, MANY = "Doorstep", "METIS", "METIS, best of 20 orders"
DEFAULT = Weights().border
BORDERS, UFACTORS = (0.1, 0.25, 1.0), (1, 10, 30, 100, 200)
COUNCILS = ("Halton", "Knowsley", "Sefton", "Leeds")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
Drawn = list[list[str]]


def pieces() -> list[Piece]:
    """Return the connected pieces of England's councils, as `draw` divides them."""
    wishes, ground, near = drawing.Wishes(), areas(), shapes.neighbours()
    return [
        piece
        for name, codes in drawing._grounds(ground, wishes)
        for piece in drawing._pieces(name, codes, ground, near, wishes)
    ]


def write_instance(path: Path, found: Sequence[Piece]) -> None:
    """Write what every rival is given: residents, centres (km), metres of shared border, and into how many parts."""
    band = drawing.Wishes().band
    told = [
        {
            "name": p.name, "people": p.people, "x": p.x, "y": p.y, "k": band.n_parts(p.total),
            "next_to": [[(j, km * 1000) for j, km in near] for near in p.next_to],
        }
        for p in found
    ]  # fmt: skip
    path.write_text(json.dumps({"low": band.low, "high": band.high, "pieces": told}), encoding="utf-8")


def drawn_of(found: Sequence[Piece], parts: Sequence[Sequence[int]]) -> Drawn:
    """Return drawn areas as lists of codes, from the part of each node of each piece."""
    drawn: Drawn = []
    for piece, labels in zip(found, parts, strict=True):
        held: dict[int, list[str]] = {}
        for codes, label in zip(piece.codes, labels, strict=True):
            held.setdefault(label, []).extend(codes)
        drawn += held.values()
    return drawn


def england(rivals: str, folder: Path) -> dict[str, Any]:
    """Draw England with every tool and setting, one after the other; nothing is kept unless all of it is drawn."""
    found, judge, env = pieces(), Judge(areas()), dict(os.environ)
    instance, out = folder / "instance.json", folder / "out.json"
    write_instance(instance, found)
    rows = []

    def add(who: str, setting: str, command: Sequence[str], read: Callable[[], Drawn]) -> None:
        spent = run(f"{who} {setting}", command, env)
        rows.append({"who": who, "setting": setting, **_spent(spent), **asdict(judge.of(read()))})
        print(rows[-1], flush=True)

    verb = f"{Path(sys.executable).with_name('doorstep')} neighbourhoods draw --england --id all --out {folder}"
    command = ["/bin/sh", "-c", f"{verb} || test $? = 1"]  # 1: there are notes
    add(OURS, f"border {DEFAULT:g}, the whole command", command, lambda: _areas_of(folder))
    for weight in BORDERS:
        command = [sys.executable, str(RIVALS / "ours_at.py"), str(out), str(weight)]
        add(OURS, f"border {weight:g}", command, lambda: list(json.loads(out.read_text())))
    for who, orders, factors in ((METIS, 1, UFACTORS), (MANY, 20, (30, 100))):
        for factor in factors:
            command = [rivals, str(RIVALS / "metis.py"), str(instance), str(out), str(factor), str(orders)]
            add(who, f"ufactor {factor}", command, lambda: drawn_of(found, json.loads(out.read_text())))
    notes = (folder / "all" / "v1" / "set.toml").read_text(encoding="utf-8")
    return {"rows": rows, "notes": _notes(notes), "outside": _outside(_areas_of(folder)), **_machine(rivals)}


def _spent(found: Run) -> dict[str, float]:
    return {"wall": found.wall, "cpu": found.cpu, "peak_mb": found.peak_mb, "load_before": found.load_before}


def _areas_of(folder: Path) -> Drawn:
    """Return the areas of the set that the command wrote."""
    from doorstep.geography.neighbourhoods import read

    return [list(n.areas) for n in read(folder / "all").neighbourhoods]


def _notes(text: str) -> list[str]:
    import tomllib

    return list(tomllib.loads(text)["notes"])


def _outside(drawn: Drawn) -> list[list[Any]]:
    """Return council and residents of each area outside the band."""
    from doorstep.geography.neighbourhoods.ground import residents

    band = drawing.Wishes().band
    sizes = sorted((areas()[codes[0]].council_name, residents(codes)) for codes in drawn)
    return [[name, people] for name, people in sizes if band.outside(people)]


def councils(rivals: str, folder: Path, limit: int) -> dict[str, Any]:
    """Draw councils of growing size with SKATER, max-p and ours; a tool has `limit` processor seconds a council."""
    found = pieces()
    instance, out = folder / "instance.json", folder / "out.json"
    write_instance(instance, found)
    rows = []
    for council in COUNCILS:
        at = next(i for i, piece in enumerate(found) if piece.name == council)
        judge = Judge(code for codes in found[at].codes for code in codes)
        k = drawing.Wishes().band.n_parts(found[at].total)
        about = {"council": council, "areas": len(judge.codes), "k": k}
        for who in ("SKATER", "max-p"):
            command = [rivals, str(RIVALS / "spopt_regions.py"), str(instance), str(out), who, str(at)]
            rows.append({**about, "who": who, **_within(command, out, limit)})
            if out.exists():
                rows[-1] |= asdict(judge.of(drawn_of([found[at]], [json.loads(out.read_text())])))
                out.unlink()
            print(rows[-1], flush=True)
        begin = time.process_time()
        parts = drawing._divide_job((found[at], k, drawing.Wishes()))
        spent = {"cpu": time.process_time() - begin}
        rows.append({**about, "who": OURS, **spent, **asdict(judge.of(drawn_of([found[at]], [parts])))})
        print(rows[-1], flush=True)
    return {"rows": rows, "limit": limit, **_machine(rivals)}


def _within(command: Sequence[str], out: Path, limit: int) -> dict[str, Any]:
    """Run a command for at most `limit` processor seconds; say what it took, and what it said where it failed."""
    before = _children()
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1)),
    )  # fmt: skip
    spent = _children() - before
    if done.returncode < 0:
        return {"cpu": spent, "ended": f"stopped at {limit} s"}
    if done.returncode:
        return {"cpu": spent, "ended": f"failed: {done.stderr.strip().splitlines()[-1]}"}
    return {"cpu": spent, "ended": ""}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _machine(rivals: str) -> dict[str, str]:
    command = (
        "from importlib.metadata import version as v; print(', '.join(f'{p} {v(p)}' for p in ('pymetis', 'spopt')))"
    )
    theirs = subprocess.run([rivals, "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "on": str(datetime.now(UTC).date()),
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"numpy {version('numpy')}, {theirs}",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("part", choices=("england", "councils", "page"))
    parser.add_argument("--rivals", default=str(HERE.parent / ".venv-rivals" / "bin" / "python"))
    parser.add_argument("--limit", type=int, default=60, help="processor seconds of a tool for one council")
    parser.add_argument("--said", default="", help="what a reader must know of the machine, such as other load")
    asked = parser.parse_args()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        if asked.part == "england":
            kept["england"] = england(asked.rivals, Path(folder))
        if asked.part == "councils":
            kept["councils"] = councils(asked.rivals, Path(folder), asked.limit)
    if asked.part in kept:
        kept[asked.part]["said"] = asked.said
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    page(kept, HERE / "results")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
