"""Everything that a part's people use, drawn in one go."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.use.appointments import make_appointments
from doorstep.synthetic.use.attendances import make_attendances
from doorstep.synthetic.use.community import make_community
from doorstep.synthetic.use.constants import assumed
from doorstep.synthetic.use.days import Months, Window
from doorstep.synthetic.use.hazards import Hazards, make_hazards
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.outpatients import make_outpatients
from doorstep.synthetic.use.setting import Setting
from doorstep.synthetic.use.social import make_social_care
from doorstep.synthetic.use.spells import make_spells, thin
from doorstep.synthetic.use.stays import make_stays
from doorstep.synthetic.use.urgent import run_months


@dataclass(frozen=True)
class Use:
    """Care of a part's people as facts by lake table, the programme's own work not included.

    `led_to` has for each attendance the position of the spell it led to, -1 for none; `received` the day on which each
    referral of `community` was received.
    """

    spell: Facts
    emergency: Facts
    outpatient: Facts
    community: Facts
    appointment: Facts
    social_care: Facts
    led_to: Ints
    received: Ints

    def thinned(self, start: Ints, share: float | Floats, rng: np.random.Generator) -> tuple[Use, Bools]:
        """Leave out emergency stays that a programme prevents, with the attendances that led to them.

        See `thin`; the second value marks the spells of this use that are kept.
        """
        kept = thin(self.spell, start, share, rng)
        attended = (self.led_to < 0) | kept[self.led_to]
        place = np.cumsum(kept) - 1
        led = np.where(self.led_to >= 0, place[self.led_to], -1)[attended]
        return replace(self, spell=self.spell.take(kept), emergency=self.emergency.take(attended), led_to=led), kept


def make_use(lives: Lives, setting: Setting, served: Bools, streams: Streams) -> Use:
    """Draw everything that the people of a part use; `served` marks those whose community contacts are sent here."""
    stream = streams("use of care")
    admissions, visits = months_of_care(lives, setting)
    hazards = make_hazards(lives, setting, admissions, streams("need of care"))
    urgent, other = run_months(hazards, visits, streams("emergencies"))
    windows = windows_of_care(lives)
    stays = make_stays(lives, setting, urgent.person, urgent.day, windows, streams("stays"))
    spells = make_spells(lives, setting, stays, streams("spells"))
    often = _often(hazards)
    emergency, led_to = make_attendances(lives, setting, spells, other.person, other.day, often, streams("attendances"))
    community, received = make_community(lives, setting, stays, served, windows["community"], streams("community"))
    return Use(
        spell=spells,
        emergency=emergency,
        outpatient=make_outpatients(lives, setting, stays, windows["outpatients"], streams("outpatients")),
        community=community,
        appointment=make_appointments(
            lives, setting, stays, emergency, windows["general_practice"], streams("appointments")
        ),
        social_care=make_social_care(lives, stays, stream),
        led_to=led_to,
        received=received,
    )


def _often(hazards: Hazards) -> Bools:
    often = np.zeros(hazards.lives.n, bool)
    often[hazards.heavy.person] = True
    return often


def months_of_care(lives: Lives, setting: Setting) -> tuple[Months, Months]:
    """The months as emergency admissions and attendances fall in them."""
    week, season = _rhythm(lives)
    constants = setting.fitted
    none = tuple(assumed()["season"]["none"])
    return (
        Months.of(lives.timeline, week["admission"], tuple(constants.season_admission) if season else none),
        Months.of(lives.timeline, week["attendance"], tuple(constants.season_attendance) if season else none),
    )


def windows_of_care(lives: Lives) -> dict[str, Window]:
    """The window's days as each other kind of care falls on them."""
    week, season = _rhythm(lives)
    given = assumed()["season"]
    seasons = {name: tuple(values) for name, values in given.items()}
    kinds = {
        "planned": ("planned", "none"),
        "community": ("community", "none"),
        "outpatients": ("clinic", "outpatients"),
        "general_practice": ("clinic", "general_practice"),
    }
    return {
        kind: Window.of(lives.timeline, week[days], seasons[months if season else "none"])
        for kind, (days, months) in kinds.items()
    }


def _rhythm(lives: Lives) -> tuple[dict[str, tuple[float, ...]], bool]:
    given = assumed()["week"]
    at_work = lives.parameters.has("weekday")
    return {kind: tuple(given[kind if at_work else "none"]) for kind in given}, lives.parameters.has("season")
