"""A home of made-up people for tests of updates: deliveries as rows of lake tables, a small shelf of every kind."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from doorstep.home import Home
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import PersonFile
from doorstep.records import load, open_lake, purposes
from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.records.scope import Scope
from doorstep.records.snapshot import Load

SCOPE = Scope(frozenset({"P1", "P2"}), frozenset({"E01006512", "E01006513"}))
REGISTERS = ("diabetes", "hypertension", "heart_failure", "cancer_first_in_5_years", "palliative_care", "depression")
KEPT = {
    *REGISTERS, "housebound", "frailty_coded", "falls_history", "hfrs", "ltc_count", "ltc_count_all_qof",
    "ltc_count_cms20", "ed_attendances", "emergency_admissions", "bed_days", "emergency_readmissions", "medicines",
    "high_intensity_ed_use_3", "polypharmacy_5", "monthly", "national_target_group", "older_people_example",
}  # fmt: skip
Rows = list[dict[str, Any]]


@cache
def small_shelf() -> Shelf:
    """Shipped definitions of every kind that is read from records, few enough to build in a moment."""
    shelf = shipped()
    tallies = tuple(replace(t, registers=REGISTERS[:4]) for t in shelf.tallies if t.id in KEPT)
    shelf = replace(shelf, tallies=tallies, weighted=(), schemes=())
    return shelf.without([d.id for d in shelf.all if d.id not in KEPT])


@dataclass(frozen=True)
class Staged:
    """A staged table as the loader wants it."""

    source: Any
    profile: str
    table: str
    staged: str
    n_rows: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The file that rows came in."""

    path: Path
    file_id: str
    sha256: str


def read_json(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    received_on: date,
    profile: str | None = None,
    mapping: Any = None,
) -> list[Staged]:
    """Read files that are JSON objects of lake table to rows."""
    found = []
    for n, path in enumerate(files):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        source = Source(path, digest[:16], digest)
        for table, rows in json.loads(path.read_text()).items():
            _stage(con, f"staged_{n}_{table}", table, rows, source, received_on)
            found.append(Staged(source, "made@1", table, f"staged_{n}_{table}", len(rows)))
    return found


def _stage(
    con: duckdb.DuckDBPyConnection, name: str, table: str, rows: Rows, source: Source, received_on: date
) -> None:
    own = {c.name: c.type for c in TABLES[table].columns if c.name != "person_id"}
    more = dict.fromkeys(("person_key", "key_scheme", "outcome", "reason"), "VARCHAR")
    if table == "person":
        more |= {"local_key": "VARCHAR", "local_scheme": "VARCHAR"}
    types = {**own, **{c.name: c.type for c in ARRIVAL}, **more}
    usual = {"outcome": "loaded", "is_deleted": False, "key_scheme": "sender", "version_key": str(received_on),
             "profile": "made@1", "provider": "RTEST", "file_id": source.file_id,
             "received_on": str(received_on)}  # fmt: skip
    content = json.dumps([{**usual, "row_no": n, **row} for n, row in enumerate(rows, 1)], default=str)
    shape = json.dumps([{n: [t.removesuffix("[]")] if t.endswith("[]") else t for n, t in types.items()}])
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT unnest(from_json(?, ?), recursive := true)", [content, shape])
    con.execute(f"UPDATE {name} SET row_hash = hash({', '.join(own)}, person_key)")


@dataclass(frozen=True)
class Place:
    """A home, and short ways to load rows into it and to look at tables."""

    home: Home

    @classmethod
    def make(cls, root: Path) -> Place:
        """Return a home of the practices P1 and P2."""
        home = Home(root)
        root.mkdir(parents=True, exist_ok=True)
        home.planning.mkdir()
        home.config_file.write_text('format = 1\nplace = "Sefton"\npractices = ["P1", "P2"]\n', encoding="utf-8")
        home.purposes_file.write_text(purposes.example(date(2099, 1, 1)), encoding="utf-8")
        return cls(home)

    def load(self, day: str, **tables: Rows) -> tuple[Load, ...]:
        """Load rows as one delivery that arrived on a day, a file a table."""
        folder = self.home.root / "inbox" / f"{day}-{len(list(self.home.root.glob('inbox/*')))}"
        folder.mkdir(parents=True)
        (folder / "delivery.toml").write_text(f"received_on = {day}\n")
        for table, rows in tables.items():
            (folder / f"{table}.csv").write_text(json.dumps({table: rows}, default=str))
        report = load(self.home, [folder], scope=SCOPE, reader=read_json)
        return report.loads

    def allow_opt_outs(self) -> None:
        """Let the opt-out apply to hospital records from the next load on."""
        text = self.home.purposes_file.read_text(encoding="utf-8")
        head, tail = text.split("[hospital.planning]", 1)
        tail = tail.replace('"not_applicable"', '"apply"', 1)
        self.home.purposes_file.write_text(f"{head}[hospital.planning]{tail}", encoding="utf-8")


def differences(one: PersonFile, other: PersonFile) -> dict[str, int]:
    """Return how many rows of two person files differ, by table; {} where they are equal in every row and column."""
    found: dict[str, int] = {}
    for name in ("relation_sql", "history_sql"):
        a, b = getattr(one, name)(), getattr(other, name)()
        rows = f"(({a}) except all ({b})) union all (({b}) except all ({a}))"
        (n,) = duckdb.execute(f"select count(*) from ({rows})").fetchall()[0]
        found |= {name: n} if n else {}
    return found


