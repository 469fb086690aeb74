"""Returns as somebody would send them: a sound one, a faulty one, and files that nobody should take."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from browser_world import LAST

from doorstep.returns import METRICS, Figures, Suppressed, write

BELOW_SIX = 12  # over ten age bands that is 1 and 3
_TOTAL_OF_O1A = rb'<c r="D6"([^>]*)><v>\d+</v></c>'


def sound(path: Path, place: str = "Sefton", month: str = LAST, **totals: int) -> Path:
    """Write a return whose totals are 600, 660, 720 … by metric, or as given."""
    first = date.fromisoformat(f"{month}-01")
    usual = {metric: 600 + 60 * n for n, metric in enumerate(METRICS)}
    counts = {metric: _spread(n) for metric, n in {**usual, **totals}.items()}
    write(Figures(place, first, counts, _spread(6000), 1200, _spread(1200)), Suppressed(frozenset(), "primary"), path)
    return path


def faulty(path: Path, total: int, month: str = LAST) -> Path:
    """Write a return with that total of O1a, in which small numbers of O2a stand as they are."""
    return sound(path, month=month, O1a=total, O2a=BELOW_SIX)


def _spread(n: int) -> tuple[int, ...]:
    """Return a line that adds up to n by age, by ethnicity and by deprivation."""
    parts = ((n // by, by) for by in (10, 6, 6))
    return (n, *(k for part, by in parts for k in (*[part] * (by - 1), n - (by - 1) * part)))


def zip_bomb(path: Path) -> Path:
    """Write a return that unpacks to a thousand times its size."""
    return _packed(sound(path), more={"xl/media/a.bin": b"\0" * 40_000_000})


def with_macros(path: Path) -> Path:
    """Write a return with a macro in it, under a name that hides it."""
    return _packed(sound(path), more={"xl/vbaProject.bin": b"Attribute VB"})


def named_for_macros(path: Path) -> Path:
    """Write a return with a macro in it, under the name that says so."""
    return with_macros(path).rename(path.with_suffix(".xlsm"))


def with_a_command(path: Path) -> Path:
    """Write a return in which the total of O1a is a text that a spreadsheet would run."""
    text = rb'<c r="D6"\1 t="inlineStr"><is><t>=cmd|\' /C calc\'!A0</t></is></c>'
    return _packed(sound(path), lambda name, part: re.sub(_TOTAL_OF_O1A, text, part) if "sheet2" in name else part)


def far_too_large(path: Path) -> Path:
    """Write 50 MB under a return's name."""
    path.write_bytes(b"P" * 50_000_000)
    return path


def _packed(
    path: Path, edit: Callable[[str, bytes], bytes] = lambda _, part: part, more: dict[str, bytes] | None = None
) -> Path:
    with zipfile.ZipFile(path) as old:
        parts = {name: edit(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in {**parts, **(more or {})}.items():
            new.writestr(name, part)
    return path
