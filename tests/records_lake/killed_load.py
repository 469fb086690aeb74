"""Run as a program: load a folder, and die without warning at the n-th durable step (0: never)."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from made_lake import SCOPE, fake_reader

from doorstep.home import Home
from doorstep.records import files, writing
from doorstep.records.loading import load


def main(root: str, inbox: str, step: int) -> None:
    count = 0

    def dying(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*arguments, **named)

        return wrapped

    for module, name in ((files, "sync"), (writing, "sync"), (os, "fsync"), (writing, "sha256_of")):
        setattr(module, name, dying(name, getattr(module, name)))
    for name in ("rename", "replace"):
        setattr(Path, name, dying(name, getattr(Path, name)))
    print("ready", flush=True)
    load(Home(Path(root)), [Path(inbox)], scope=SCOPE, reader=fake_reader)
    print(count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