def codes(name: str, n: int = 3) -> list[str]:
    """Return some codes of a shipped list."""
    path = str(in_use_path())
    query = "select code from read_parquet(?) where list_id = ? order by code limit ?"
    return [row[0] for row in duckdb.execute(query, [path, name, n]).fetchall()]


@cache
def in_use_path() -> Path:
    """Return the shipped code lists."""
    from doorstep import reference

    return reference.table("codes")


@cache
def _coded() -> list[str]:
    lists = {name for r in small_shelf().code_rules for name in r.lists}
    lists |= {name for v in small_shelf().values for name in v.lists}
    return [code for name in sorted(lists) for code in codes(name, 2)]


KEYS = [f"k{n:02d}" for n in range(40)]
DIAGNOSES = ("F05", "I64X", "N390", "R29.6", "W19", "G20", "J180", None)


def everything(seed: int = 1, until: date = date(2026, 9, 20)) -> dict[str, Rows]:
    """Return rows of every table for forty made-up people, the same for a seed."""
    draw = random.Random(seed)
    tables = ("person", "coded", "medicine", "spell", "emergency", "outpatient", "appointment", "cohort")
    found: dict[str, Rows] = {name: [] for name in tables}
    for key in KEYS:
        for table, row in _of_person(key, draw, until):
            found[table].append(row)
    return found


def _of_person(key: str, draw: random.Random, until: date) -> Iterator[tuple[str, dict[str, Any]]]:
    def day(years: int) -> date:
        return until - timedelta(days=draw.randrange(365 * years))

    yield "person", patient(key, draw=draw)
    if draw.random() < 0.3:
        yield "cohort", {"person_key": key, "cohort_name": "local", "identified_on": day(1), "risk_score": 3.5}
    for n in range(draw.randrange(8)):
        when = None if draw.random() < 0.1 else day(6)
        yield "coded", coded(key, n, draw.choice(_coded()), when)
    for n in range(draw.randrange(8)):
        yield "medicine", {"person_key": key, "issue_id": f"{key}m{n}", "code": f"{draw.randrange(9)}",
                           "practice": "P1", "issued_on": day(1)}  # fmt: skip
    for n in range(draw.randrange(5)):
        yield "spell", spell(key, n, day(3), draw=draw)
    for n in range(draw.randrange(6)):
        yield "emergency", {"person_key": key, "attendance_id": f"{key}e{n}", "arrived_on": day(3), "practice": "P1",
                            "attendance_category": "1", "department_type": "01",
                            "ethnicity": draw.choice("AZK")}  # fmt: skip
    yield "outpatient", {"person_key": key, "appointment_id": f"{key}o", "appointment_on": day(2), "practice": "P1",
                         "attended": "5", "procedures": []}  # fmt: skip
    yield "appointment", {"person_key": key, "appointment_id": f"{key}a", "appointment_on": day(2), "practice": "P1",
                          "status": "Attended"}  # fmt: skip


def patient(key: str, *, draw: random.Random | None = None, **more: Any) -> dict[str, Any]:
    """Return a GP record in practice P1 or P2."""
    draw = draw or random.Random(0)
    birth = date(1930 + draw.randrange(80), 1 + draw.randrange(12), 1 + draw.randrange(28))
    row = {"person_key": key, "source": "gp", "record_id": f"g{key}", "practice": draw.choice(("P1", "P2")),
           "birth_on": birth, "birth_precision": "day", "sex": draw.choice("12"), "ethnicity": draw.choice("AZM"),
           "lsoa21": draw.choice(("E01006512", "E01006513")), "registered_from": date(2015, 1, 1)}  # fmt: skip
    return {**row, **more}


def coded(key: str, n: int, code: str, day: date | None, **more: Any) -> dict[str, Any]:
    """Return a coded entry."""
    row = {"person_key": key, "entry_id": f"{key}c{n}", "code": code, "recorded_on": day, "practice": "P1"}
    return {**row, **more}


def spell(key: str, n: int, day: date, *, draw: random.Random | None = None, **more: Any) -> dict[str, Any]:
    """Return a stay that began on a day."""
    draw = draw or random.Random(0)
    ended = None if draw.random() < 0.1 else day + timedelta(days=draw.randrange(20))
    row = {"person_key": key, "spell_id": f"{key}s{n}", "admitted_on": day, "discharged_on": ended, "practice": "P1",
           "admission_method": draw.choice(("21", "11", "2A")), "patient_classification": "1",
           "diagnoses": draw.sample(DIAGNOSES, 3), "procedures": []}  # fmt: skip
    return {**row, **more}


def as_rows(found: Mapping[str, Rows], keys: Sequence[str]) -> dict[str, Rows]:
    """Return the rows of some people only."""
    return {t: [r for r in rows if r["person_key"] in keys] for t, rows in found.items()}


def build(place: Place, day: date, known_by: date) -> PersonFile:
    """Build everyone in another home that shares this one's lake."""
    from doorstep.planning.person_file import build_person_file

    other = Home(place.home.root / "built")
    other.planning.mkdir(parents=True, exist_ok=True)
    for name in ("config_file", "purposes_file"):
        getattr(other, name).write_text(getattr(place.home, name).read_text(encoding="utf-8"), encoding="utf-8")
    in_use(other)
    with open_lake(place.home, known_by=known_by) as lake:
        return build_person_file(other, lake, as_at=day, shelf=small_shelf())
