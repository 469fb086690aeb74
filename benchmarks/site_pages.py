"""How long pages take for 20 readers at once, and how much processor time each page costs.

43 Places, 36 months, 16 lines of 23 numbers on the embedded PostgreSQL, served by `doorstep serve` with two workers;
then once more by the same server with both memories off (`FIGURES_CACHE`, `EXHIBIT_CACHE`).

Run: python benchmarks/site_pages.py [SECONDS] [--write]      SECONDS: how long the readers read, each time.
"""

from __future__ import annotations

import http.client
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

THINKS, WARM_UP, N_WORKERS, N_TIMED = 5.0, 45.0, 2, 10
PORT = 18734
PATIENCE = 20  # seconds after which a reader gives up; the page counts as having taken as long
RESULT = Path(__file__).parent / "results" / "site_pages.md"
TICKS = os.sysconf("SC_CLK_TCK")
LINES = ("O1a", "O1b", "O2a", "O2b", "O3", "O4.1", "O5a", "O6a")

# page -> its address for a Place and a line; how often it is read beside the others; whether only the Centre may.
PAGES: dict[str, tuple[Callable[[str, str], str], int, bool]] = {
    "overview of the country": (lambda place, line: "/scorecard/", 4, False),
    "overview of a Place": (lambda place, line: f"/scorecard/overview-place/{place}/", 4, False),
    "series of a Place": (lambda place, line: f"/scorecard/spc/{place}/{line}/", 3, False),
    "series of all Places": (lambda place, line: f"/scorecard/spc-national/{line}/", 2, False),
    "funnel": (lambda place, line: f"/scorecard/funnel/{line}/2028-03/", 2, False),
    "rates by group": (lambda place, line: f"/scorecard/by-group/{line}/", 1, False),
    "inequality": (lambda place, line: f"/scorecard/inequality/{line}/", 1, False),
    "inequality in a Place": (lambda place, line: f"/scorecard/inequality-place/{place}/{line}/", 1, False),
    "engagement": (lambda place, line: "/scorecard/engagement/", 1, False),
    "engagement of a Place": (lambda place, line: f"/scorecard/engagement-place/{place}/", 1, False),
    "demographics": (lambda place, line: "/scorecard/demographics/", 1, False),
    "demographics of a Place": (lambda place, line: f"/scorecard/demographics-place/{place}/", 1, False),
    "editions": (lambda place, line: "/editions/", 1, False),
    "newest edition": (lambda place, line: "/editions/36/", 1, False),
    "collection, all months": (lambda place, line: "/collection/", 2, True),
    "collection of a month": (lambda place, line: "/collection/2028-03/", 2, True),
}


@dataclass
class Reader:
    """One person: the cookie of their session, whether they are of the Centre, and one connection to the server."""

    cookie: str
    is_of_centre: bool
    connection: http.client.HTTPConnection = field(
        default_factory=lambda: http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    )

    def get(self, address: str) -> float:
        """Ask for a page and return the seconds to its last byte; anything but a whole page stops the run."""
        began = time.perf_counter()
        try:
            self.connection.request("GET", address, headers={"Cookie": self.cookie, "Host": "localhost"})
            answer = self.connection.getresponse()
            body = answer.read()
        except TimeoutError:
            self.connection.close()
            return float(PATIENCE)
        spent = time.perf_counter() - began
        if answer.status != 200 or b"</html>" not in body[-200:]:
            raise SystemExit(f"{address} answered {answer.status}")
        return spent

    def read(self, until: float, chance: random.Random, places: Sequence[str], times: list[tuple[str, float]]) -> None:
        """Read pages drawn by how often they are read, thinking between them, and note how long each took."""
        mine = {name: weight for name, (_, weight, is_inner) in PAGES.items() if self.is_of_centre or not is_inner}
        time.sleep(min(chance.expovariate(1 / THINKS), max(0.0, until - time.time())))
        while time.time() < until:
            (name,) = chance.choices(list(mine), list(mine.values()))
            times.append((name, self.get(PAGES[name][0](chance.choice(places), chance.choice(LINES)))))
            time.sleep(min(chance.expovariate(1 / THINKS), max(0.0, until - time.time())))


def readers(sessions: Sequence[str]) -> list[Reader]:
    """Return the readers of the sessions, in the order of their roles."""
    from itertools import cycle

    from site_pages_data import ROLES

    return [
        Reader(f"doorstep_national={key}", role.startswith("centre"))
        for key, role in zip(sessions, cycle(ROLES), strict=False)
    ]


