"""Why one person is where they are: what each definition says of them, and the rows of the record that made it so.

Looking at one person's record needs a purpose, and every look is written down before anything is shown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.planning.explained.findings import Terms, Told, require_agreement
from doorstep.planning.explained.looks import stated, write_down
from doorstep.planning.explained.memberships import memberships
from doorstep.planning.explained.rows import LookedAt, Rows, facts_of, file_names
from doorstep.planning.lists import in_use
from doorstep.planning.nearest import did_you_mean
from doorstep.planning.person_file import PersonFile, ensure_person_file, offer_of, place_practices, place_score


def explain(
    home: Home, lake: LookedAt, person_id: str, *, as_at: date, purpose: str, definition: str | None = None
) -> dict[str, Any]:
    """Return one person's row of the person table, the Place's cohorts, and what each definition says, with its rows.

    `definition` is the id of a definition, of a column, or of a cohort of the Place; without it, everything is said.

    Findings are computed in plain Python from the person's own rows and must agree with the person table. The look is
    appended to the log (`explain.jsonl`: when, who, why, which pseudonym) before it is made. Raises UsageError without
    a purpose, after too many looks in an hour, where there is no such person or no such definition, and
    NotWhatItClaimsError where the rows and the table disagree.
    """
    purpose = stated(purpose)
    person = ensure_person_file(home, lake, as_at=as_at)
    look = {"person": person_id, "as_at": person.meta["as_at"], "snapshot": person.meta["snapshot"]}
    write_down(home, purpose, {**look, **({"definition": definition} if definition else {})})
    row = row_of(lake, person, person_id)
    rows = facts_of(home, lake, offer_of(home).shelf, person_id)
    found, cohorts = explained(home, lake, person, row, rows), memberships(home, lake.known_by, row, rows)
    asked = [c for c in cohorts if definition in (None, c["cohort"], c["source"])]
    return {
        "person": row,
        "cohorts": asked,
        "definitions": [] if definition and asked else _chosen(found, definition),
        "made_from": {name: person.meta[name] for name in ("as_at", "known_by", "snapshot", "group", "risk")},
    }


def explained(
    home: Home, lake: LookedAt, person: PersonFile, row: dict[str, Any], rows: Rows | None = None
) -> list[dict[str, Any]]:
    """Return the findings of one person of a person table, held against their row; `rows` are theirs, where at hand."""
    from doorstep.planning.engine.plain import person_table, read_rows

    shelf, codes = offer_of(home).shelf, read_rows(in_use(home).path)
    rows = facts_of(home, lake, shelf, row["person_id"]) if rows is None else rows
    computed = person_table(
        _with_entries(rows, person), shelf, as_at=person.as_at, practices=place_practices(home), codes=codes,
        place_score=place_score(home), areas=_deciles(rows),
    )  # fmt: skip
    require_agreement(row, computed.people[0] if computed.people else {})
    return list(Told(shelf, Terms(codes), file_names(lake)).findings(computed, row))


def row_of(lake: LookedAt, person: PersonFile, person_id: str) -> dict[str, Any]:
    """Return one row of a person table; UsageError where there is no such person."""
    import duckdb

    with duckdb.connect(":memory:") as con:
        found = con.execute(f"select * from ({person.relation_sql()}) where person_id = ?", [person_id])
        columns = [c[0] for c in found.description or ()]
        rows = found.fetchall()
    if not rows:
        raise UsageError(
            f"there is no person {person_id}",
            expected="a pseudonym of this Place: p and 24 hex digits",
            do="copy it from the person table or a cohort's membership",
        )
    return dict(zip(columns, rows[0], strict=True))


def _with_entries(rows: Rows, person: PersonFile) -> Rows:
    """Whether anybody has coded entries decides what the group rests on: an entry of nobody says that somebody has."""
    held = "conditions" in person.meta["basis"]
    return {**rows, "coded": [*rows["coded"], *([{"person_id": None}] if held else [])]}


def _deciles(rows: Rows) -> dict[str, int]:
    """Return the deprivation decile of each LSOA that the person's rows name: reading every area would take longer."""
    import duckdb

    from doorstep import reference

    named = sorted({str(r["lsoa21"]) for r in rows["person"] if r.get("lsoa21")})
    query = "select lsoa21, imd2025_decile from read_parquet(?) where list_contains(?, lsoa21)"
    with duckdb.connect(":memory:") as con:
        return dict(con.execute(query, [str(reference.table("lsoa21")), named]).fetchall())


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
