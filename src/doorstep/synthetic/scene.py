"""The whole made-up Place in memory: people, facts, and the plan of rows for each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import EVERYDAY, Health, object_to_sharing, with_objections
from doorstep.synthetic.mistaken import Mistaken, mistake, share_numbers
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import joined_parts, make_part
from doorstep.synthetic.people import People, chosen, person_keys, shares
from doorstep.synthetic.programme import Programme
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline


@dataclass(frozen=True)
class Planted:
    """Something planted that is no one row: of people (with the other person's or the other number) or of a month."""

    fault: str
    person: int | None = None
    other_person: int | None = None
    other_nhs_number: str = ""
    other_sender_key: str = ""
    table: str = ""
    provider: str = ""
    month: date | None = None
    n_rows: int | None = None


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
    mistaken: Mistaken
    facts: dict[str, Facts]
    plans: dict[str, Rows]
    planted: list[Planted]

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
    ground = Ground.of(parameters.place) if parameters.place else Ground.of_system(parameters.system or "")
    say("drawing people, their conditions and their activity")
    parts = [make_part(ground, timeline, parameters, streams, share) for share in shares(ground, timeline, parameters)]
    whole = joined_parts(parts)
    del parts
    people, health, programme = whole.people, whole.health, whole.programme
    slots_only, slots_too = _senders_of_slots(len(ground.practices), parameters.slots_only, streams)
    may_object = _settled(people, timeline, slots_only | slots_too) & ~programme.members(people.n)
    object_to_sharing(health, parameters.faults.type_1_objection, may_object, streams)
    opted_out = chosen(parameters.faults.opted_out, np.ones(people.n, bool), streams("opt-outs"))
    may_be_mistaken = ~(programme.members(people.n) | health.objects | opted_out)
    mistaken = mistake(people, may_be_mistaken, may_object, parameters.faults, streams)
    people.keys = person_keys(people.n, streams, spare=int((mistaken.second >= 0).sum()))
    share_numbers(people, mistaken)
    facts = whole.facts
    facts["coded"] = with_objections(facts["coded"], people, health, timeline)
    return Scene(
        parameters=parameters,
        timeline=timeline,
        ground=ground,
        people=people,
        health=health,
        programme=programme,
        slots_only=slots_only,
        slots_too=slots_too,
        opted_out=opted_out,
        mistaken=mistaken,
        facts=facts,
        plans={},
        planted=_mistaken_people(people, mistaken),
    )


def _mistaken_people(people: People, mistaken: Mistaken) -> list[Planted]:
    shared = [Planted("shared_number", int(one), int(other)) for one, other in mistaken.pairs]
    two = [(int(person), mistaken.second[person]) for person in np.flatnonzero(mistaken.second >= 0)]
    nhs, sender = people.keys["nhs"], people.keys["sender"]
    return shared + [
        Planted("two_numbers", p, other_nhs_number=nhs[at].decode(), other_sender_key=sender[at].decode())
        for p, at in two
    ]


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
