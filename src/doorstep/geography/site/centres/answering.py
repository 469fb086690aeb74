"""Answers to questions, each computed once and kept; what is too much for a page is refused with the command to run."""

from __future__ import annotations

import shlex
from collections import OrderedDict
from dataclasses import replace
from functools import lru_cache
from threading import BoundedSemaphore, Lock
from typing import cast

from doorstep.errors import UsageError
from doorstep.geography.site.centres.asking import Asked
from doorstep.geography.site.centres.sites import offered, site_of
from doorstep.geography.siting import Answer, Demand, Question, Site, answer, besides, demand_of
from doorstep.geography.siting.shipped import Weight

MOST_PAIRS = 1_000_000  # areas x candidates that take a few seconds of one core, whatever the aim
SOLVING = 6.0  # seconds that covering's solver may take; the best choice by then is the answer
MOST_KEPT = 30  # answers of up to some megabytes each
_kept: OrderedDict[Asked, Answer] = OrderedDict()
_keeping, _working = Lock(), Lock()
# Who waits keeps one of the eight threads that a process has for all pages: the others must go on.
_waiting = BoundedSemaphore(3)


class BusyError(UsageError):
    """The question is sound, and other people's questions are being answered."""

    def __init__(self) -> None:
        super().__init__("other questions are being answered just now", do="ask again in half a minute")


class TooMuchError(UsageError):
    """The question is sound, and takes longer than a page may: `command` answers it."""

    def __init__(self, pairs: int, most: int, command: str) -> None:
        super().__init__(
            f"{pairs:,} pairs of an area and a candidate site are more than a page answers ({most:,})",
            expected="a smaller area or fewer kinds of site",
            do="run the command",
        )
        self.command = command


@lru_cache(maxsize=64)
def demand(where: str, weight: str) -> Demand:
    """Return the areas with their people and weights; UsageError for a name that is not known."""
    return demand_of(where, cast(Weight, weight))


def question_of(asked: Asked) -> Question:
    """Return the question in the siting room's own terms; UsageError where its parts do not go together."""
    standing = tuple(site_of(asked.where, ref) for ref in asked.fixed)
    free = besides(offered(asked.where, asked.kinds), standing)
    return Question(
        demand(asked.where, asked.weight), _priced(free, asked), standing, asked.n, asked.new, asked.repurposed,
        asked.budget, asked.aim, asked.within, asked.share, asked.road_factor,
    )  # fmt: skip


def _priced(sites: tuple[Site, ...], asked: Asked) -> tuple[Site, ...]:
    costs = dict(asked.costs)
    return tuple(replace(site, cost=costs[site.kind]) for site in sites) if costs else sites


def answer_of(asked: Asked) -> Answer:
    """Return the best choice found, with its bound; kept for who asks the same again.

    One question at a time in a process, so that a second asker of the same waits for the first one's answer. Raises
    TooMuchError above `MOST_PAIRS`, BusyError where too many wait, UsageError where the question cannot be answered.
    """
    if found := _remembered(asked):
        return found
    question = question_of(asked)
    pairs = len(question.demand.codes) * len(question.candidates)
    if pairs > MOST_PAIRS:
        raise TooMuchError(pairs, MOST_PAIRS, command(asked))
    if not _waiting.acquire(blocking=False):
        raise BusyError
    try:
        with _working:
            found = _remembered(asked) or answer(question, seconds=SOLVING)
            _keep(asked, found)
    finally:
        _waiting.release()
    return found


def _remembered(asked: Asked) -> Answer | None:
    with _keeping:
        if asked in _kept:
            _kept.move_to_end(asked)
        return _kept.get(asked)


def _keep(asked: Asked, found: Answer) -> None:
    with _keeping:
        _kept[asked] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def forget() -> None:
    """Forget every answer."""
    with _keeping:
        _kept.clear()


def command(asked: Asked) -> str:
    """Return the command that answers the same question; costs and standing centres come to it in files."""
    words = ["doorstep", "centres", "site", "--system", asked.where, "--kinds", ",".join(asked.kinds)]
    match asked.how:
        case "number":
            words += ["--n", str(asked.n)]
        case "mix":
            words += ["--new", str(asked.new), "--repurposed", str(asked.repurposed)]
        case "budget":
            words += ["--budget", f"{asked.budget:g}", "--candidates", "candidates-with-costs.csv"]
    words += ["--objective", asked.aim, "--within", f"{asked.within:g}", "--weight", asked.weight]
    words += ["--share", f"{asked.share:g}"] if asked.aim == "equity" else []
    words += ["--road-factor", f"{asked.road_factor:g}", *(["--fixed", "standing.csv"] if asked.fixed else [])]
    return shlex.join([*words, "--out", "centres.geojson"])
