"""Why one person is where they are: what each definition says of them, and the rows of the record that made it so.

Looking at one person's record needs a purpose, and every look is written down before anything is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.planning.explained.findings import Terms, Told, require_agreement
from doorstep.planning.explained.looks import stated, write_down
from doorstep.planning.explained.memberships import memberships
from doorstep.planning.explained.rows import Facts, LookedAt, Rows, file_names
from doorstep.planning.lists import in_use
from doorstep.planning.nearest import did_you_mean
from doorstep.planning.person_file import PersonFile, fresh_person_file, offer_of, place_practices, place_score

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.definitions import Shelf
    from doorstep.planning.engine.plain import Program


def explain(
    home: Home, lake: LookedAt, person_id: str, *, as_at: date, purpose: str, definition: str | None = None
) -> dict[str, Any]:
    """Return what an `Explainer` says of one person; for several, open one."""
    stated(purpose)
    with Explainer(home, lake, as_at=as_at) as explainer:
        return explainer.explain(person_id, purpose=purpose, definition=definition)


class Explainer:
    """A person table opened to explain people of: what all of them share is made ready for the first, and kept.

    That is the definitions, code lists, and the hashes of files. Builds the table where it is missing or stale.
    """

    def __init__(self, home: Home, lake: LookedAt, *, as_at: date, person: PersonFile | None = None) -> None:
        self._home, self._lake = home, lake
        self.person = person or fresh_person_file(home, lake, as_at=as_at)
        self._areas: dict[str, int] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Explainer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def explain(self, person_id: str, *, purpose: str, definition: str | None = None) -> dict[str, Any]:
        """Return one person's row of the person table, the Place's cohorts, and what each definition says, with rows.

        `definition` is the id of a definition, of a column, or of a cohort of the Place; without it, everything is
        said. Findings are computed in plain Python from the person's own rows and must agree with the person table. The
        look is appended to the log (`explain.jsonl`: when, who, why, which pseudonym) before it is made. Raises
        UsageError without a purpose, after too many looks in an hour, where there is no such person or no such
        definition, and NotWhatItClaimsError where the rows and the table disagree.
        """
        look = {"person": person_id, "as_at": self.person.meta["as_at"], "snapshot": self.person.meta["snapshot"]}
        write_down(self._home, stated(purpose), {**look, **({"definition": definition} if definition else {})})
        row, rows = self.row_of(person_id), self._facts.of(person_id)
        found, cohorts = self.findings(row, rows), memberships(self._home, self._lake.known_by, row, rows)
        asked = [c for c in cohorts if definition in (None, c["cohort"], c["source"])]
        return {
            "person": row,
            "cohorts": asked,
            "definitions": [] if definition and asked else _chosen(found, definition),
            "made_from": {name: self.person.meta[name] for name in ("as_at", "known_by", "snapshot", "group", "risk")},
        }

    def findings(self, row: Mapping[str, Any], rows: Rows | None = None) -> list[dict[str, Any]]:
        """Return what each definition says of the person of a row of the table, held against it.

        `rows` are the facts of that person, where they are at hand.
        """
        rows = self._facts.of(row["person_id"]) if rows is None else rows
        self._learn_areas(rows)
        computed = self._program.compute(rows, with_history=False)
        require_agreement(row, computed.people[0] if computed.people else {})
        return list(self._told.findings(computed, row))

    def row_of(self, person_id: str) -> dict[str, Any]:
        """Return one row of the person table; UsageError where there is no such person.

        The row is held against the person's own rows; that nobody is missing, against the hash of the table.
        """
        found = self._con.execute(f"select * from ({self.person.relation_sql()}) where person_id = ?", [person_id])
        columns = [c[0] for c in found.description or ()]
        rows = found.fetchall()
        if not rows:
            self.person.check()
            raise UsageError(
                f"there is no person {person_id}",
                expected="a pseudonym of this Place: p and 24 hex digits",
                do="copy it from the person table or a cohort's membership",
            )
        return dict(zip(columns, rows[0], strict=True))

    @cached_property
    def _con(self) -> DuckDBPyConnection:
        import duckdb

        con: DuckDBPyConnection = self._stack.enter_context(duckdb.connect(":memory:", config={"threads": 1}))
        con.execute("set parquet_metadata_cache = true")
        return con

    @cached_property
    def _shelf(self) -> Shelf:
        return offer_of(self._home).shelf

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self._home, self._lake, self._shelf, self._con)

    @cached_property
    def _codes(self) -> list[dict[str, Any]]:
        from doorstep.planning.engine.plain import read_rows

        return read_rows(in_use(self._home).path, self._con)

    @cached_property
    def _program(self) -> Program:
        from doorstep.planning.engine.plain import Program

        return Program.of(
            self._shelf, as_at=self.person.as_at, practices=place_practices(self._home), codes=self._codes,
            place_score=place_score(self._home), areas=self._areas,
            holds_entries="conditions" in self.person.meta["basis"],
        )  # fmt: skip

    @cached_property
    def _told(self) -> Told:
        return Told(self._shelf, Terms(self._codes), file_names(self._lake))

    def _learn_areas(self, rows: Rows) -> None:
        """Look up the deprivation decile of each LSOA that a person's rows name: every area would take longer."""
        from doorstep import reference

        named = {str(r["lsoa21"]) for r in rows["person"] if r.get("lsoa21")} - self._areas.keys()
        if named:
            query = "select lsoa21, imd2025_decile from read_parquet(?) where list_contains(?, lsoa21)"
            asked = [str(reference.table("lsoa21")), sorted(named)]
            self._areas |= dict(self._con.execute(query, asked).fetchall())


def _chosen(found: list[dict[str, Any]], name: str | None) -> list[dict[str, Any]]:
    """Return every finding, or those of one definition: by its id, its id and version, or a column that it makes."""
    chosen = [f for f in found if name in (None, f["id"], f["definition"])]
    chosen = chosen or [f for f in found if name in f["values"]]
    if name is not None and not chosen:
        raise UsageError(
            f"there is no definition {name!r} in this table",
            expected="the id of a definition, or a column of the person table",
            do=did_you_mean(name, [f["id"] for f in found]) or "leave --definition out to see them all",
        )
    return chosen
