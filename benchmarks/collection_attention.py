"""How much attention a month's collection takes, from 43 files to a published pack, on the made-up programme.

The script works the real site as two analysts would, page by page and button by button, and counts what a person reads,
decides, clicks and types. The site's processor time is measured; the person's is estimated from published constants.

Run: python benchmarks/collection_attention.py [MONTHS] [PLACES] [--write]      by default 13 months of 43 Places
"""

from __future__ import annotations

import csv
import html
import io
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "results" / "collection_attention.md"
# Seconds. The keystroke-level model: Card, Moran, Newell, Communications of the ACM 1980; 23: 396-410: a mental
# preparation, pointing with a mouse and pressing its button, a key of an average typist, a hand from mouse to keys.
PREPARE, POINT, KEY, REACH = 1.35, 1.1 + 0.2, 0.28, 0.4
READ = 60 / 238  # a word: silent reading of non-fiction, Brysbaert, Journal of Memory and Language 2019; 109: 104047
JUDGE = 5.0  # ours: to decide about one return whose notes or faults were read


@dataclass
class Step:
    """One step: what one person does on the pages of it, and the site's seconds of processor time."""

    what: str
    who: str
    pages: int = 0
    clicks: int = 0
    keys: int = 0
    words: int = 0
    judgements: int = 0
    machine: float = 0.0

    @property
    def attention(self) -> float:
        """Return the seconds that the person is busy: each page and each judgement begins with a preparation."""
        reaches = 2 if self.keys else 0
        moves = self.clicks * POINT + self.keys * KEY + reaches * REACH
        return self.pages * PREPARE + moves + self.words * READ + self.judgements * (PREPARE + JUDGE)


@dataclass
class Walk:
    """The steps so far, of people by name with their browsers."""

    browsers: dict[str, Any]
    steps: list[Step] = field(default_factory=list)

    def begin(self, what: str, who: str) -> Step:
        """Begin a step."""
        self.steps.append(Step(what, who))
        return self.steps[-1]

    def open(self, address: str, *, reads: str = "all") -> str:
        """Click a link to a page and read it: `all` of it, its `lead` up to the first table, or `nothing`."""
        return self._read(self._asked("get", address), reads)

    def press(self, address: str, told: dict[str, Any], *, reads: str = "all") -> str:
        """Press a form's button and read the page that comes."""
        return self._read(self._asked("post", address, told, follow=True), reads)

    def _asked(self, how: str, *words: Any, **more: Any) -> str:
        step = self.steps[-1]
        began = time.process_time()
        answer = getattr(self.browsers[step.who], how)(*words, **more)
        step.machine += time.process_time() - began
        step.clicks += 1
        step.pages += 1
        if answer.status_code != 200:
            raise SystemExit(f"{words[0]} answered {answer.status_code}")
        return str(answer.content.decode())

    def _read(self, page: str, reads: str) -> str:
        self.steps[-1].words += n_words(page, reads)
        return page


def n_words(page: str, reads: str) -> int:
    """Return how many words of a page's main part somebody reads."""
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    main = main.partition("<table")[0] if reads == "lead" else "" if reads == "nothing" else main
    for hidden in (
        r'<span class="nhsuk-u-visually-hidden">.*?</span>',
        r"<select.*?</select>",
        r"<details.*?</details>",
        r"<script.*?</script>",
    ):
        main = re.sub(hidden, " ", main, flags=re.S)
    return len(re.findall(r"\w[\w'’.,/-]*", html.unescape(re.sub(r"<[^>]+>", " ", main))))


# --- The month --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One made-up file."""

    path: Path
    place: str
    month: date
    version: int
    received: date
    fault: str


def made_up(folder: Path, months: int, places: int) -> list[Sent]:
    """Have the returns made up; return them in the order in which they came, without second copies of one file."""
    last = f"{2026 + (months - 1) // 12}-{(months - 1) % 12 + 1:02d}"
    words = ["synthetic", "returns", "--out", str(folder), "--last", last]
    words += ["--months", str(months), "--places", str(places)]
    subprocess.run([sys.executable, "-m", "doorstep", *words], check=True, stdout=subprocess.DEVNULL)
    with (folder / "truth" / "sendings.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Sent(folder / "files" / row["file"], row["place"], date.fromisoformat(f"{row['month']}-01"),
                 int(row["version"]), date.fromisoformat(row["received"]), row["fault"])
            for row in csv.DictReader(file)
        ]  # fmt: skip
    first: dict[tuple[str, date, int], Sent] = {}
    for row in sorted(rows, key=lambda row: row.received):
        first.setdefault((row.place, row.month, row.version), row)
    return list(first.values())


def take_earlier(sent: Sequence[Sent], first: Any, second: Any) -> None:
    """Take in the months before, as the demonstration does, and publish them."""
    from doorstep.programme.figures.actions import publish
    from doorstep.programme.submissions import actions

    for one in sent:
        on(one.received)
        got = actions.receive(file_name=one.path.name, content=one.path.read_bytes(), by=None)
        if got.outcome == "kept" and got.submission and not got.submission.n_faults:
            actions.decide(submission=got.submission, verdict="checked", by=first)
            actions.decide(submission=got.submission, verdict="signed off", by=second)
    publish(by=second)


