"""One part of the people with everything that happens to them, made on its own, and parts put together.

A part draws from its own streams of random numbers, so that it comes out the same whoever makes it, in whatever order,
and however many parts are made at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, by_day, joined_facts
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import Health, make_coded, make_health, make_medicines
from doorstep.synthetic.mortality import draw_deaths
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People, Share, chosen, joined_people, make_people, settle
from doorstep.synthetic.programme import CODES, Programme
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline
from doorstep.synthetic.use import Lives, Setting, Use, make_use, with_programme
from doorstep.synthetic.worlds.playing import Playing


@dataclass(frozen=True)
class Part:
    """Some of the people, their health, the programme's work with them, and the true facts by lake table."""

    people: People
    health: Health
    programme: Programme
    facts: dict[str, Facts]


def make_part(ground: Ground, timeline: Timeline, parameters: Parameters, streams: Streams, share: Share) -> Part:
    """Draw one part: people, then illness, then death, then what they use."""
    own = streams.part(share.number)
    people = make_people(ground, timeline, parameters, streams, share)
    world = Playing(parameters, len(ground.practices), timeline, streams, own)
    world.lists(people)
    health = make_health(people, timeline, parameters, own)
    dies = draw_deaths(people, health, a_year_longer(timeline), parameters, own)
    settle(people, world.heard(np.where(dies <= timeline.last, dies, NEVER)))
    health.forget(people.stop(timeline))
    lives = world.lives(Lives.of(people, health, timeline, parameters, dies))
    use = make_use(lives, Setting.of(ground, parameters), _served(people, ground), own)
    programme, use = world.serve(lives, use)
    return Part(people, health, programme, world.record(_facts(lives, use, programme, parameters, own), lives))


def _served(people: People, ground: Ground) -> Bools:
    """Mark people whose community contacts are sent here: they live in the area all the time."""
    inside = ground.inside
    return np.asarray(inside[people.lsoa] & (inside[people.lsoa_2] | (people.lsoa_2 < 0)))


def a_year_longer(timeline: Timeline) -> Timeline:
    """The window and a year after it: who dies then uses more care before, though nobody here hears of the death."""
    return replace(timeline, last=timeline.last + 365)


def joined_parts(parts: Sequence[Part]) -> Part:
    """Put parts together: people keep their order, facts are in order of day."""
    sizes = [part.people.n for part in parts]
    people = joined_people([part.people for part in parts])
    health = Health(
        parts[0].health.conditions,
        *(np.concatenate([getattr(p.health, f.name) for p in parts]) for f in fields(Health) if f.name != "conditions"),
    )
    referrals = [_next(part.facts["referral"], "referral") for part in parts]
    numbered = {
        "community": {"referral": referrals},
        "referral": {"referral": referrals},
        "medicine": {"record": [_next(part.facts["medicine"], "record") for part in parts]},
    }
    facts = {
        name: joined_facts([p.facts[name] for p in parts], sizes, numbered.get(name, {})) for name in parts[0].facts
    }
    coded = joined_facts([p.programme.coded for p in parts], sizes, {})
    programme = Programme(facts["cohort"], facts["caseload"], facts["programme_contact"], coded)
    return Part(people, health, programme, facts)


def _next(facts: Facts, column: str) -> int:
    return int(facts.columns[column].max(initial=-1)) + 1


def _facts(lives: Lives, use: Use, programme: Programme, parameters: Parameters, streams: Streams) -> dict[str, Facts]:
    rates, people, timeline = parameters.rates, lives.people, lives.timeline
    coded = programme.coded
    entries = (coded.person, coded.day, CODES, coded.columns["code"])
    facts = {
        "spell": use.spell,
        "outpatient": use.outpatient,
        "emergency": use.emergency,
        "community": use.community,
        "appointment": with_programme(use.appointment, coded, streams("programme appointments")),
        "coded": make_coded(people, lives.health, timeline, parameters, streams, entries),
        "medicine": make_medicines(people, lives.health, timeline, rates.medicine_months, streams),
        "cohort": programme.cohort,
        "programme_contact": programme.contacts,
        "caseload": programme.caseload,
        "social_care": use.social_care,
    }
    for name in ("outpatient", "community"):
        facts[name] = _with_the_dead(facts[name], people, parameters.faults.after_death, timeline, streams)
    facts["referral"] = _referrals(facts["community"], use.received)
    return facts


def _referrals(community: Facts, received: Ints) -> Facts:
    """Return the referrals that have a contact, numbered as the contacts number them."""
    number, first = np.unique(community.columns["referral"], return_index=True)
    columns = {"referral": number, "provider": community.columns["provider"].take(first)}
    return Facts("referral", community.person[first], received[number].astype(np.int32), columns)


def _with_the_dead(facts: Facts, people: People, share: float, timeline: Timeline, streams: Streams) -> Facts:
    """Add a few events dated after a death: a row that loads and must not be counted."""
    rng = streams(f"after death {facts.table}")
    dead = np.isin(facts.person, np.flatnonzero(people.died < timeline.last - 25))
    last = np.flatnonzero(dead)
    _, at = np.unique(facts.person[last][::-1], return_index=True)
    last = last[::-1][at]
    picked = last[chosen(share, np.ones(len(last), bool), rng)] if len(last) else last
    both = facts.take(np.concatenate([np.arange(facts.n), picked]))
    late = np.arange(both.n) >= facts.n
    both.day[late] = people.died[both.person[late]] + rng.integers(3, 21, len(picked)).astype(np.int32)
    both.columns["after_death"] = late
    return by_day(both)
