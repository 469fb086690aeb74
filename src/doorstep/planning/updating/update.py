"""`population update`: find the people touched, compute them again, lay them over the table, bring the copy along."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from doorstep.errors import UsageError
from doorstep.planning.definitions import Shelf
from doorstep.planning.engine.duck import holds_coded_entries
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import (
    PersonFile,
    build_person_file,
    describe,
    folder_of,
    latest_person_file,
    offer_of,
    place_practices,
    place_score,
    replace_text,
)
from doorstep.planning.sorted_copy.layers import is_grown, put_together, with_facts, with_who
from doorstep.planning.sorted_copy.layout import WHO, SortedCopy, find_copy, serves
from doorstep.planning.sorted_copy.reading import SCHEMA, open_copy
from doorstep.planning.sorted_copy.writing import make_copy
from doorstep.planning.updating.arrivals import NEWS, Arrivals, find_arrivals
from doorstep.planning.updating.fetch import Fetch, n_rows
from doorstep.planning.updating.passing_time import touched_queries
from doorstep.planning.updating.recompute import Asked, Computed, compute
from doorstep.planning.updating.write_overlay import write_overlay
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

# Beyond this share of the people a full build is quicker than finding and computing them.
MAX_TOUCHED = 0.3
Say = Callable[[str], None]


@dataclass(frozen=True)
class Updated:
    """The person table as it is now; why it was built whole (empty where it was not), and how many were touched."""

    person: PersonFile
    whole_because: str = ""
    n_touched: int = 0
    came: int = 0
    gone: int = 0


class _Whole(Exception):  # noqa: N818  (not an error: the reason for a full build)
    """Why a table cannot be brought up to date and is built whole."""


def update_person_file(
    lake: Lake, *, as_at: date | None = None, shelf: Shelf | None = None, say: Say = lambda _: None
) -> Updated:
    """Bring the newest person table up to the open lake and a day (default: the lake's knowledge date).

    Only people touched by new, corrected, deleted or purged rows, by opt-outs and objections, or by the passing of
    time are computed again; the result equals a full build. It is built whole, and the copy made again, where
    definitions, code lists, practices or the Place's score changed, where there is no sorted copy of the records the
    table came from, or where too many are touched. Raises UsageError where the day is later than what is known.
    """
    day = as_at or lake.known_by
    if day > lake.known_by:
        raise UsageError(
            f"the day {day} is later than what is known by {lake.known_by}",
            expected="a day not after the knowledge date",
            do="give a later --known-by, or an earlier --as-at",
        )
    offer = offer_of(lake.home, shelf)
    wanted = describe(lake.home, lake, offer, as_at=day)
    try:
        before, copy = _start(lake, day, wanted)
        if copy.is_of(lake.snapshot, lake.known_by) and before.as_at == day:
            _check(before, copy)
            return Updated(before)
        with ThreadPoolExecutor(1) as pool:
            checking = pool.submit(_check, before, copy)
            return _Update(lake, before, copy, day, offer.shelf, wanted, say, checking).run()
    except _Whole as reason:
        say(f"building everyone: {reason}")
        person = build_person_file(lake.home, lake, as_at=day, shelf=shelf)
        if find_copy(lake.home, lake.snapshot, lake.known_by) is None:
            make_copy(lake, say=say)
        return Updated(person, str(reason), int(person.meta["n_people"]))


def _start(lake: Lake, day: date, wanted: Mapping[str, Any]) -> tuple[PersonFile, SortedCopy]:
    """Return the newest table and the copy of its records; _Whole where they cannot be built upon."""
    before = latest_person_file(lake.home)
    if before is None:
        raise _Whole("there is no person table yet")
    moving = ("as_at", "known_by", "snapshot")
    changed = [name for name, value in wanted.items() if name not in moving and before.meta.get(name) != value]
    if changed:
        raise _Whole(f"{', '.join(changed)} changed since the last table")
    known_by = date.fromisoformat(before.meta["known_by"])
    if day < before.as_at or lake.known_by < known_by:
        raise _Whole("the last table is of a later day")
    copy = find_copy(lake.home, before.meta["snapshot"], known_by)
    if copy is None:
        raise _Whole("there is no sorted copy of the records that the last table was built from")
    return before, copy


def _check(before: PersonFile, copy: SortedCopy) -> None:
    before.check()
    copy.check()


@dataclass(frozen=True)
class _Update:
    lake: Lake
    before: PersonFile
    copy: SortedCopy
    day: date
    shelf: Shelf
    wanted: Mapping[str, Any]
    say: Say
    checking: Future[None]

    @property
    def con(self) -> DuckDBPyConnection:
        """The lake's connection."""
        return self.lake.connection()

    def run(self) -> Updated:
        """Do the steps; nothing is published before all of them are done, and all files read are as they were written.

        The files are hashed beside the work. A failure has its cause in one that was changed, where there is one.
        """
        try:
            return self._run()
        except Exception:
            self.checking.result()
            raise

    def _run(self) -> Updated:
        asked = self._asked()
        if not serves(asked.shelf):
            raise _Whole("a definition asks for columns that the sorted copy does not keep")
        self.say("finding what came and what is gone")
        open_copy(self.con, self.copy)
        arrivals = find_arrivals(self.lake, self.copy)
        self._find_touched(asked)
        n_gone = Fetch(self.con, self.copy, asked.shelf, NEWS).run()
        copy = with_facts(self.lake, self.copy, NEWS)
        n_touched = n_rows(self.con, f"{NEWS}.touched")
        self.say(f"computing {n_touched:,} people")
        lots = compute(self.con, copy, asked, news=NEWS)
        copy = self._with_who(copy, lots)
        self.say("writing what changed")
        self.checking.result()
        person = self._write(arrivals, lots)
        self._publish(copy, arrivals)
        return Updated(person, "", n_touched, sum(arrivals.came.values()), n_gone)

    def _asked(self) -> Asked:
        home, held = self.lake.home, holds_coded_entries(self.con)
        if held != ("conditions" in self.before.meta["basis"]):
            raise _Whole("coded entries came for the first time, or the last are gone")
        return Asked(self.shelf, self.day, place_practices(home), in_use(home).path, place_score(home), held)

    def _find_touched(self, asked: Asked) -> None:
        """Make `touched` (person_id, name): everyone whose row may be another now, as far as can be told yet."""
        queries = [_renewed(), f"select person_id from {NEWS}.suspects"]
        if self.day > self.before.as_at:
            queries += touched_queries(
                asked.shelf, asked.place_score, before=self.before.as_at, now=self.day, schema=SCHEMA
            )
        self.con.execute(f"""create or replace table {NEWS}.touched as
            with touched as ({" union ".join(queries)})
            select person_id, name from {SCHEMA}.names semi join touched using (person_id)
            union all select person_id, name from {NEWS}.names where is_new""")
        n_touched = n_rows(self.con, f"{NEWS}.touched")
        if n_touched > MAX_TOUCHED * self.copy.n_names and n_touched > 1000:
            raise _Whole(f"{n_touched:,} of {self.copy.n_names:,} people are touched")

    def _with_who(self, copy: SortedCopy, lots: Sequence[Computed]) -> SortedCopy:
        """Add who the people are of whom rows came or went."""
        import pyarrow as pa

        for name in WHO:
            self.con.register(name, pa.concat_tables([lot.who[name] for lot in lots]))
        return with_who(self.con, copy, _renewed())

    def _write(self, arrivals: Arrivals, lots: Sequence[Computed]) -> PersonFile:
        folder = folder_of(self.lake.home, self.lake, self.day)
        touched = f"select name as person_id from {NEWS}.touched"
        files = write_overlay(self.con, self.before, folder, lots, touched=touched, is_whole=arrivals.is_purged)
        kept = {name: value for name, value in self.before.meta.items() if name != "overlay"}
        meta: dict[str, Any] = {**kept, **self.wanted, **files, "n_people": self._n_people(lots)}
        replace_text(folder / "meta.json", json.dumps(meta, indent=1))
        return PersonFile(folder, meta)

    def _n_people(self, lots: Sequence[Computed]) -> int:
        """Count everyone: those there were, without the people touched among them, and the rows that these have now."""
        were = n_rows(self.con, f"(from {SCHEMA}.people semi join {NEWS}.touched using (person_id))")
        return int(self.before.meta["n_people"] - were + sum(lot.person.num_rows for lot in lots))

    def _publish(self, copy: SortedCopy, arrivals: Arrivals) -> None:
        """A purge is carried through every file at once; otherwise layers are put together when they have grown."""
        if arrivals.is_purged or is_grown(copy):
            self.say("putting the sorted copy together")
            copy = put_together(self.con, copy)
        copy.publish()


def _renewed() -> str:
    """Return the query of the people of whom rows came or went."""
    gone = (f"union select person_id from {NEWS}.gone_{table}" for table in TABLES)
    return f"select person_id from {NEWS}.names {' '.join(gone)}"
