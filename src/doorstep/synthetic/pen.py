"""What every layout writes the same way: keys, dates of activity, homes, practices, ethnicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from doorstep.synthetic import identifiers, text
from doorstep.synthetic.arrays import Bools, Bytes, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.ground import CATEGORIES
from doorstep.synthetic.people import N_VISITORS, NOT_STATED
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.text import BLANK, IMPOSSIBLE, Text
from doorstep.synthetic.timeline import NEVER, months_of

ETHNICITY_WORDS = (*CATEGORIES, *NOT_STATED)
KEY_COLUMN = {"A": "Der_Pseudo_NHS_Number", "B": "NHS_Number", "C": "Der_Pseudo_NHS_Number"}
UNKNOWN_LSOA = "E01999999"


@dataclass(frozen=True)
class Pen:
    """Writes the rows of one table of one scene in one way in."""

    scene: Scene
    way: str
    facts: Facts

    @property
    def identifiable(self) -> bool:
        """Whether this way carries NHS numbers, names and postcodes."""
        return self.way == "B"

    def key(self, rows: Rows) -> Text:
        """The person key; visitors have one of their own. In a de-identified flow an invalid number is no key."""
        people = self.scene.people
        own = self.scene.mistaken.key_at(people, self.facts.person[rows.fact], self.facts.day[rows.fact])
        person = np.where(rows.person >= 0, own, people.n + rows.ident % N_VISITORS)
        keys: Bytes = self.scene.people.keys["nhs" if self.identifiable else "sender"][person]
        gone = rows.has("blank_key")
        wrong = rows.has("invalid_key")
        if self.identifiable and wrong.any():
            keys = keys.copy()
            keys[wrong] = identifiers.spoil(keys[wrong])
        return text.blanked(text.letters(keys), gone if self.identifiable else gone | wrong)

    def person(self, rows: Rows) -> Ints:
        """The person of each row, or of its model."""
        return self.facts.person[rows.fact]

    def day(self, rows: Rows) -> Ints:
        """The day of the activity clock as the row says it, faults included."""
        day = self.facts.day[rows.fact].astype(np.int64)
        day = np.where(rows.has("missing_date"), BLANK, day)
        day = np.where(rows.has("impossible_date"), IMPOSSIBLE, day)
        birth = self.scene.people.birth[self.facts.person[rows.fact]]
        day = np.where(rows.has("before_birth"), birth - 1 - rows.ident % 300, day)
        received = self.scene.timeline.received[rows.delivery]
        return np.where(rows.has("after_receipt"), received + 1 + rows.ident % 60, day)

    def true_day(self, rows: Rows) -> Ints:
        """The day on which it happened."""
        return self.facts.day[rows.fact]

    def practice(self, rows: Rows) -> Text:
        """The practice of registration on that day; elsewhere for visitors."""
        ground = self.scene.ground
        own = self.scene.people.practice_at(self.person(rows), self.true_day(rows))
        away = len(ground.practices) + rows.ident % len(ground.elsewhere_practices)
        at = np.where(rows.has("out_of_place"), away, own)
        return text.choose(at, (*ground.practices, *ground.elsewhere_practices))

    def lsoa_2011(self, rows: Rows) -> Text:
        """The home on that day as a 2011 LSOA; blank for people whose home no record knows."""
        ground = self.scene.ground
        own = self.scene.people.lsoa_at(self.person(rows), self.true_day(rows))
        away = len(ground.lsoas_2011) + rows.ident % len(ground.elsewhere_lsoas_2011)
        at = np.where(rows.has("out_of_place"), away, own)
        home = text.choose(at, (*ground.lsoas_2011, *ground.elsewhere_lsoas_2011))
        home = text.blanked(home, rows.has("row_lsoa_missing"))
        return text.replaced(home, rows.has("unknown_lsoa"), UNKNOWN_LSOA)

    def ethnicity(self, rows: Rows) -> Text:
        """What the records hold of the person's ethnicity; some rows say nothing, or not stated."""
        category = text.choose(self.scene.people.recorded_ethnicity[self.person(rows)], ETHNICITY_WORDS)
        missing = rows.has("row_ethnicity_missing")
        category = text.blanked(category, missing & (rows.ident % 2 == 0))
        return text.replaced(category, missing & (rows.ident % 2 == 1), "Z")

    def birth(self, person: Ints, mistyped: Bools | None = None) -> Text:
        """Birth date, or its month where the parameters ask for that in the de-identified way."""
        birth = self.scene.people.birth[person]
        born = text.days(
            birth if mistyped is None else np.where(mistyped, another_birth(birth, self.scene.timeline.first), birth)
        )
        if self.way == "A" and self.scene.parameters.birth == "month":
            return pc.utf8_slice_codeunits(born, 0, 7)
        return born

    def known(self, day: Ints, rows: Rows) -> Ints:
        """A day, or NEVER where it lies after what the row's delivery can know."""
        cut = self.scene.timeline.cuts[rows.content]
        return np.where(day <= cut, day, NEVER)

    def processing(self, rows: Rows) -> Text:
        """The sender's run number: one a delivery."""
        return text.choose(rows.content, tuple(str(1001 + d.number) for d in self.scene.timeline.deliveries))

    def unique_month(self, day: Ints) -> Ints:
        """The community data set's number of a month: April 1900 is 1."""
        return months_of(day) + 70 * 12 - 2


def another_birth(birth: Ints, latest: int) -> Ints:
    """Birth dates as they are mistyped: day and month changed over where that is a date, else ten years too early.

    None is after `latest`.
    """
    month = birth.astype("datetime64[D]").astype("datetime64[M]")
    day: Ints = (birth.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)  # from 0
    of_year: Ints = month.astype(np.int64) % 12
    other = month - of_year.astype("timedelta64[M]") + np.minimum(day, 11).astype("timedelta64[M]")
    swapped: Ints = other.astype("datetime64[D]").astype(np.int64) + of_year
    earlier: Ints = (month - np.timedelta64(120, "M")).astype("datetime64[D]").astype(np.int64) + np.minimum(day, 27)
    return np.where((day < 12) & (day != of_year) & (swapped <= latest), swapped, earlier)
