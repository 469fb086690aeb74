"""Makes a system's lake: groups of parts, made and written by as many processes as asked for, and a manifest of files.

What a file holds depends on its group alone, so that the number of workers and their order change nothing.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from doorstep import __version__
from doorstep.errors import DataError, UsageError
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.lake import columns
from doorstep.synthetic.lake.desk import Desk
from doorstep.synthetic.lake.truth import TruthFiles
from doorstep.synthetic.lake.writing import PROFILE, LakeFiles, Written
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import make_part
from doorstep.synthetic.people import Share, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline, date_of
from doorstep.synthetic.worlds.truth import write_said

PARTS_A_FILE = 6
MANIFEST_FORMAT = 1
MEMORY_A_WORKER = "600 MB"
LAKE, TRUTH = "lake", "truth"


@dataclass(frozen=True)
class MadeLake:
    """What was written: the folder, how many people over the whole window, and every file."""

    folder: Path
    people: int
    files: tuple[Written, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Rows by lake table."""
        found: dict[str, int] = {}
        for file in self.files:
            if file.role == "facts":
                found[file.table] = found.get(file.table, 0) + file.n_rows
        return found


@dataclass(frozen=True)
class _Job:
    """What every worker needs; `recipe` stands for everything that decides the bytes."""

    ground: Ground
    timeline: Timeline
    parameters: Parameters
    recipe: str
    folder: Path


def make_lake(
    parameters: Parameters,
    out: Path,
    *,
    workers: int = 2,
    parts_a_file: int = PARTS_A_FILE,
    say: Callable[[str], None] = lambda text: None,
) -> MadeLake:
    """Make a system up and write its lake tables, truth and manifest under `out`, which must not exist or be empty.

    `out/lake` has the tables of `records.contracts` as Parquet, `out/truth` what is true, `out/manifest.json` every
    file with its rows, bytes and SHA-256. Raises UsageError where `out` holds something or the workers are none;
    nothing half-written is left where something fails.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers were asked for", expected="1 or more", where="--workers")
    with _building(out) as partial:
        say("reading areas and practices")
        timeline = Timeline.ending(parameters.end, parameters.months)
        ground = _ground(parameters)
        job = _Job(ground, timeline, parameters, recipe_of(parameters, parts_a_file), partial)
        groups = grouped(shares(ground, timeline, parameters), parts_a_file)
        files = []
        for done, of_group in enumerate(_made(job, groups, min(workers, len(groups))), start=1):
            files += of_group
            say(f"made {sum(s.n for g in groups[:done] for s in g):,} of {groups[0][0].total:,} people")
        made = MadeLake(out.expanduser().resolve(), groups[0][0].total, tuple(files))
        _write_said(job, made)
    return made


def _ground(parameters: Parameters) -> Ground:
    return Ground.of(parameters.place) if parameters.place else Ground.of_system(parameters.system or "")


@contextmanager
def _building(out: Path) -> Iterator[Path]:
    """Hand out a folder beside `out` that takes its place once all is well, and is removed otherwise."""
    out = out.expanduser().resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "there is something in the output folder", expected="a new or empty folder", where=str(out),
            do="give another --out, or empty that one",
        )  # fmt: skip
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name in (LAKE, TRUTH):
            (partial / name).mkdir(parents=True)
        yield partial
        if out.exists():
            out.rmdir()
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def grouped(parts: Sequence[Share], size: int) -> list[tuple[Share, ...]]:
    """Cut the parts into groups of that size; the last may be smaller."""
    return [tuple(parts[i : i + size]) for i in range(0, len(parts), size)]


def recipe_of(parameters: Parameters, parts_a_file: int) -> str:
    """Return a hash of all that decides the bytes: parameters, versions, and how parts are put into files."""
    said = json.dumps([parameters.as_dict(), versions(), parts_a_file], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions that the bytes depend on."""
    return {"doorstep": __version__, "numpy": np.__version__, "pyarrow": pa.__version__}


def _made(job: _Job, groups: list[tuple[Share, ...]], workers: int) -> Iterator[list[Written]]:
    """Make the groups, yielding what was written in their order."""
    if workers == 1:
        for number, group in enumerate(groups):
            yield make_group(job, number, group)
        return
    # A fresh interpreter a worker: a fork would carry over locks of the libraries' threads.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(job,)) as pool:
            yield from pool.map(_make_numbered, range(len(groups)), groups)
    except BrokenProcessPool as error:
        raise DataError(
            "a worker process ended before its work was done", expected=f"about {MEMORY_A_WORKER} for each worker",
            where="--workers", do="close other programs, or make it with fewer workers",
        ) from error  # fmt: skip


_JOB: list[_Job] = []  # of a worker process


def _begin(job: _Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and stops handing out work
    pa.set_cpu_count(1)
    _JOB[:] = [job]


def _make_numbered(number: int, group: tuple[Share, ...]) -> list[Written]:
    return make_group(_JOB[0], number, group)


def make_group(job: _Job, number: int, group: tuple[Share, ...]) -> list[Written]:
    """Make the parts of one group and write their files."""
    streams = Streams(job.parameters.seed)
    pseudonyms = columns.pseudonyms(job.parameters.seed, group[0].first, group[-1].stop)
    lake = LakeFiles(job.folder / LAKE, number, job.recipe, pseudonyms)
    truth = TruthFiles(job.folder / TRUTH, number)
    for share in group:
        part = make_part(job.ground, job.timeline, job.parameters, streams, share)
        offset = share.first - group[0].first
        desk = Desk(part, job.ground, job.timeline, job.parameters, share.number, share.first, pseudonyms, offset)
        lake.add(desk)
        truth.add(desk)
    return [*lake.close(), *truth.close()]


def _write_said(job: _Job, made: MadeLake) -> None:
    """Write the manifest of the files, and the parameters among the truth."""
    rows = made.rows
    said: dict[str, Any] = {
        "parameters": job.parameters.as_dict(), "versions": versions(), "people": made.people, "rows": rows,
    }  # fmt: skip
    _write_json(job.folder / TRUTH / "parameters.json", said)
    if job.parameters.world is not None:
        effects = sorted((job.folder / TRUTH).glob("effects-*.parquet"))
        write_said(job.parameters.world, effects, job.folder / TRUTH / "worlds.json")
    manifest = {
        "format": MANIFEST_FORMAT,
        "profile": PROFILE,
        "recipe": job.recipe,
        "received_on": date_of(job.timeline.deliveries[-1].received).isoformat(),
        "files": [file.plain() for file in made.files],
    }
    _write_json(job.folder / "manifest.json", manifest)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
