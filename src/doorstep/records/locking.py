"""One writer at a time: a file lock that the operating system drops when its holder dies."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.home import Home


@contextmanager
def lake_lock(home: Home, what: str) -> Iterator[None]:
    """Hold the lake's lock; UsageError that names the holder where another process has it."""
    home.lake.mkdir(parents=True, exist_ok=True)
    path = home.lake / "lock"
    with path.open("a+", encoding="utf-8") as stream:
        if not _take(stream):
            raise UsageError(
                f"another process is writing to the lake: {_holder(stream)}",
                where=str(path),
                do="wait until it has ended, then try again (a lock never outlives its process)",
            )
        _sign(stream, what)
        yield
        stream.truncate(0)


def _take(stream: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sign(stream: IO[str], what: str) -> None:
    stream.truncate(0)
    stream.write(json.dumps({"process": os.getpid(), "doing": what, "since": clock.now().isoformat()}))
    stream.flush()


def _holder(stream: IO[str]) -> str:
    stream.seek(0)
    try:
        found: dict[str, Any] = json.loads(stream.read())
        return f"process {found['process']} ({found['doing']}) since {found['since']}"
    except (ValueError, KeyError):
        return "it has not said which"