def on(day: date) -> None:
    """Let it be a day."""
    os.environ["DOORSTEP_TODAY"] = day.isoformat()


def work(walk: Walk, month: date, files: Sequence[Sent], corrections: Sequence[Sent]) -> None:
    """Do the month's work: Ana collects, checks and publishes; Ben signs off."""
    here = f"/collection/{month:%Y-%m}/"
    for who in walk.browsers:
        step = walk.begin("log in with both factors", who)
        step.pages, step.clicks, step.keys = 2, 3, 20 + 16 + 6
    _send(walk, here, "send all files of the month", files)
    _send_back(walk, here)
    if corrections:
        on(max(one.received for one in corrections))
        _send(walk, here, f"send the corrections: {len(corrections)}", corrections)
    _decide(walk, here, "check", "Ana", "check those without faults")
    _decide(walk, here, "sign-off", "Ben", "sign off, the second person")
    _publish(walk)


def _send(walk: Walk, here: str, what: str, files: Sequence[Sent]) -> None:
    step = walk.begin(what, "Ana")
    walk.open(here, reads="lead")
    walk.open(f"/returns/send?month={here.split('/')[2]}")
    given = []
    for one in files:
        file = io.BytesIO(one.path.read_bytes())
        file.name = one.path.name
        given.append(file)
    step.clicks, step.keys = step.clicks + 2, step.keys + 2  # the file dialogue: open, a folder, all of it, Enter
    page = walk.press("/returns/send", {"files": given, "month": here.split("/")[2]}, reads="lead")
    todo = [row for row in re.findall(r"<tr.*?</tr>", page, re.S)[1:] if "Taken, no faults" not in row]
    step.words += sum(n_words(f"<main>{row}</main>", "all") for row in todo)


def _send_back(walk: Walk, here: str) -> None:
    step = walk.begin("send back those with faults", "Ana")
    page = walk.open(f"{here}review/send-back")
    ids = re.findall(r'name="id" id="[^"]+" value="([^"]+)"', page)
    if not ids:
        return
    reasons = re.findall(r'name="(why-[^"]+)"[^>]*>(.*?)</textarea>', page, re.S)
    step.judgements = len(ids)
    step.clicks += len(ids) - page.count(" checked>")  # tick those that are not
    walk.press(f"{here}send-back", {"id": ids, **{name: html.unescape(text) for name, text in reasons}}, reads="lead")


def _decide(walk: Walk, here: str, review: str, who: str, what: str) -> None:
    step = walk.begin(what, who)
    walk.open(here, reads="lead")
    page = walk.open(f"{here}review/{review}")
    step.judgements = page.count('class="nhsuk-card"')
    ids = re.findall(r'name="id" id="[^"]+" value="([^"]+)" checked', page)
    walk.press(f"{here}{review}", {"id": ids}, reads="lead")


def _publish(walk: Walk) -> None:
    from doorstep.programme.scorecard.making import make_next

    step = walk.begin("publish the edition", "Ana")
    walk.open("/editions/", reads="lead")
    page = walk.open("/editions/publish")
    hidden = dict(re.findall(r'type="hidden" name="(through|fingerprint)" value="([^"]+)"', page))
    step.judgements = 1
    walk.press("/editions/publish", {**hidden, "note": ""}, reads="lead")
    walk.begin("open the pack of all Places", "Ana")
    walk.open("/packs/", reads="lead")
    if (made := make_next()) is None or made.why:  # the site's maker does this, and nobody waits for it
        raise SystemExit(f"no pack was made: {made and made.why}")
    number = re.search(r"Packs of edition (\d+)", walk.open("/packs/", reads="lead"))
    walk.open(f"/packs/{number[1] if number else 0}/all/", reads="nothing")


# --- Telling ----------------------------------------------------------------------------------------------------------


def told(month: date, steps: Sequence[Step], files: Sequence[Sent]) -> str:
    """Return one month's table and what it adds up to."""
    rows = [
        f"| {s.what} | {s.who} | {s.pages} | {s.clicks} | {s.keys} | {s.words} | {s.judgements} | {s.attention:.0f} "
        f"| {s.machine:.1f} |"
        for s in steps
    ]
    sums = [sum(getattr(s, name) for s in steps) for name in ("pages", "clicks", "keys", "words", "judgements")]
    by = {who: sum(s.attention for s in steps if s.who == who) for who in dict.fromkeys(s.who for s in steps)}
    total, machine = sum(by.values()), sum(s.machine for s in steps)
    rows.append(f"| **all** | | {' | '.join(map(str, sums))} | {total:.0f} | {machine:.1f} |")
    first = [one for one in files if one.version == 1]
    faults = ", ".join(sorted(one.fault.replace("_", " ") for one in files if one.fault)) or "none"
    return MONTH.format(
        month=f"{month:%B %Y}", n=len(first), corrections=len(files) - len(first), faults=faults, rows="\n".join(rows),
        minutes=f"{total / 60:.1f}", each=", ".join(f"{who} {spent / 60:.1f}" for who, spent in by.items()),
    )  # fmt: skip


