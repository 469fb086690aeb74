"""How quickly the map of England's 33,755 areas is drawn, moved and coloured again, in headless Chromium.

    python benchmarks/map_pan.py [--beside CHECKOUT WORDS] [--said "what else ran"]

The site is served by itself; somebody opens the need explorer, moves and zooms the map by keyboard and mouse at three
heights, and pushes a slider. Frames are timed by requestAnimationFrame; beside them stands the processor time that all
of Chromium's processes took, which other work on the machine does not change. Chromium draws in software (SwiftShader),
then as it does where WebGL is switched off. `--beside` measures another checkout, whose assets are built, straight
before. Writes benchmarks/results/map_pan.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["DOORSTEP_ROLE"] = "national"
os.environ["DJANGO_SETTINGS_MODULE"] = "doorstep.web.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
ROOT = Path(__file__).resolve().parents[1]
SITE = Path(os.environ.get("MAP_PAN_OF", ROOT))  # the checkout that is measured
sys.path[:0] = [str(SITE / "src"), str(SITE / "tests" / "site")]
RESULT = ROOT / "benchmarks" / "results" / "map_pan.md"
BROWSERS = {
    "SwiftShader": ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    "without WebGL": ("--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis"),
}
TICK = os.sysconf("SC_CLK_TCK")
WAIT = 240_000
SIZE: Any = {"width": 1280, "height": 1000}
# Frames from now on, and what a frame holds: the milliseconds since the one before.
WATCH = """() => { window.frames_ = []; let last = performance.now(); window.watching_ = true;
  const frame = (now) => {
    window.frames_.push(now - last); last = now; if (window.watching_) requestAnimationFrame(frame); };
  requestAnimationFrame(frame); }"""
STOP = "() => { window.watching_ = false; return window.frames_.slice(1); }"


@dataclass(frozen=True)
class Height:
    """Where the map is looked at: a name, and the question whose answer the map fits."""

    name: str
    query: str


HEIGHTS = (
    Height("England", ""),
    Height("a region (North West)", "?within=Cheshire+and+Merseyside"),
    Height("a town (Halton)", "?within=Halton"),
)


@contextmanager
def served() -> Iterator[tuple[str, str, str]]:
    """Serve the national site; yield its address, and the name and value of a logged-in session's cookie."""
    from doorstep.web import postgres

    with tempfile.TemporaryDirectory(prefix="map") as folder:
        Path(folder).chmod(0o755)
        with postgres.running(Path(folder) / "pg", is_kept=False) as server:
            os.environ["DATABASE_URL"] = server.create("site")
            yield from _served()


