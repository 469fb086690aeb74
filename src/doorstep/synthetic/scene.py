"""The whole made-up Place in memory: people, facts, and the plan of rows for each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from doorstep.synthetic.activity import Lives
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, by_day
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import EVERYDAY, Health, make_coded, make_health, make_medicines, object_to_sharing
from doorstep.synthetic.hospital import make_emergency, make_outpatients, make_spells
from doorstep.synthetic.outside import make_appointments, make_community
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People, chosen, make_people
from doorstep.synthetic.programme import CODES, Programme, make_programme
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline


@dataclass
class Scene:
    """Everything that is true of one made-up Place, and the rows that will say so.

    `slots_only` and `slots_too` mark practices that send appointment slots instead of, or besides, the flat file.
    """

    parameters: Parameters
    timeline: Timeline
    ground: Ground
    people: People
    health: Health
    programme: Programme
    slots_only: Bools
    slots_too: Bools
    opted_out: Bools
    facts: dict[str, Facts]
    plans: dict[str, Rows]

    @cached_property
    def postcode_words(self) -> tuple[tuple[str, ...], Ints]:
        """All postcodes one after the other, and where those of each LSOA start; one more start ends the last."""
        lists = [self.ground.postcodes.get(i, ()) for i in range(len(self.ground.lsoas))]
        start = np.concatenate([[0], np.cumsum([len(codes) for codes in lists])])
        return tuple(code for codes in lists for code in codes) or ("",), start

    def practice_of(self, table: str, rows: Rows) -> Ints:
        """Position of the practice of registration on the day of each row's fact (of its model, where it has none)."""
        facts = self.facts[table]
        return self.people.practice_at(facts.person[rows.fact], facts.day[rows.fact])


def make_scene(parameters: Parameters, say: Callable[[str], None] = lambda text: None) -> Scene:
    """Draw the people and everything that happens to them; the plans of rows are still empty."""
    streams = Streams(parameters.seed)
    timeline = Timeline.ending(parameters.end, parameters.months)
    say("reading the Place's areas and practices")
    ground = Ground.of(parameters.place)
    say("drawing people and their conditions")
    people = make_people(ground, timeline, parameters, streams)
    health = make_health(people, timeline, streams)
    lives = Lives.of(people, health, timeline)
    programme = make_programme(lives, parameters.rates.cohort_of_adults, parameters.rates.programme_with_gp, streams)
    slots_only, slots_too = _senders_of_slots(len(ground.practices), parameters.slots_only, streams)
    may_object = _settled(people, timeline, slots_only | slots_too) & ~programme.members(people.n)
    object_to_sharing(health, parameters.faults.type_1_objection, may_object, streams)
    say("drawing activity")
    return Scene(
        parameters=parameters,
        timeline=timeline,
        ground=ground,
        people=people,
        health=health,
        programme=programme,
        slots_only=slots_only,
        slots_too=slots_too,
        opted_out=chosen(parameters.faults.opted_out, np.ones(people.n, bool), streams("opt-outs")),
        facts=_facts(lives, ground.inside, programme, parameters, streams),
        plans={},
    )


def _facts(
    lives: Lives, inside: Bools, programme: Programme, parameters: Parameters, streams: Streams
) -> dict[str, Facts]:
    rates, people, timeline = parameters.rates, lives.people, lives.timeline
    served = inside[people.lsoa] & (inside[people.lsoa_2] | (people.lsoa_2 < 0))
    spells = make_spells(lives, rates.spells, streams)
    community, referred = make_community(lives, served, rates.community, streams)
    coded = programme.coded
    entries = (coded.person, coded.day, CODES, coded.columns["code"])
    facts = {
        "spell": spells,
        "outpatient": make_outpatients(lives, rates.outpatients, streams),
        "emergency": make_emergency(lives, spells, rates.emergency, streams),
        "community": community,
        "appointment": make_appointments(lives, rates.gp_appointments, streams, coded),
        "coded": make_coded(people, lives.health, timeline, parameters, streams, entries),
        "medicine": make_medicines(people, lives.health, timeline, rates.medicine_months, streams),
        "cohort": programme.cohort,
        "programme_contact": programme.contacts,
        "caseload": programme.caseload,
    }
    for name in ("outpatient", "community"):
        facts[name] = _with_the_dead(facts[name], people, parameters.faults.after_death, timeline, streams)
    facts["referral"] = _referrals(facts["community"], referred)
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


def _senders_of_slots(n: int, share: float, streams: Streams) -> tuple[Bools, Bools]:
    """Choose the share of practices that send slots only, and about one in twenty that sends both."""
    order = streams("senders of slots").permutation(n)
    only, too = np.zeros(n, bool), np.zeros(n, bool)
    if n >= 3:
        only[order[: round(n * share)]] = True
        too[order[n - max(1, n // 20) :]] = True
    return only, too


def _settled(people: People, timeline: Timeline, slots: Bools) -> Bools:
    """Mark people of one unchanged registration, known before the first delivery, whose practice sends no slots."""
    return np.asarray(
        (people.registered_to == NEVER)
        & (people.registered_from < timeline.cuts[0] - 31)
        & (people.practice_2 < 0)
        & (people.moved_on == NEVER)
        & ~slots[people.practice]
    )


def is_everyday(facts: Facts) -> Bools:
    """Mark coded entries that decide no register."""
    code = facts.columns["code"]
    everyday = np.array([word in EVERYDAY for word in code.words])
    return np.asarray(everyday[code.at])
