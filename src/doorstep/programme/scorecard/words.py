"""The words of the scorecard: what each line is, where it comes from, and how a state or a hidden number is said.

No sentence of the scorecard says that something worked: a series before and after cannot show it. `claims` finds the
words that would.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Edition, Number
from doorstep.programme.scorecard import plain
from doorstep.programme.scorecard.exhibits import About
from doorstep.reference import places
from doorstep.reference.tables import DEFINITIONS
from doorstep.returns.printed import LINE_IDS

PER: Final = 1000
PER_PATIENTS: Final = "per 1,000 patients"

HIGHER: Final = "higher than usual"
LOWER: Final = "lower than usual"
NO_SIGN: Final = "no sign of change beyond chance"
TOO_FEW: Final = "too few months to tell"
NOT_SENT: Final = "not sent"
HIDDEN: Final = "hidden"

FUNNEL_HEADING: Final = "Places chose different people: outside the limits is different, not better or worse"
"""The one sentence that may hold the words it takes back."""

FORBIDDEN: Final = re.compile(
    r"\b(improv\w*|reduc\w*|saved?|saves|savings?|impact\w*|better|worse\w*|worsen\w*|effective\w*|worked|success\w*)\b",
    re.IGNORECASE,
)


def claims(text: str) -> tuple[str, ...]:
    """Return the words of a text that claim an effect, or call one Place better than another."""
    return tuple(FORBIDDEN.findall(text.replace(FUNNEL_HEADING, "")))


@dataclass(frozen=True)
class LineWords:
    """What is said of one line. `aim` is the guide's direction: `decrease`, or `neutral` where it has none."""

    id: str
    version: int
    title: str
    short: str
    meaning: str
    unit: str
    aim: Literal["decrease", "neutral"]
    counted: plain.Counted
    rhythm: plain.Rhythm
    season: str
    cautions: tuple[str, ...]
    choices: tuple[str, ...]
    source: str
    status: str

    @property
    def definition(self) -> str:
        """The definition, as id@version."""
        return f"{self.id}@{self.version}"

    @property
    def has_rate(self) -> bool:
        """Whether it has a denominator: the caseload and the cohort itself have none."""
        return self.counted != "people"

    @property
    def axis(self) -> str:
        """What a chart's value axis says."""
        return f"{self.unit.capitalize()} {PER_PATIENTS}" if self.has_rate else self.unit.capitalize()

    @property
    def aim_words(self) -> str:
        """The guide's direction in words; not a verdict on any number."""
        return "The guide aims for fewer." if self.aim == "decrease" else "The guide sets no direction."


# The cohort has no metric file of its own: its meaning is settled by the choices that act on people.
_COHORT: Final[dict[str, Any]] = {
    "version": 1,
    "title": "Patients in the Place's cohort",
    "unit": "people",
    "direction": "none",
    "caveats": ["Each Place chose its cohort by its own rule: sizes and kinds of people differ between Places."],
    "source": "Measurement Guide for the NNHIP, December 2025 (v1.2), and the data collection template v1.2",
    "status": "inferred",
    "reviewed_by": "",
    "clause": [],
}


@cache
def line_words(line: str) -> LineWords:
    """Return what is said of a line; UsageError where there is none of that id."""
    if line not in LINE_IDS:
        raise UsageError(f"the return has no line {line!r}", expected=", ".join(LINE_IDS))
    found = _definition(line)
    return LineWords(
        line,
        found["version"],
        found["title"],
        plain.SHORT[line],
        plain.MEANINGS[line],
        found["unit"],
        "decrease" if found["direction"] == "lower" else "neutral",
        plain.counted(line),
        plain.rhythm(line),
        plain.season(line),
        (*found["caveats"], *_signed(found)),
        tuple(clause["choice"] for clause in found["clause"] if "choice" in clause),
        found["source"],
        found["status"],
    )


