"""Writes the made-up returns as a programme would receive them, and the truth beside them; all or nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doorstep import __version__
from doorstep.errors import UsageError
from doorstep.returns import COLUMNS, Suppressed, apply_suppression, small_numbers, write
from doorstep.returns.printed import lines_of
from doorstep.synthetic.programme_returns.calendar import Calendar, Planted, Sending, calendar
from doorstep.synthetic.programme_returns.faulty import write_faulty
from doorstep.synthetic.programme_returns.parameters import LAST, Parameters
from doorstep.synthetic.programme_returns.series import PlaceSeries, simulate

README = """# Made-up returns

Nobody counted in these files exists. The Places are real names, and the mix of their people follows the real areas;
every number was drawn at random by Doorstep {version} (seed {seed}). Never read them as those of a Place.

`files/` holds the workbooks in folders by the month in which they arrived; `files/received.csv` says on which day each
came, from whom, and what was written beside it. `truth/` says what is true: `figures.parquet` every number before
suppression, `underlying.csv` the rate each Place really had, `sendings.csv` what each file is, `truth.json` what was
planted on purpose.
"""
_CHUNK = 4


@dataclass(frozen=True)
class Truth:
    """What was written: the folder, the parameters, every sending in order of arrival, and what was planted."""

    folder: Path
    parameters: Parameters
    sendings: tuple[Sending, ...]
    planted: tuple[Planted, ...]

    @property
    def files(self) -> Path:
        """The folder of workbooks."""
        return self.folder / "files"

    @property
    def truth(self) -> Path:
        """The folder of what is true."""
        return self.folder / "truth"


def make(
    folder: Path,
    *,
    months: int = 21,
    last: date = LAST,
    seed: int = 1,
    places: int = 43,
    parameters: Parameters | None = None,
    processes: int = 2,
    say: Callable[[str], None] = lambda text: None,
) -> Truth:
    """Write the returns of so many months and Places, and the truth, under `folder`, which must not exist or be empty.

    `parameters` replaces months, last, seed and places. The same parameters give the same bytes, whatever the number
    of processes. Raises UsageError where the folder holds something; nothing half-written is left where it fails.
    """
    folder = folder.expanduser().resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "there is something in the output folder", expected="a new or empty folder", where=str(folder),
            do="give another --out, or empty that one",
        )  # fmt: skip
    wanted = parameters or Parameters(seed=seed, months=months, last=last, places=places)
    being_made = folder.parent / f".{folder.name}.being-made"
    shutil.rmtree(being_made, ignore_errors=True)
    being_made.mkdir(parents=True)
    try:
        made = _make(wanted, being_made, processes, say)
        if folder.exists():
            folder.rmdir()
        being_made.rename(folder)
    finally:
        shutil.rmtree(being_made, ignore_errors=True)
    return Truth(folder, wanted, tuple(made.sendings), tuple(made.planted))


def _make(parameters: Parameters, folder: Path, processes: int, say: Callable[[str], None]) -> Calendar:
    say("drawing the Places' figures")
    series = list(simulate(parameters))
    planned = calendar(parameters, series)
    for arrived in {sending.received.strftime("%Y-%m") for sending in planned.sendings}:
        (folder / "files" / arrived).mkdir(parents=True, exist_ok=True)
    (folder / "truth").mkdir()
    say(f"writing {len(planned.sendings):,} workbooks")
    hashes = _write_files(folder / "files", planned.sendings, processes)
    say("writing the truth")
    _received(folder / "files" / "received.csv", planned.sendings)
    _truth(folder / "truth", parameters, series, planned, hashes)
    text = README.format(version=__version__, seed=parameters.seed)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    return planned


def _write_files(folder: Path, sendings: Sequence[Sending], processes: int) -> list[str]:
    """Write every file and return their SHA-256."""
    jobs = [(folder, sending) for sending in sendings]
    if processes <= 1 or len(jobs) <= _CHUNK:
        return [write_sending(job) for job in jobs]
    slow_first = sorted(range(len(jobs)), key=lambda i: jobs[i][1].method == "primary")
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        hashes = pool.map(write_sending, [jobs[i] for i in slow_first], chunksize=_CHUNK)
        made = dict(zip(slow_first, hashes, strict=True))
    return [made[i] for i in range(len(jobs))]


def write_sending(job: tuple[Path, Sending]) -> str:
    """Write one file under a folder, dated with the day it arrived, and return its SHA-256."""
    folder, sending = job
    path = folder / sending.file
    if sending.fault:
        write_faulty(sending.fault, sending.figures, small_numbers(sending.figures), path)
    else:
        write(sending.figures, _suppressed(sending), path)
    noon = datetime.combine(sending.received, time(12, sending.version, sending.copy), UTC).timestamp()
    os.utime(path, (noon, noon))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _suppressed(sending: Sending) -> Suppressed:
    if sending.method == "primary":
        return small_numbers(sending.figures)
    return apply_suppression(sending.figures, "secondary")


def _received(path: Path, sendings: Iterable[Sending]) -> None:
    rows = [(s.file, s.received.isoformat(), s.place, s.said) for s in sendings]
    _csv(path, ("file", "received", "place", "said"), rows)


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _truth(
    folder: Path, parameters: Parameters, series: Sequence[PlaceSeries], planned: Calendar, hashes: Sequence[str]
) -> None:
    pq.write_table(_figures(series), folder / "figures.parquet")
    _csv(folder / "underlying.csv", ("place", "month", "metric", "per_1000"), _underlying(series))
    rows = [
        (s.file, s.place, f"{s.month:%Y-%m}", s.version, s.received.isoformat(), s.method, s.fault, sha256)
        for s, sha256 in zip(planned.sendings, hashes, strict=True)
    ]
    _csv(folder / "sendings.csv", ("file", "place", "month", "version", "received", "method", "fault", "sha256"), rows)
    told = {"parameters": asdict(parameters), "files": len(rows), "planted": planned.planted}
    text = json.dumps(told, indent=2, default=str) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="\n")


def _figures(series: Iterable[PlaceSeries]) -> pa.Table:
    """Return every true number as a row: place, month, metric (a line id), breakdown, column, value."""
    rows = list(_numbers(series))
    names = ("place", "month", "metric", "breakdown", "column", "value")
    return pa.table(dict(zip(names, (list(values) for values in zip(*rows, strict=True)), strict=True)))


def _numbers(series: Iterable[PlaceSeries]) -> Iterator[tuple[str, date, str, str, str, int]]:
    for one in series:
        for figures in one.figures():
            for line, values in lines_of(figures).items():
                for (breakdown, column), value in zip(COLUMNS, values, strict=True):
                    yield one.slug, figures.month, line, breakdown, column, value


def _underlying(series: Iterable[PlaceSeries]) -> Iterator[tuple[str, str, str, str]]:
    for one in series:
        for metric, rates in one.underlying.items():
            for month, rate in zip(one.months, rates, strict=True):
                yield one.slug, f"{month:%Y-%m}", metric, f"{rate:.5f}"
