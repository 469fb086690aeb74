"""Why one person is where they are: their row, and for each register the coded entries that decided it.

Looking at one person's record needs a purpose, and every look is written down before anything is shown.
"""

from __future__ import annotations

import getpass
import json
from datetime import date
from typing import TYPE_CHECKING, Any

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.planning.definitions import Register, Shelf, shipped
from doorstep.planning.person_file import LakeView, PersonFile, ensure_person_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Of each list, the latest entry (the one that resolution rules look at), with the file and row that brought it.
_ENTRIES = """
select list_id, arg_max(code, recency) as code, arg_max(term, recency) as term,
       arg_max({'on': recorded_on}, recency)['on'] as recorded_on,
       arg_max(file_id, recency) as file_id, arg_max(row_no, recency) as row_no, count(*) as n_entries
from (
    select list_id, code, term, recorded_on, file_id, row_no,
           (coalesce(recorded_on, date '0001-01-01'), received_on, row_no) as recency
    from coded join read_parquet($codes) using (code)
    where person_id = $person and (recorded_on is null or recorded_on <= $day) and system = 'snomedct'
)
group by list_id
"""


def explain(home: Home, lake: LakeView, person_id: str, *, as_at: date, purpose: str) -> dict[str, Any]:
    """Return one person's row of the person table and, per register they have codes for, what decided it.

    The look is appended to the log (`explain.jsonl`: when, who, why, which pseudonym) before it is made. Raises
    UsageError without a purpose, or where there is no such person.
    """
    if len(purpose.strip()) < 5:
        raise UsageError("no purpose is given", expected='why you look, as in --purpose "checking the rule with Dr A"')
    person = ensure_person_file(home, lake, as_at=as_at)
    _write_down(home, person_id, purpose.strip(), person)
    con = lake.connection()
    row = _row(con, person, person_id)
    return {"person": row, "registers": _evidence(con, shipped(), row, as_at), "made_from": _made_from(person)}


def _row(con: DuckDBPyConnection, person: PersonFile, person_id: str) -> dict[str, Any]:
    sql = "select * from read_parquet($path) where person_id = $person"
    found = con.execute(sql, {"path": str(person.path), "person": person_id}).fetchall()
    if not found:
        raise UsageError(
            f"there is no person {person_id}",
            expected="a pseudonym of this Place: p and 24 hex digits",
            do="copy it from the person table or a cohort's membership",
        )
    return dict(zip(person.columns, found[0], strict=True))


def _evidence(con: DuckDBPyConnection, shelf: Shelf, row: dict[str, Any], as_at: date) -> list[dict[str, Any]]:
    from doorstep import reference

    values = {"codes": str(reference.table("codes")), "person": row["person_id"], "day": as_at}
    names = ("list", "code", "term", "recorded_on", "file_id", "row_no", "n_entries")
    found = {r[0]: dict(zip(names, r, strict=True)) for r in con.execute(_ENTRIES, values).fetchall()}
    return [
        {"register": r.label, "is_on": row[r.id], "entries": [found[name] for name in r.lists if name in found]}
        for r in shelf.registers
        if _has_any(r, found)
    ]


def _has_any(register: Register, found: dict[str, Any]) -> bool:
    return any(name in found for name in register.lists)


def _made_from(person: PersonFile) -> dict[str, Any]:
    return {name: person.meta[name] for name in ("as_at", "known_by", "snapshot", "group", "risk")}


def _write_down(home: Home, person_id: str, purpose: str, person: PersonFile) -> None:
    home.log.mkdir(parents=True, exist_ok=True)
    line = {
        "at": clock.now().isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "purpose": purpose,
        "person": person_id,
        "as_at": person.meta["as_at"],
        "snapshot": person.meta["snapshot"],
    }
    with (home.log / "explain.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")
