"""Kill a load at 50 moments spread over its length; after each, the lake must open, verify and finish loading.

Run: python benchmarks/kill_during_load.py [MOMENTS]
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "records_lake"))

from made_lake import Made, make, spell

from doorstep.home import Home
from doorstep.records import open_lake, snapshot, status

PROGRAM = Path(__file__).parent.parent / "tests" / "records_lake" / "killed_load.py"


def start(made: Made) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(PROGRAM), str(made.home.root), str(made.inbox), "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout and process.stdout.readline() == b"ready\n"  # everything is imported: the load begins
    return process


def copy(template: Path, root: Path) -> Made:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(template, root)
    return Made(Home(root / "home"), root / "inbox")


def main() -> int:
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    folder = Path(tempfile.mkdtemp())
    template = make(folder / "template")
    template.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])
    for month in ("08", "09", "10"):
        many = [spell(f"k{n}", f"s{n}", f"2026-{month}-01") for n in range(5000)]
        template.deliver(f"2026-{month}-20", many={"spell": many})
    whole = copy(folder / "template", folder / "whole")
    process = start(whole)
    began = time.perf_counter()
    process.communicate()
    length = time.perf_counter() - began
    expected = snapshot.current(whole.home).hash
    seen: dict[str, int] = {}
    draw = random.Random(1)
    for n in range(moments):
        made = copy(folder / "template", folder / "killed")
        process = start(made)
        time.sleep(length * (n + draw.random()) / moments)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert snapshot.faults(made.home) == []
        open_lake(made.home).close()
        state = f"{len(snapshot.current(made.home).loads)} loads published"
        seen[state] = seen.get(state, 0) + 1
        start(made).communicate()
        assert snapshot.current(made.home).hash == expected
        assert status.verify(made.home)[1] == []
    print(f"{moments} kills over {length:.1f} s: the lake opened and verified each time, and every load was finished")
    print("state when killed:", ", ".join(f"{state}: {n}" for state, n in sorted(seen.items())))
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
