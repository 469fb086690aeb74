"""Run one program and measure it with all that it starts: wall and processor seconds, peak memory. Linux only."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICK, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass
class Run:
    """One measured run; `peak_mb` is resident memory of all its processes together."""

    name: str
    wall: float
    cpu: float
    peak_mb: float
    load_before: float


def run(name: str, command: Sequence[str], env: dict[str, str]) -> Run:
    """Run a command to its end, looking at its processes twenty times a second."""
    load, started = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.execve(command[0], list(command), env)
        watch = _Watch(pid)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - started
        watch.stop()
        said.seek(0)
        text = said.read()
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{name} failed:\n{text[-4000:]}")
    reaped = usage.ru_utime + usage.ru_stime
    return Run(name, wall, max(reaped, watch.cpu), max(watch.peak_mb, usage.ru_maxrss / 1024), load)


class _Watch:
    """Looks at a process and all that it started, until it is stopped."""

    def __init__(self, pid: int) -> None:
        self.peak_mb, self._spent, self._ended = 0.0, dict[int, float](), threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pid,))
        self._thread.start()

    @property
    def cpu(self) -> float:
        """Processor seconds of all processes, each as last seen."""
        return sum(self._spent.values())

    def stop(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._ended.wait(0.05):
            tree = _tree(pid)
            self._spent |= {p: s for p in tree if (s := _seconds(p)) is not None}
            self.peak_mb = max(self.peak_mb, sum(map(_memory, tree)))


def _tree(pid: int) -> list[int]:
    """Return a process and all that it started."""
    try:
        threads = [t.name for t in Path(f"/proc/{pid}/task").iterdir()]
        started = [int(p) for t in threads for p in Path(f"/proc/{pid}/task/{t}/children").read_text().split()]
    except OSError:
        return []
    return [pid, *(p for child in started for p in _tree(child))]


def _seconds(pid: int) -> float | None:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(told[11]) + int(told[12])) / TICK


def _memory(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except OSError:
        return 0.0