def _definition(line: str) -> dict[str, Any]:
    if line == plain.PATIENTS:
        return _COHORT
    return tomllib.loads((DEFINITIONS / "metrics" / "guide" / f"{line}.toml").read_text(encoding="utf-8"))


def _signed(found: dict[str, Any]) -> tuple[str, ...]:
    if found["reviewed_by"]:
        return ()
    return (f"Unreviewed: no named clinician has signed this definition yet (status: {found['status']}).",)


@dataclass(frozen=True)
class OpenChoice:
    """One thing that the guide leaves open, and what holds where a Place has not chosen otherwise."""

    id: str
    about: str
    acts_on: str
    default: str
    others: tuple[str, ...]


@cache
def open_choices() -> dict[str, OpenChoice]:
    """Return everything that the guide leaves open, by id."""
    entries = tomllib.loads((DEFINITIONS / "choices.toml").read_text(encoding="utf-8"))["choice"]
    return {e["id"]: _open_choice(e) for e in entries}


def _open_choice(entry: dict[str, Any]) -> OpenChoice:
    first, *others = (option["means"] for option in entry["option"])
    return OpenChoice(entry["id"], entry["about"], entry["acts_on"], first, tuple(others))


def choices_of(line: str) -> tuple[OpenChoice, ...]:
    """Return the choices that bear on a line: its own clauses', then those about whom is counted."""
    known, own = open_choices(), line_words(line).choices
    people = [c for c in known.values() if c.acts_on == "people"] if line != plain.CASELOAD else []
    return (*(known[name] for name in own), *people)


CHOICES_UNKNOWN: Final = (
    "A return does not say which choices its Place made: those listed are the defaults, and a Place may differ."
)


def about(line: str, edition: Edition) -> About:
    """Return where a line's figures come from: definition, meaning, choices, source, cautions and edition."""
    said = line_words(line)
    meaning = f"{said.meaning}, {plain.DENOMINATOR}." if said.has_rate else f"{said.meaning}."
    return About(
        said.definition,
        said.title,
        meaning,
        tuple((choice.about, f"by default: {choice.default}") for choice in choices_of(line)),
        said.source,
        edition,
        (*said.cautions, CHOICES_UNKNOWN),
    )


@cache
def _names() -> dict[str, str]:
    return {place.slug: place.name.strip() for place in places.all_places()}


def place_name(slug: str) -> str:
    """Return a Place's name as people read it; a slug we do not know stands for itself."""
    return _names().get(slug, slug)


def by_name(slugs: Iterable[str]) -> tuple[str, ...]:
    """Return Places in the order of their names: no page orders them by a value."""
    return tuple(sorted(slugs, key=lambda slug: (place_name(slug).casefold(), slug)))


def month_words(month: date) -> str:
    """Return a month as people read it: March 2026."""
    return f"{month:%B %Y}"


def range_words(number: Number) -> str:
    """Return a hidden number as what a reader may know of it: `0 to 5`; `*` where nothing bounds it."""
    if number.high is None:
        return f"{number.low:,} or more" if number.low else "*"
    return f"{number.low:,} to {number.high:,}" if number.high > number.low else f"{number.low:,}"


def cell(number: Number | None) -> int | str | None:
    """Return a number for a table: itself, its range where hidden, None where nothing was sent."""
    if number is None:
        return None
    return number.value if number.value is not None else range_words(number)


def decimal(value: float) -> str:
    """Return a rate for a sentence: two decimals below ten, one from there on."""
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def spanned(low: float, high: float) -> str:
    """Return a range for a sentence; ends that read alike are said once."""
    first, last = decimal(low), decimal(high)
    return f"is {first}" if first == last else f"lies between {first} and {last}"


def interval_words(low: float | None, high: float | None) -> str:
    """Return an interval in brackets to stand behind a rate; nothing where there is none."""
    return "" if low is None or high is None else f" (95% interval {decimal(low)} to {decimal(high)})"


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""
