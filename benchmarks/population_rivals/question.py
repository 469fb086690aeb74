"""The question as a shelf of definitions, for our engine, and as plain files for every other tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from asked import Asked, Condition, Count

from doorstep.home import Home
from doorstep.planning.definitions import Activity, Criterion, DeficitCount, DiagnosisScore, Register, Shelf, shipped
from doorstep.planning.engine.days import months_before
from doorstep.planning.lists import in_use
from doorstep.records import Lake

TABLES = ("person", "coded", "spell", "outpatient", "emergency", "appointment")
COUNTS = (
    Count("emergency_stays", "spell", "admitted_on", "admission_method", "2", "3"),
    Count("ae_attendances", "emergency", "arrived_on", "department_type", "01", "04"),
    Count("outpatient_seen", "outpatient", "appointment_on", "attended", "5", "7"),
    Count("gp_attended", "appointment", "appointment_on", "status", "Attended", "Attendee"),
)
MOST_CONCEPTS = 62


def asked_shelf(home: Home) -> Shelf:
    """Return the definitions of the question: what the shipped shelf reads, each as one plain rule."""
    names = in_use(home).names
    shelf = shipped()
    kept = shelf.without(d.id for d in shelf.all if d.id not in ("hfrs", "national_group"))
    return replace(
        kept,
        registers=tuple(_conditions(shelf, names)),
        deficits=tuple(_deficits(shelf, names)),
        activities=tuple(map(_activity, COUNTS)),
        tallies=(),
        groups=(),
    )


def _conditions(shelf: Shelf, names: frozenset[str]) -> Iterator[Register]:
    seen: set[tuple[str, ...]] = set()
    for register in (*shelf.registers, *shelf.conditions):
        lists = tuple(dict.fromkeys(x for c in register.any_of for x in c.lists))
        ended = tuple(dict.fromkeys(x for c in register.any_of for x in c.resolved_by if x not in lists))
        more = {x for x in (lists, ended) if x} - seen
        if lists and {*lists, *ended} <= names and len(seen) + len(more) <= MOST_CONCEPTS:
            seen |= more
            rule = Criterion(lists=lists, resolved_by=ended)
            yield replace(
                register, id=f"has_{register.id.removesuffix('_dx_only')}", any_of=(rule,), unless=(), missing=(),
                example=(),
            )  # fmt: skip


def _deficits(shelf: Shelf, names: frozenset[str]) -> Iterator[DeficitCount]:
    for count in shelf.deficits:
        found = tuple(d for d in count.deficit if d.lists and {*d.lists} <= names)
        if found:
            yield replace(count, id="asked", deficit=found, months=None, months_ago=())


def _activity(count: Count) -> Activity:
    return Activity(
        id=count.name,
        version=1,
        title=count.name,
        purpose="a benchmark",
        owner="Doorstep contributors",
        source="written for this benchmark",
        status="verified",
        review_by=date(2099, 1, 1),
        table=count.table,
        where=f"{count.column} >= '{count.lowest}' and {count.column} < '{count.beyond}'",
        windows=("12m",),
    )


def our_columns(asked: Asked) -> dict[str, str]:
    """Return column of the answer -> column of our person table."""
    own = {c.name: f"{c.name}_12m" for c in asked.counts}
    if asked.n_deficits:
        own |= {"deficits": "asked_deficits", "n_deficits": "asked_count"}
    else:
        own |= {"deficits": "0::bigint", "n_deficits": "0"}
    return {name: {**own, "score": "cast(round(hfrs * 10) as bigint)"}.get(name, name) for name in asked.columns}


def write_question(home: Home, lake: Lake, as_at: date, folder: Path) -> Asked:
    """Write the question and its small tables into a folder, for tools that know nothing of Doorstep."""
    shelf, con = asked_shelf(home), duckdb.connect()
    con.read_parquet(str(in_use(home).path)).filter("system = 'snomedct'").create_view("list")
    concepts: dict[tuple[str, ...], int] = {}
    conditions = tuple(_numbered(shelf, concepts))
    deficits = [d for count in shelf.deficits for d in count.deficit]
    left_out = {code for count in shelf.deficits for code in count.not_codes}
    paths = {name: str(folder / f"{name}.parquet") for name in ("codes", "deficit_codes", "weights")}
    _write_codes(con, {i: names for names, i in concepts.items()}, "concept", paths["codes"], set())
    _write_codes(con, {i: d.lists for i, d in enumerate(deficits)}, "deficit", paths["deficit_codes"], left_out)
    _write_weights(con, shelf.frailty, paths["weights"])
    found = Asked(
        as_at=as_at.isoformat(),
        year_from=months_before(as_at, 12).isoformat(),
        score_from=months_before(as_at, shelf.frailty.months).isoformat(),
        tables={name: list(lake.parts(name).paths) for name in TABLES},
        conditions=conditions,
        n_deficits=len(deficits),
        counts=COUNTS,
        **paths,
    )
    found.write(folder / "question.json")
    return found


def _numbered(shelf: Shelf, concepts: dict[tuple[str, ...], int]) -> Iterator[Condition]:
    for register in shelf.registers:
        rule = register.any_of[0]
        started = concepts.setdefault(rule.lists, len(concepts))
        ended = concepts.setdefault(rule.resolved_by, len(concepts)) if rule.resolved_by else None
        yield Condition(register.id, started, ended)


def _write_codes(
    con: duckdb.DuckDBPyConnection, lists: dict[int, tuple[str, ...]], column: str, path: str, left_out: set[str]
) -> None:
    con.execute(f"create or replace temp table named (list_id varchar, {column} bigint)")
    con.executemany(
        "insert into named values (?, ?)", [[x, i] for i, names in lists.items() for x in names] or [["", 0]]
    )
    codes = con.sql(f"select distinct code, {column} from list join named using (list_id)")
    kept = f"code not in ({', '.join(repr(c) for c in sorted(left_out))})" if left_out else "true"
    codes.filter(kept).write_parquet(path)


def _write_weights(con: duckdb.DuckDBPyConnection, score: DiagnosisScore, path: str) -> None:
    from doorstep import reference

    table = str(reference.table(score.items))
    columns = {name for (name, *_) in con.execute("describe select * from read_parquet($1)", [table]).fetchall()}
    prefix = "prefix" if "prefix" in columns else "icd10_3"
    rows = con.read_parquet(table)
    kept = rows.filter(f"variant = '{score.variant}'") if score.variant else rows
    kept.project(f"{prefix} as prefix, round(weight * 10)::bigint as tenths").write_parquet(path)
