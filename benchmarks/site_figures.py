"""How long editions take to publish and to read: 43 Places, 36 months of made-up returns, 16 lines of 23 numbers.

`python benchmarks/site_figures.py [--profile]` prints seconds; needs the embedded PostgreSQL.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

N_MONTHS, N_FIRST, N_RETURNS = 36, 21, 40
MONTHS = [date(2024 + m // 12, m % 12 + 1, 1) for m in range(N_MONTHS)]
NOW = datetime(2027, 2, 1, tzinfo=UTC)


def timed(what: str, act: Callable[[], Any]) -> Any:
    """Do something and print how long it took."""
    began = time.perf_counter()
    found = act()
    print(f"{what:<60} {time.perf_counter() - began:8.3f} s", flush=True)
    return found


def returns() -> list[dict[str, list[int | str]]]:
    """Return made-up returns as sent, large and small, numbers below 6 as stars."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "site"))
    from figures_attacker import SINGLE, as_sent, events_of, line_of

    chance, found = random.Random(1), []
    for _ in range(N_RETURNS):
        events = {n: events_of(chance, chance.choice((60, 200, 900, 3000)), 3) for n in (*SINGLE, "O2b")}
        truth = {n: line_of(e) for n, e in events.items()} | {"O3": line_of(events["O2b"], days=True)}
        found.append({n: as_sent(chance, line, False, n == "P1") for n, line in truth.items()})
    return found


def fill() -> None:
    """Enter a signed-off return of every Place and month."""
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.models import Decision, Submission
    from doorstep.reference import places

    made, chance = returns(), random.Random(2)
    register = Place.objects.bulk_create(Place(slug=p.slug, name=p.name, order=p.order) for p in places.all_places())
    sent = [
        Submission(
            place=place,
            month=month,
            version=1,
            file_name="return.xlsx",
            file=b"",
            sha256=f"{place.order} {month}",
            received_on=NOW.date(),
            received_at=NOW,
            window="first",
            n_faults=0,
            n_notes=0,
            lines=chance.choice(made),
        )
        for place in register
        for month in MONTHS
    ]
    Submission.objects.bulk_create(sent, batch_size=500)
    Decision.objects.bulk_create(Decision(submission=one, verdict="signed off", at=NOW) for one in sent)


def measure(profile: bool) -> None:
    """Publish and read."""
    from django.conf import settings
    from django.db import connection

    from doorstep.programme.figures import actions, reading

    settings.FIGURES_CACHE = False
    spy = cProfile.Profile()
    if profile:
        spy.enable()
    first, second = MONTHS[N_FIRST - 1], MONTHS[N_FIRST]
    timed(f"publish {N_FIRST} months of 43 Places", lambda: actions.publish(by=None, through=first))
    if profile:
        spy.disable()
        pstats.Stats(spy).sort_stats("tottime").print_stats(25)
    timed("publish one month more", lambda: actions.publish(by=None, through=second))
    timed(f"publish the other {N_MONTHS - N_FIRST - 1} months", lambda: actions.publish(by=None))
    with connection.cursor() as cursor:
        cursor.execute("analyze figures_safeline")
    edition = reading.edition()
    timed("read one line, all Places and months", lambda: reading.figures(edition, lines=["O2b"]))
    timed("read one Place, all lines and months", lambda: reading.figures(edition, places=["sefton"]))
    timed("read one month, all lines and Places", lambda: reading.figures(edition, months=(second, second)))
    timed("read everything", lambda: reading.figures(edition))
    settings.FIGURES_CACHE = True
    reading.figures(edition, lines=["O2b"])
    timed("read one line again, remembered", lambda: reading.figures(edition, lines=["O2b"]))


def main() -> None:
    """Run a server of our own, and measure on it."""
    from doorstep.web import postgres

    os.environ |= {"DOORSTEP_ROLE": "national", "DJANGO_SETTINGS_MODULE": "doorstep.web.settings"}
    with tempfile.TemporaryDirectory(prefix="ds") as folder:
        Path(folder).chmod(0o755)
        with postgres.running(Path(folder) / "pg") as server:
            os.environ["DATABASE_URL"] = server.create("site")
            import django
            from django.core.management import call_command
            from django.db import connections

            django.setup()
            call_command("migrate", verbosity=0)
            fill()
            measure("--profile" in sys.argv)
            connections.close_all()


if __name__ == "__main__":
    main()
