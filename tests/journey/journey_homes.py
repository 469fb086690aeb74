"""Homes for the whole journey: init, load and build with the functions that the command line calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from doorstep.cli.new_home import create
from doorstep.home import Home
from doorstep.planning import build_return
from doorstep.records import load, purposes
from doorstep.returns.figures import METRICS, Figures

Lines = dict[str, tuple[int, ...]]


def new_home(folder: Path, place: str = "Sefton", practices: Sequence[str] = ()) -> Home:
    """Return a home that may load every flow, with its own practice list where one is given."""
    home = Home(folder)
    create(home, place)
    home.purposes_file.write_text(purposes.example(date(2099, 1, 1)), encoding="utf-8")
    if practices:
        text = home.config_file.read_text(encoding="utf-8")
        listed = ", ".join(f'"{p}"' for p in practices)
        home.config_file.write_text(f"practices = [{listed}]\n{text}", encoding="utf-8")
    return home


def loaded_home(folder: Path, deliveries: Path, place: str = "Sefton", practices: Sequence[str] = ()) -> Home:
    """Return a new home with every delivery below `deliveries` loaded."""
    home = new_home(folder, place, practices)
    load(home, [deliveries])
    return home


def built(home: Home, month: date, known_by: date, place: str = "Sefton") -> Figures:
    """Return the unsuppressed figures of a month, whatever its completeness."""
    reason = "a test looks at every month"
    return build_return(home, place=place, month=month, known_by=known_by, accept_incomplete=reason).figures


def lines(figures: Figures) -> Lines:
    """Return all that a counter counts too: fourteen metrics, patients, and P1's total."""
    counts: Mapping[str, tuple[int, ...]] = figures.counts
    return {**{m: counts[m] for m in METRICS}, "patients": figures.patients, "P1": (figures.caseload,)}


def differences(found: Lines, expected: Lines) -> list[str]:
    """Return each line that differs, so that a failing test can be read."""
    return [f"{name}: {found[name]} is not {expected[name]}" for name in expected if found[name] != expected[name]]
