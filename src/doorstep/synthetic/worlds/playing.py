"""Plays a world on one part of the people, step by step as the part is made; without a world nothing changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from doorstep.errors import UsageError
from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.health import model
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.programme import Programme, make_programme, serve
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline
from doorstep.synthetic.use import Lives, Use
from doorstep.synthetic.worlds.effects import effects
from doorstep.synthetic.worlds.lists import drift
from doorstep.synthetic.worlds.model import World
from doorstep.synthetic.worlds.practices import groups
from doorstep.synthetic.worlds.recording import catch_up
from doorstep.synthetic.worlds.selection import Selection, select


class Playing:
    """The world of one part: what it has drawn for each person, in the order in which a part is made.

    `lists`, then `heard`, then `lives`, then `serve`, then `record`. Which practices do what is drawn for all parts
    alike, everything about people from the part's own streams.
    """

    def __init__(
        self, parameters: Parameters, practices: int, timeline: Timeline, streams: Streams, own: Streams
    ) -> None:
        """Begin with the streams of all parts, and those of this one; UsageError for an unknown condition."""
        self.parameters, self.practices, self.timeline = parameters, practices, timeline
        self.streams, self.own = streams, own
        self._gone: Ints | None = None
        self._factor: Bools | None = None
        self._lists: Ints | None = None
        self._effects: Facts | None = None
        if self.world and self.world.coding:
            _check_condition(self.world.name, self.world.coding.condition)

    @property
    def world(self) -> World | None:
        """The world, if any."""
        return self.parameters.world

    def lists(self, people: People) -> None:
        """Let lists drift, in place."""
        given = self.world.lists if self.world else None
        if given:
            self._lists = groups("lists", (given.growing, given.shrinking), self.practices, self.streams)
            self._gone = drift(people, given, self._lists, self.timeline, self.own("world: lists"))

    def heard(self, died: Ints) -> Ints:
        """Return the deaths that anyone here hears of: not those of people who have left unnoticed."""
        if self._gone is None:
            return died
        self._gone = np.where(died < self._gone, NEVER, self._gone).astype(np.int32)
        return np.where(self._gone < NEVER, NEVER, died)

    def lives(self, lives: Lives) -> Lives:
        """Return the lives with the unmeasured factor, with the barriers to care, and without those who are gone."""
        if self._gone is not None:
            lives = replace(lives, stop=np.minimum(lives.stop, self._gone - 1))
        if self.world and self.world.unmeasured:
            given = self.world.unmeasured
            self._factor = self.own("world: unmeasured").random(lives.n) < given.people
            mean = 1 + given.people * (given.admissions - 1)
            lives = replace(lives, unmeasured=np.where(self._factor, given.admissions, 1) / mean)
        if self.world and min(self.world.sought) < 1:
            lives = replace(lives, barrier=self._sought(lives))
        return lives

    def _sought(self, lives: Lives) -> Floats:
        assert self.world is not None  # noqa: S101
        return np.asarray(self.world.sought)[(lives.people.decile.astype(np.int64) - 1) // 2]

    def serve(self, lives: Lives, use: Use) -> tuple[Programme, Use]:
        """Return the programme, and the care that is left once it has prevented what it prevents."""
        rates = self.parameters.rates
        if self.world is None:
            return make_programme(lives, rates.cohort_of_adults, rates.programme_with_gp, self.own), use
        shares = tuple(wave.practices for wave in self.world.waves)
        wave = groups("starts", shares, self.practices, self.streams)[lives.people.practice]
        factor = np.zeros(lives.n, bool) if self._factor is None else self._factor
        chosen = select(self.world, lives, use.spell, wave, factor, self.own("world: selection"))
        who = np.flatnonzero(chosen.served)
        score = np.round(100 * chosen.seen_chance[who], 1)
        programme = serve(lives, who, chosen.looked[who], score, rates.programme_with_gp, self.own)
        share = np.array([one.stays_prevented for one in self.world.waves])[np.maximum(wave, 0)]
        thinned, kept = use.thinned(chosen.start, share, self.own("world: effect"))
        self._effects = effects(lives, use.spell, kept, chosen, share, self._traits(lives, factor, chosen))
        return programme, thinned

    def _traits(self, lives: Lives, factor: Bools, chosen: Selection) -> dict[str, Any]:
        assert self.world is not None  # noqa: S101
        day = np.where(chosen.looked < NEVER, chosen.looked, self.timeline.middle)
        return {
            "seen_chance": chosen.seen_chance.astype(np.float32),
            "unmeasured": factor,
            "sought": self._sought(lives).astype(np.float32),
            "age": lives.people.age_on(day).astype(np.int16),
            "conditions": lives.health.count_at(day),
            "frailty": lives.health.frailty_band(day),
            "fifth": ((lives.people.decile.astype(np.int8) + 1) // 2),
            "practice": lives.people.practice,
            "list_group": (np.full(self.practices, -1, np.int8) if self._lists is None else self._lists)[
                lives.people.practice
            ],
            "on_first_list": self._listed(lives.people, self.timeline.first),
            "on_last_list": self._listed(lives.people, self.timeline.last),
            "gone": np.full(lives.n, NEVER, np.int32) if self._gone is None else self._gone,
            "written": np.full(lives.n, NEVER, np.int32),
        }

    def _listed(self, people: People, day: int) -> Bools:
        """Who is on the list of the practice of their first registration on a day, gone unnoticed or not."""
        there = (people.registered_from <= day) & (people.registered_to >= day)
        return np.asarray(there & ((people.practice_2_from > day) | people.doubly_registered))

    def record(self, facts: dict[str, Facts], lives: Lives) -> dict[str, Facts]:
        """Change what is written down, and add what the world knows: one fact a person, `effects`."""
        if self.world is None or self._effects is None:
            return facts
        facts = {**facts, "effects": self._effects}
        if self._gone is not None:
            for name in ("coded", "medicine"):
                facts[name] = facts[name].take(facts[name].day < self._gone[facts[name].person])
        if self.world.coding:
            given = self.world.coding
            changes = groups("coding", (given.practices,), self.practices, self.streams) == 0
            rng = self.own("world: coding")
            facts["coded"], written = catch_up(facts["coded"], lives, given, changes, rng)
            self._effects.columns["written"] = written
        return facts


def _check_condition(world: str, condition: str) -> None:
    known = model().names
    if condition not in known:
        raise UsageError(
            f"there is no condition {condition!r}", expected=", ".join(known), where=f"the world {world}, coding"
        )