MONTH = """## {month}: {n} files, corrections: {corrections}

Planted faults: {faults}. **Attention is an estimate: {minutes} minutes** ({each}).

| step | who | pages | clicks | keys | words read | judgements | attention, s | processor, s |
|---|---|---|---|---|---|---|---|---|
{rows}
"""

TEMPLATE = """# How much attention a month's collection takes

{day}; {machine}, Python {python}. Made by `python benchmarks/collection_attention.py` on the
made-up programme of {places} Places and {months} months: the last month, and the one with most faulty and corrected
files, the months before taken in first. Two people of the Centre: Ana collects, checks and publishes, Ben signs off.

The script works the real site, from the log-in to the pack, and counts. The last column is the site's own processor
time (without its database's), which is measured; nobody need watch while it works. Packs are made beside the pages.

{each_month}
## How attention is estimated

In seconds: {prepare} to prepare for each page and judgement, {point} to point and click,
{key} a key, {reach} to reach for the keyboard and back (Card, Moran and Newell 1980, the keystroke-level model, an
average typist); {words} words read a minute (Brysbaert 2019). A judgement, about one return with notes or faults or
about publishing, takes {judge} seconds more: that is our assumption, and no published number. Read are: every word of
the pages that check, sign off, send back and publish, each note of each return among them, by both people; of pages
with a list of all Places what stands above it; of the page that says what became of each file only what has something
to do. A return without anything to look at takes no judgement of its own.

What this leaves out: asking a Place what lies behind a note, reading the pack, and interruptions. Nobody was watched: a
person who works this way for the first time takes longer.
"""


def main() -> None:
    """Make the returns up, work the month, and print or write the page."""
    from doorstep.web import postgres

    given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    months, places = (*given, *(13, 43)[len(given) :])
    os.environ |= {
        "DOORSTEP_ROLE": "national", "DJANGO_SETTINGS_MODULE": "doorstep.web.settings", "DOORSTEP_HOSTS": "testserver",
        "DOORSTEP_SECRET_KEY": "benchmark-only-" + "x" * 50,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="ds") as text:
        folder = Path(text)
        folder.chmod(0o755)
        sent = made_up(folder / "returns", months, places)
        os.environ["DOORSTEP_HOME"] = str(folder / "home")
        with postgres.running(folder / "pg", is_kept=False) as server:
            parts = [apart(server.create(f"site{n}"), sent, month) for n, month in enumerate(months_worked(sent))]
    page = TEMPLATE.format(
        day=time.strftime("%d %B %Y").lstrip("0"), machine=f"{os.cpu_count()} cores ({platform.machine()})",
        python=platform.python_version(), places=places, months=months, each_month="\n".join(parts),
        prepare=PREPARE, point=f"{POINT:.1f}", key=KEY, reach=REACH, words=238, judge=f"{JUDGE:g}",
    )  # fmt: skip
    print(page)
    if "--write" in sys.argv:
        RESULT.write_text(page, encoding="utf-8")


def months_worked(sent: Sequence[Sent]) -> list[date]:
    """Return the last month, and the one with most files that are faulty or correct others."""
    months = sorted({one.month for one in sent})
    busiest = max(months, key=lambda month: sum(one.month == month and _asks_for_work(one) for one in sent))
    return sorted({months[-1], busiest}, reverse=True)


def _asks_for_work(one: Sent) -> bool:
    return bool(one.fault) or one.version > 1


def apart(database: str, sent: Sequence[Sent], month: date) -> str:
    """Work a month in a process of its own, for a Django has one database; return its part of the page."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(worked, database, sent, month).result()


def worked(database: str, sent: Sequence[Sent], month: date) -> str:
    """Bring a site up, take the earlier months in, and work the month."""
    os.environ["DATABASE_URL"] = database
    import logging

    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    from doorstep.programme.places.actions import seed

    seed(by=None)
    ana, ben = (person(name) for name in ("Ana", "Ben"))
    take_earlier([one for one in sent if one.month < month], ana, ben)
    of_month = [one for one in sent if one.month == month]
    files = [one for one in of_month if one.version == 1]
    corrections = [one for one in of_month if one.version > 1]
    on(max(one.received for one in files) + timedelta(days=1))
    walk = Walk({"Ana": browser(ana), "Ben": browser(ben)})
    work(walk, month, files, corrections)
    connections.close_all()
    return told(month, walk.steps, of_month)


def person(name: str) -> Any:
    """Make an analyst of the Centre."""
    from doorstep.web.accounts import actions
    from doorstep.web.accounts.models import User

    made = User.objects.create(email=f"{name.lower()}@example.org", name=name)
    actions.assign(user=made, role="centre_analyst", by=None)
    return made


def browser(user: Any) -> Any:
    """Return a browser in which somebody logged in with both factors."""
    from django.test import Client

    from doorstep.web.middleware import SECOND_FACTOR

    found = Client()
    found.force_login(user, backend="doorstep.web.accounts.backends.Password")
    session = found.session
    session[SECOND_FACTOR] = "code"
    session.save()
    return found


if __name__ == "__main__":
    main()
