"""Computing the person table of some people: their facts alone, fetched from the copy, through the same program.

Two workers each take a half of the people, or a smaller lot: cursors of one database, so that both read what was
fetched, and keep two processors busy where the steps over so few rows would not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.duck import ANSWERS, create_lookups
from doorstep.planning.engine.keyed import named
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.sources import READ
from doorstep.planning.engine.who import people_steps
from doorstep.planning.sorted_copy.layout import ORIGIN, WHO, SortedCopy
from doorstep.planning.sorted_copy.reading import diagnoses_with, scan
from doorstep.planning.updating.fetch import SCHEMA, asks_arrival, columns_asked, columns_stored, n_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

WORKERS = 2
# Fewer are not worth dividing; more at a time would need more memory than a build does.
FEWEST_A_LOT, MOST_A_LOT = 1_000, 262_144
_NO_HISTORY = "select person_id from person_now where false"


@dataclass(frozen=True)
class Asked:
    """What a person table is computed for; `has_codes`: somebody in the lake has coded entries."""

    shelf: Shelf
    as_at: date
    practices: Sequence[str]
    lists: Path
    place_score: PlaceScore | None
    has_codes: bool


@dataclass(frozen=True)
class Computed:
    """The answers about one lot of people: `person` and `history` by pseudonym, and who they are by number."""

    person: pa.Table
    history: pa.Table
    who: Mapping[str, pa.Table]


class LotOfFacts:
    """The facts of a lot of the people touched as relations of the program, people and codes by number."""

    has_people = False
    everyone = ""
    names = ""

    def __init__(self, news: str) -> None:
        self.codes = f"{news}.codes"

    def relation(self, name: str) -> str:
        """Return the view of this relation."""
        return f"lot_{name}"

    def diagnoses(self) -> exp.Select:
        """Return the diagnoses of the step `stay`, unnested with their positions, codes as numbers."""
        return diagnoses_with(self.codes)


def compute(con: DuckDBPyConnection, copy: SortedCopy, asked: Asked, *, news: str) -> list[Computed]:
    """Compute the people in `<news>.touched`, lot by lot in the order of their numbers.

    `touched_facts` has their facts as they were (`fetch`), and the newest layer of `copy` what came; `<news>` has what
    is gone, `origins` and `codes`.
    """
    plan = make_plan(
        asked.shelf, as_at=asked.as_at, practices=asked.practices, lists=asked.lists, place_score=asked.place_score,
        has_codes=asked.has_codes,
    )  # fmt: skip
    lots = _Lots(con, copy, plan, _Texts.of(plan, LotOfFacts(news)), news)
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lots.run, _bounds(con, news)))


def _bounds(con: DuckDBPyConnection, news: str) -> list[tuple[int, int]]:
    """Return the first and last number of each lot: of one that is empty where nobody is touched."""
    n_touched = n_rows(con, f"{news}.touched")
    n_lots = max(min(WORKERS, n_touched // FEWEST_A_LOT), -(-n_touched // MOST_A_LOT), 1)
    found = con.execute(f"""select min(person_id), max(person_id)
        from (select person_id, ntile({n_lots}) over (order by person_id) as lot from {news}.touched)
        group by lot order by lot""").fetchall()
    return [(int(first), int(last)) for first, last in found] or [(0, -1)]


@dataclass(frozen=True)
class _Texts:
    """The program as text: name and query of each step, with the tables that nothing reads after it; the answers."""

    steps: tuple[tuple[str, str, tuple[str, ...]], ...]
    answers: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan, source: LotOfFacts) -> _Texts:
        steps = (*plan.steps(source), *people_steps())
        read = [{table.name for table in step.query.find_all(exp.Table)} for step in steps]
        last = {name: n for n, names in enumerate(read) for name in names}
        made = [step.name for step in steps if step.name not in (*ANSWERS, *WHO)]
        done = [tuple(x for x in made if last.get(x) == n) for n in range(len(steps))]
        texts = {step.name: step.query.sql("duckdb") for step in steps}
        return cls(
            tuple((s.name, texts[s.name], gone) for s, gone in zip(steps, done, strict=True) if s.name in made),
            {name: texts.get(name, _NO_HISTORY) for name in (*ANSWERS, *WHO)},
        )


@dataclass(frozen=True)
class _Lots:
    con: DuckDBPyConnection
    copy: SortedCopy
    plan: Plan
    texts: _Texts
    news: str

    def run(self, bounds: tuple[int, int]) -> Computed:
        """Compute the people whose numbers lie within bounds."""
        with self.con.cursor() as con:
            for table in READ:
                con.execute(f"create or replace temp view lot_{table} as {self._facts(con, table, bounds)}")
            create_lookups(con, self.plan)
            for name, text, done in self.texts.steps:
                con.execute(f"create temp table {name} as {text}")
                for other in done:
                    con.execute(f"drop table if exists temp.{other}")
            found = {name: con.sql(text).to_arrow_table() for name, text in self.texts.answers.items()}
            names = f"select person_id, name from {self.news}.touched where {_within(bounds)} order by person_id"
            known = con.sql(names).to_arrow_table()
            person, history = (named(found[name], known) for name in ANSWERS)
            return Computed(person, history, {name: found[name] for name in WHO})

    def _facts(self, con: DuckDBPyConnection, table: str, bounds: tuple[int, int]) -> str:
        """Return the query of a table's facts: those fetched without what is gone, and those that came."""
        own, gone = ", ".join(columns_stored(table, self.plan.shelf)), f"{self.news}.gone_{table}"
        without = f"anti join {gone} as g using (person_id, origin, row_no)" if n_rows(con, gone) else ""
        rows = [f"{SCHEMA}.{table}", f"{SCHEMA}.careful_{table} as f {without}"]
        rows += [scan(self.copy, came)] if (came := self.copy.layers[-1].of(table)) else []
        whole = " union all ".join(f"select {own} from {x} where {_within(bounds)}" for x in rows)
        arrival = asks_arrival(table, self.plan.shelf)
        join = f"join {self.news}.origins as o on o.origin = f.origin" if arrival else ""
        columns = map(_column, columns_asked(table, self.plan.shelf))
        return f"select {', '.join(columns)} from ({whole}) as f {join}"


def _within(bounds: tuple[int, int]) -> str:
    return f"person_id between {bounds[0]} and {bounds[1]}"


def _column(name: str) -> str:
    if name == "is_deleted":
        return "false as is_deleted"
    return f"o.{name}" if name in ORIGIN else f"f.{name}"