def load(sessions: Sequence[str], places: Sequence[str], seconds: float, seed: int) -> list[tuple[str, float]]:
    """Let all readers read at once for a time, and return the pages with the seconds each took."""
    times: list[tuple[str, float]] = []
    until = time.time() + seconds
    threads = [
        threading.Thread(target=one.read, args=(until, random.Random(f"{seed} {n}"), places, times))
        for n, one in enumerate(readers(sessions))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


# --- Processor time ---------------------------------------------------------------------------------------------------


def processes(root: int) -> list[int]:
    """Return a process and all below it."""
    found, parents = [root], defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.read_text().rpartition(")")[2].split()[1])].append(int(path.parent.name))
        except OSError:  # it ended while we looked
            continue
    for pid in found:
        found += parents[pid]
    return found


def spent_by(pids: Sequence[int]) -> dict[int, float]:
    """Return the seconds of processor time that each process has taken so far; one that has ended is left out."""
    found = {}
    for pid in pids:
        try:
            cells = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[pid] = (int(cells[11]) + int(cells[12])) / TICKS
    return found


def between(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the seconds that processes took in between, of those that were there at both times."""
    return sum(after[pid] - spent for pid, spent in before.items() if pid in after)


def costs(session: str, places: Sequence[str], site: int, database: int) -> dict[str, tuple[float, float]]:
    """Return for each page the milliseconds of processor time of the site and of the database, one page at a time.

    All pages of one line are asked on one connection, so of one worker, twice before they are counted.
    """
    reader, found = readers([session])[0], {}
    for name, (address, _, _) in PAGES.items():
        asked = address("sefton", "O2b")
        for _ in range(2):
            reader.get(asked)
        sides = (processes(site), processes(database))
        before = [spent_by(pids) for pids in sides]
        for _ in range(N_TIMED):
            reader.get(asked)
        after = [spent_by(pids) for pids in sides]
        site_ms, database_ms = (between(a, b) / N_TIMED * 1000 for a, b in zip(before, after, strict=True))
        found[name] = (site_ms, database_ms)
    return found


# --- Serving ----------------------------------------------------------------------------------------------------------


def forgetful() -> Any:
    """Return the site's application with both memories off."""
    from doorstep.web.wsgi import application  # isort: skip
    from django.conf import settings

    settings.FIGURES_CACHE = settings.EXHIBIT_CACHE = False
    return application


def serve_forgetful() -> None:
    """Serve as `doorstep serve` does, but for the memories."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "site_pages:forgetful", address="127.0.0.1", port=PORT, interface=Interfaces.WSGI, workers=N_WORKERS,
        blocking_threads=8, websockets=False, log_access=False, factory=True,
    ).serve()  # fmt: skip


@contextmanager
def serving(*, is_forgetful: bool) -> Iterator[int]:
    """Start a server, wait until it answers, and end it."""
    real = [sys.executable, "-m", "doorstep", "serve", "--port", str(PORT), "--workers", str(N_WORKERS)]
    command = [sys.executable, __file__, "serve-forgetful"] if is_forgetful else real
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
        try:
            connection.request("GET", "/ready", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.5)
        if process.poll() is not None:
            break
    raise SystemExit("the server did not start")


# --- Telling ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What one server did: each page's seconds under load, its processor time, and how busy the machine was."""

    times: list[tuple[str, float]]
    costs: dict[str, tuple[float, float]]
    busy: float  # seconds of processor time a second of load, of this site and its database
    machine: float  # the machine's load average while the readers read

    def of(self, name: str) -> list[float]:
        """Return a page's milliseconds in order; those of all pages where none is named."""
        return sorted(1000 * seconds for page, seconds in self.times if not name or page == name)


def measured(sessions: Sequence[str], places: Sequence[str], seconds: float, data: Path, forgets: bool) -> Measured:
    """Serve, warm up, let the readers read, then ask for each page by itself."""
    database = int((data / "data" / "postmaster.pid").read_text().split()[0])
    with serving(is_forgetful=forgets) as site:
        load(sessions, places, WARM_UP, seed=1)
        pids = [*processes(site), *processes(database)]
        before = spent_by(pids)
        times = load(sessions, places, seconds, seed=2)
        busy = between(before, spent_by(pids)) / seconds
        machine = os.getloadavg()[0]
        return Measured(times, costs(sessions[0], places, site, database), busy, machine)


def percentile(sorted_ms: Sequence[float], share: float) -> float:
    """Return a percentile of milliseconds in order, by the nearest rank."""
    return sorted_ms[min(len(sorted_ms) - 1, int(share * len(sorted_ms)))] if sorted_ms else float("nan")


def told(kept: Measured, forgot: Measured, seconds: float) -> str:
    """Return the results as a page."""
    rows = []
    for name in ["", *PAGES]:
        cells = [name or "**all pages**"]
        for one in (kept, forgot):
            found = one.of(name)
            cells += [f"{len(found)}", *(f"{percentile(found, share):.0f}" for share in (0.5, 0.95))]
            costs = [one.costs[name]] if name else list(one.costs.values())
            cells += [
                f"{statistics.fmean(site for site, _ in costs):.0f} + {statistics.fmean(d for _, d in costs):.0f}"
            ]
        rows.append(f"| {' | '.join(cells)} |")
    return TEMPLATE.format(
        day=time.strftime("%d %B %Y").lstrip("0"), machine=f"{os.cpu_count()} cores ({platform.machine()})",
        python=platform.python_version(), seconds=round(seconds), think=THINKS, warm=round(WARM_UP),
        timed=N_TIMED, rows="\n".join(rows),
        given_up=sum(spent >= PATIENCE for one in (kept, forgot) for _, spent in one.times),
        busy_kept=f"{kept.busy:.2f}", busy_off=f"{forgot.busy:.2f}",
        load_kept=f"{kept.machine:.1f}", load_off=f"{forgot.machine:.1f}",
    )  # fmt: skip


TEMPLATE = """# How quick the pages are

{day}; {machine}, Python {python}. Made by `python benchmarks/site_pages.py`; the data are made up:
43 Places, 36 months, 16 lines of 23 numbers (24,768 lines), 36 editions, 1,548 returns, 60 entries of the log, on the
embedded PostgreSQL, which does not wait for the disk here: other work writes to it.

Twenty readers at once, four of each of five roles, each with a session and a connection of their own; each reads a page
drawn by weight, of a Place and a line drawn at random, and then thinks for {think:g} seconds on average (exponential):
some four pages a second. {warm} seconds of warm-up are not counted, {seconds} seconds are. `doorstep serve` with two
workers of eight threads; the readers run on the same machine. "Memories off": `FIGURES_CACHE` and `EXHIBIT_CACHE` are
False, so that each page reads its lines, and the sums stored with their edition, from the database and builds its
exhibit anew.

Milliseconds to the last byte under load: median and 95th percentile. Processor time: milliseconds a page of the site +
of the database, {timed} times the same page of one Place and line by itself after two uncounted ones.

| page | n | median | 95% | processor | off: n | off: median | off: 95% | off: processor |
|---|---|---|---|---|---|---|---|---|
{rows}

The machine's load average was {load_kept} while the readers read, and {load_off} with the memories off, on two cores.
Of a second the site and its database took {busy_kept} and {busy_off} seconds; a load far above that is other work, and
makes milliseconds to the last byte longer, processor time hardly. Pages given up after 20 seconds: {given_up}.
"""


def main() -> None:
    """Fill a site, measure both servers, and print or write the page."""
    from doorstep.web import postgres

    seconds = next((float(word) for word in sys.argv[1:] if word.isdecimal()), 90.0)
    os.environ |= {
        "DOORSTEP_ROLE": "national", "DJANGO_SETTINGS_MODULE": "doorstep.web.settings", "DOORSTEP_HOSTS": "localhost",
        "DOORSTEP_TODAY": "2028-07-03", "DOORSTEP_SECRET_KEY": "benchmark-only-" + "x" * 50,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="ds") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "pg"
        os.environ["DOORSTEP_HOME"] = str(Path(folder) / "home")
        with postgres.running(data, is_kept=False) as server:
            os.environ["DATABASE_URL"] = server.create("site")
            sessions, places = filled()
            found = [measured(sessions, places, seconds, data, forgets) for forgets in (False, True)]
    page = told(found[0], found[1], seconds)
    print(page)
    if "--write" in sys.argv:
        RESULT.write_text(page, encoding="utf-8")


def filled() -> tuple[list[str], list[str]]:
    """Fill the site; return the readers' sessions and the Places."""
    import django
    from django.core.management import call_command
    from django.db import connections
    from site_pages_data import fill

    django.setup()
    call_command("migrate", verbosity=0)
    sessions = fill()
    connections.close_all()
    from doorstep.reference import places

    return sessions, [place.slug for place in places.all_places()]


if __name__ == "__main__":
    serve_forgetful() if "serve-forgetful" in sys.argv else main()