def _served() -> Iterator[tuple[str, str, str]]:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from site_kit import maker_of_members

    settings.SESSION_COOKIE_SECURE = False
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    cookie = maker_of_members()("coach").cookies[settings.SESSION_COOKIE_NAME].value

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Threads(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threads, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", settings.SESSION_COOKIE_NAME, cookie
    server.shutdown()
    connections.close_all()


def processor_seconds(profile: str) -> float:
    """Return the processor time so far of this Chromium."""
    total, ours = 0, set()
    stats = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                stats[int(entry.name)] = (int(words[1]), int(words[11]) + int(words[12]))
                if profile in (entry / "cmdline").read_text():
                    ours.add(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    for pid, (parent, spent) in stats.items():
        if pid in ours or parent in ours or stats.get(parent, (0, 0))[0] in ours:
            total += spent
    return total / TICK


def move(page: Any) -> None:
    """Move and zoom as a reader does: dragged, by arrow keys, by the wheel, by plus and minus."""
    canvas = page.locator("#need-map canvas")
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(x - 8 * step, y - 4 * step)
    page.mouse.up()
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Equal", "Minus"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.mouse.move(x, y)
    for turn in (-120, -120, 120, 120):
        page.mouse.wheel(0, turn)
        page.wait_for_timeout(300)


def at_height(page: Any, base: str, height: Height, profile: str) -> dict[str, Any]:
    """Measure one height: time to the first map, and frames while it moves."""
    began, spent = time.perf_counter(), processor_seconds(profile)
    page.goto(f"{base}/where/need/{height.query}")
    page.wait_for_selector("#need-map[data-state=coloured]", timeout=WAIT)
    page.wait_for_function("() => document.querySelector('#need-map').dataset.idle === 'yes'", timeout=WAIT)
    first, first_cpu = time.perf_counter() - began, processor_seconds(profile) - spent
    answer = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart") / 1000
    page.locator("#need-map").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    spent = processor_seconds(profile)
    page.evaluate(WATCH)
    move(page)
    frames = sorted(page.evaluate(STOP))
    n, cpu = len(frames), (processor_seconds(profile) - spent) / len(frames) * 1000
    told = {"where": height.name, "answer": answer, "first": first, "first_cpu": first_cpu, "n": n, "cpu": cpu}
    return {**told, "median": frames[n // 2], "late": frames[int(n * 0.95)]}


def recolour(page: Any, base: str, profile: str) -> dict[str, Any]:
    """Push a slider: milliseconds until the colours are handed over, until they are drawn, and of processor in all."""
    page.goto(f"{base}/where/need/")
    page.wait_for_function("() => document.querySelector('#need-map').dataset.idle === 'yes'", timeout=WAIT)
    spent = processor_seconds(profile)
    computed, drawn = page.evaluate(
        """async () => { const slider = document.querySelector('#need-form input[type=range]');
        const place = document.querySelector('#need-map'); delete place.dataset.idle; slider.value = 3;
        const began = performance.now(); slider.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        const computed = performance.now() - began;
        while (place.dataset.idle !== 'yes') await new Promise(requestAnimationFrame);
        return [computed, performance.now() - began]; }"""
    )
    return {"computed": computed, "drawn": drawn, "spent": (processor_seconds(profile) - spent) * 1000}


def measured() -> dict[str, Any]:
    """Measure this checkout in each browser that can draw its map."""
    from playwright.sync_api import sync_playwright

    found: dict[str, Any] = {"load": [round(x, 1) for x in os.getloadavg()], "rows": [], "pushed": {}}
    with served() as (base, name, cookie), sync_playwright() as playwright:
        for browser, words in BROWSERS.items():
            with tempfile.TemporaryDirectory() as profile:
                context = playwright.chromium.launch_persistent_context(
                    profile, executable_path="/usr/bin/chromium", args=["--no-sandbox", *words], viewport=SIZE
                )
                context.set_default_timeout(WAIT)
                context.add_cookies([{"name": name, "value": cookie, "url": base}])
                page = context.new_page()
                found["version"] = page.evaluate("navigator.userAgent").split("Chrome/")[1].split()[0]
                began = time.perf_counter()
                can_draw = _can_draw(page, base)
                found.setdefault("cold", time.perf_counter() - began)
                if can_draw:
                    for height in HEIGHTS:
                        found["rows"].append({"browser": browser, **at_height(page, base, height, profile)})
                        print(found["rows"][-1], file=sys.stderr, flush=True)
                    found["pushed"][browser] = recolour(page, base, profile)
                context.close()
    return found


def _can_draw(page: Any, base: str) -> bool:
    """Say whether there is a map at all: some draw with WebGL only, and say where there is none."""
    page.goto(f"{base}/where/need/")
    words = "This browser cannot draw the map"
    page.wait_for_function(
        "words => document.querySelector('#need-map[data-state=coloured]') || document.body.innerText.includes(words)",
        arg=words,
        timeout=WAIT,
    )
    return words not in page.locator("#need-map").inner_text()


def of_checkout(folder: Path) -> dict[str, Any]:
    """Measure a checkout in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--numbers"],
        env={**os.environ, "MAP_PAN_OF": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


PAGE = """# The map of England's 33,755 areas in a browser

{day}; {machine}, {processors} processors; Chromium {version}, headless, no graphics card. {said}

Made by `benchmarks/map_pan.py`. A frame is the time between two calls of requestAnimationFrame while the map is
dragged, moved by keys and zoomed; the browser gives 60 a second at most. Processor time is that of all of Chromium's
processes: other work on the machine does not stretch it as it stretches frames. A map counts from the asking to the
last pixel, the server's answer within it; the page has been open before.
{parts}"""
PART = """
## {words}

Load as it began {load}. The first map of all, from a server that has just begun: {cold:.1f} s.

| browser | where | answer, s | map, s | of it processor, s | frames | median, ms | 95%, ms | processor a frame, ms |
|---|---|---:|---:|---:|---:|---:|---:|---:|
{rows}
{pushed}"""
ROW = (
    "| {browser} | {where} | {answer:.2f} | {first:.1f} | {first_cpu:.1f}"
    " | {n} | {median:.0f} | {late:.0f} | {cpu:.0f} |"
)
PUSHED = """
A slider ({browser}): the ranks and colours of all areas are computed and handed over in {computed:.0f} ms and drawn
after {drawn:.0f} ms ({spent:.0f} ms of processor time, what follows from the server among it)."""


def written(found: dict[str, dict[str, Any]], said: str) -> str:
    """Return the page of results: a part for each checkout."""
    parts = [
        PART.format(
            words=words,
            load=" ".join(map(str, part["load"])),
            cold=part["cold"],
            rows="\n".join(ROW.format(**row) for row in part["rows"]),
            pushed="\n".join(PUSHED.format(browser=name, **one) for name, one in part["pushed"].items()),
        )
        for words, part in found.items()
    ]
    return PAGE.format(
        day=f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        machine=platform.machine(),
        processors=os.cpu_count(),
        version=next(iter(found.values()))["version"],
        said=said,
        parts="\n".join(parts) + "\n",
    )


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure the map in headless Chromium.")
    parser.add_argument("--said", default="", help="what else ran on the machine")
    parser.add_argument("--beside", nargs=2, metavar=("CHECKOUT", "WORDS"), help="another checkout, and what it is")
    parser.add_argument("--numbers", action="store_true", help="print the numbers of one checkout, write nothing")
    given = parser.parse_args()
    if given.numbers:
        print(json.dumps(measured()))
        return
    found = {given.beside[1]: of_checkout(Path(given.beside[0]))} if given.beside else {}
    text = written({**found, "The map as it is": of_checkout(ROOT)}, given.said)
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
