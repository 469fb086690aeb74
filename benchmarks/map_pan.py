"""How quickly the map of England's 33,755 areas is drawn, moved and coloured again, in headless Chromium.

    python benchmarks/map_pan.py [--said "what else ran"]

The site is served by itself; somebody opens the need explorer, moves and zooms the map by keyboard and mouse at three
heights, and pushes a slider. Frames are timed by requestAnimationFrame; beside them stands the processor time that all
of Chromium's processes took, which other work on the machine does not change. Chromium draws in software (SwiftShader).
Writes benchmarks/results/map_pan.md.
"""

from __future__ import annotations

import argparse
import os
import platform
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
sys.path.insert(0, str(ROOT / "tests" / "site"))
RESULT = ROOT / "benchmarks" / "results" / "map_pan.md"
DRAWING = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
TICK = os.sysconf("SC_CLK_TCK")
WAIT = 240_000
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
    """Measure one height: time to the first map, frames while it moves, and a slider's colours."""
    began, spent = time.perf_counter(), processor_seconds(profile)
    page.goto(f"{base}/where/need/{height.query}")
    page.wait_for_selector("#need-map[data-state=coloured]", timeout=WAIT)
    page.wait_for_function("() => document.querySelector('#need-map').dataset.idle === 'yes'", timeout=WAIT)
    first, first_cpu = time.perf_counter() - began, processor_seconds(profile) - spent
    page.locator("#need-map").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    spent = processor_seconds(profile)
    page.evaluate(WATCH)
    move(page)
    frames = sorted(page.evaluate(STOP))
    n, cpu = len(frames), (processor_seconds(profile) - spent) / len(frames) * 1000
    told = {"where": height.name, "first": first, "first_cpu": first_cpu, "n": n, "cpu": cpu}
    return {**told, "median": frames[n // 2], "late": frames[int(n * 0.95)]}


def recolour(page: Any, base: str, profile: str) -> tuple[float, float, float]:
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
    return computed, drawn, (processor_seconds(profile) - spent) * 1000


def measured() -> tuple[list[dict[str, Any]], tuple[float, float, float], str]:
    """Measure all of it in one browser."""
    from playwright.sync_api import sync_playwright

    with served() as (base, name, cookie), tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=list(DRAWING), viewport={"width": 1280, "height": 1000}
        )
        context.set_default_timeout(WAIT)
        context.add_cookies([{"name": name, "value": cookie, "url": base}])
        page = context.new_page()
        rows = []
        for height in HEIGHTS:
            rows.append(at_height(page, base, height, profile))
            print(ROW.format(**rows[-1]), flush=True)
        pushed = recolour(page, base, profile)
        version = page.evaluate("navigator.userAgent").split("Chrome/")[1].split()[0]
        context.close()
    return rows, pushed, version


PAGE = """# The map of England's 33,755 areas in a browser

{day}; {machine}, {processors} processors, load {load}; Chromium {version}, headless, drawing in software (SwiftShader,
no graphics card). {said}

Made by `benchmarks/map_pan.py`. A frame is the time between two calls of requestAnimationFrame while the map is
dragged, moved by keys and zoomed. Processor time is that of all of Chromium's processes: other work on the machine does
not stretch it as it stretches frames.

| where | first map, s | of it processor, s | frames | median frame, ms | 95% frame, ms | processor a frame, ms |
|---|---:|---:|---:|---:|---:|---:|
{rows}

A slider: the ranks and colours of all areas are computed and handed over in {computed:.0f} ms and drawn after
{drawn:.0f} ms ({spent:.0f} ms of processor time, what follows from the server among it).
"""
ROW = "| {where} | {first:.1f} | {first_cpu:.1f} | {n} | {median:.0f} | {late:.0f} | {cpu:.0f} |"


def written(rows: list[dict[str, Any]], pushed: tuple[float, float, float], version: str, said: str) -> str:
    """Return the page of results."""
    computed, drawn, spent = pushed
    return PAGE.format(
        day=f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        machine=platform.machine(),
        processors=os.cpu_count(),
        load=" ".join(f"{x:.0f}" for x in os.getloadavg()),
        version=version,
        said=said,
        rows="\n".join(ROW.format(**row) for row in rows),
        computed=computed,
        drawn=drawn,
        spent=spent,
    )


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure the map in headless Chromium.")
    parser.add_argument("--said", default="", help="what else ran on the machine")
    text = written(*measured(), parser.parse_args().said)
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
