"""Purging: rows leave every snapshot, and a tombstone (hash, reason, date) stays.

Affected loads are written again without the rows, manifests are pointed at them, and the old files are removed. A
journal is written first, so that a purge that was cut short is finished by the next command that takes the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import duckdb

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.records import snapshot as snapshots
from doorstep.records.contracts import TABLES, KeyScheme
from doorstep.records.files import hash_of, writing
from doorstep.records.linkage import tombstone_of
from doorstep.records.locking import lake_lock
from doorstep.records.snapshot import Input, Load, Part, Purge, Snapshot
from doorstep.records.sql import literal, parquet
from doorstep.records.vault import Vault
from doorstep.records.writing import Writer


@dataclass(frozen=True)
class What:
    """What to purge: exactly one of a person (any key they have), a practice, a file, or activity before a day."""

    person: str | None = None
    practice: str | None = None
    file: str | None = None
    before: date | None = None

    def __post_init__(self) -> None:
        """Refuse none and several."""
        if sum(v is not None for v in (self.person, self.practice, self.file, self.before)) != 1:
            raise UsageError("one thing is purged at a time", expected="one of --person, --practice, --file, --before")

    @property
    def kind(self) -> str:
        """The word for the tombstone."""
        return next(k for k, v in asdict(self).items() if v is not None)

    def condition(self, people: Sequence[str], columns: frozenset[str], dated: str | None) -> str:
        """Return SQL that is true for rows to remove, for a part with these columns."""
        tests = ["false"]
        if self.person is not None and "local_hash" in columns:
            tests.append("local_hash IN (SELECT local_hash FROM gone_link)")
        if self.person is not None and "person_id" in columns:
            tests.append(f"coalesce(person_id, '') IN ({', '.join(literal(p) for p in people)})")
        if self.practice is not None:
            code = literal(self.practice.strip().upper())
            tests += [f"coalesce({c}, '') = {code}" for c in ("practice", "provider") if c in columns]
        if self.file is not None and "file_id" in columns:
            tests.append(f"file_id = {literal(self.file)}")
        if self.before is not None and dated and dated in columns:
            tests.append(f"coalesce({dated} < {literal(self.before.isoformat())}::DATE, false)")
        return " OR ".join(tests)


def purge(home: Home, what: What, *, reason: str) -> Purge:
    """Remove rows from every snapshot; return the tombstone.

    Older snapshots keep their names and say that figures from them can no longer be built again. A purged person stays
    out of later loads. Raises UsageError where no reason is given, or nothing matches (a person is kept out even so).
    """
    home.config()
    if not reason.strip():
        raise UsageError("no reason was given", expected="--reason TEXT")
    with lake_lock(home, "records purge"), writing(home.lake):
        snapshots.sweep(home)
        with duckdb.connect(":memory:") as con:
            job = _Job(con, home, snapshots.current(home), what, _pseudonyms(home, what))
            tombstone = _tombstone(job, reason)
            rewritten = {load.load_id: _rewritten(job, load) for load in job.before.loads}
            _forget(job, rewritten)
            snapshots.write_journal(home, _journal(job, rewritten, tombstone))
        snapshots.finish_journal(home)
    return tombstone


@dataclass(frozen=True)
class _Job:
    con: duckdb.DuckDBPyConnection
    home: Home
    before: Snapshot
    what: What
    people: list[str]


def _tombstone(job: _Job, reason: str) -> Purge:
    _find_rows(job)
    (n_rows,) = job.con.execute("SELECT count(*) FROM (SELECT DISTINCT file_id, row_no FROM gone)").fetchall()[0]
    if not n_rows and job.what.kind != "person":
        raise UsageError("no row of the lake matches", do="check the practice code, the file id or the day")
    return Purge(job.what.kind, _hash(job.what, job.people), reason.strip(), clock.today(), n_rows)


def _find_rows(job: _Job) -> None:
    """Create gone(file_id, row_no, is_main): rows of the lake and rows that wait, in all loads, that are to go."""
    job.con.execute("CREATE TABLE gone (file_id VARCHAR, row_no BIGINT, is_main BOOLEAN)")
    job.con.execute("CREATE TABLE gone_link AS SELECT unnest([]::VARCHAR[]) AS local_hash")
    _find_links(job)
    mains = [i.file_id for x in job.before.loads for i in x.inputs if i.tables]
    main_tables = {i.file_id: i.tables[0] for x in job.before.loads for i in x.inputs if i.tables}
    for role, table in (("facts", t) for t in TABLES):
        own = [f for f in mains if main_tables[f] == table]
        for path in job.before.paths(job.home, role, table) + job.before.paths(job.home, "waiting", table):
            condition = job.what.condition(job.people, _columns(job.con, path), TABLES[table].dated)
            job.con.execute(
                f"INSERT INTO gone SELECT file_id, row_no, list_contains(?, file_id) FROM {parquet([path])} "
                f"WHERE {condition}",
                [own],
            )
    _find_carried(job)


def _find_links(job: _Job) -> None:
    paths = job.before.paths(job.home, "link")
    if paths and job.people:
        job.con.execute(
            f"INSERT INTO gone_link SELECT local_hash FROM {parquet(paths)} WHERE list_contains(?, person_id)",
            [job.people],
        )


def _find_carried(job: _Job) -> None:
    """Rows without a fact of their own: episodes of a spell that goes, and everything else of a file that goes."""
    for path in job.before.paths(job.home, "outcomes"):
        job.con.execute(
            f"""INSERT INTO gone SELECT o.file_id, o.row_no, true FROM {parquet([path])} o
            WHERE o.file_id = ? OR (o.file_id, o.row_no) IN (SELECT (file_id, row_no) FROM gone)
            OR (o.file_id, o.carried_by) IN (SELECT (file_id, row_no) FROM gone WHERE is_main)""",
            [job.what.file or ""],
        )


def _columns(con: duckdb.DuckDBPyConnection, path: str) -> frozenset[str]:
    return frozenset(row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {parquet([path])}").fetchall())


def _pseudonyms(home: Home, what: What) -> list[str]:
    """A person may be named by a pseudonym, an NHS number or a sender's key."""
    if what.person is None:
        return []
    key = what.person.strip()
    if len(key) == 25 and key[0] == "p" and all(c in "0123456789abcdef" for c in key[1:]):
        return [key]
    schemes = ((KeyScheme.NHS_NUMBER, key.replace(" ", "")), (KeyScheme.SENDER, key))
    return sorted({p for _, _, p in Vault.of(home).pseudonyms([(str(s), k) for s, k in schemes])})


def _hash(what: What, people: Sequence[str]) -> str:
    if what.kind == "person":
        return " ".join(sorted(tombstone_of(p) for p in people))
    return hash_of([what.kind, str(what.practice or what.file or what.before)])


def _rewritten(job: _Job, load: Load) -> Load:
    """Write the parts of one load that change into a new folder; return the load with its parts as they are now."""
    changed = [p for p in load.parts if _loses_rows(job, p)]
    inputs = tuple(_purged_input(job, i) for i in load.inputs if i.file_id != job.what.file)
    if not changed:
        return replace(load, inputs=inputs)
    writer = Writer(job.con, job.home, f"{load.load_id}-{len(job.before.purges) + 1}")
    for part in changed:
        writer.write(_kept(job, part), part.role, part.table)
    kept = tuple(p for p in load.parts if p not in changed)
    return replace(load, inputs=inputs, parts=(*kept, *writer.settle()))


def _loses_rows(job: _Job, part: Part) -> bool:
    path = str(job.home.root / part.path)
    kept = job.con.execute(f"SELECT count(*) FROM ({_kept(job, part)})").fetchall()[0][0]
    return bool(kept != job.con.execute(f"SELECT count(*) FROM {parquet([path])}").fetchall()[0][0])


def _kept(job: _Job, part: Part) -> str:
    """Return the query of the rows of a part that stay."""
    path = str(job.home.root / part.path)
    columns = _columns(job.con, path)
    tests = ["false"]
    if {"file_id", "row_no"} <= columns:
        tests.append("(file_id, row_no) IN (SELECT (file_id, row_no) FROM gone)")
    if "local_hash" in columns and part.role == "link":
        tests.append("local_hash IN (SELECT local_hash FROM gone_link)")
    if part.role in ("people", "not_opted_out") and job.people:
        tests.append(f"person_id IN ({', '.join(literal(p) for p in job.people)})")
    return f"SELECT * FROM {parquet([path])} WHERE NOT ({' OR '.join(tests)})"


def _purged_input(job: _Job, item: Input) -> Input:
    query = "SELECT count(DISTINCT row_no) FROM gone WHERE is_main AND file_id = ?"
    (n,) = job.con.execute(query, [item.file_id]).fetchall()[0]
    return replace(item, purged_rows=item.purged_rows + n)


def _forget(job: _Job, rewritten: dict[str, Load]) -> None:
    """Take out of the vault those whom the lake no longer knows: they may have been known by these rows only."""
    loads = list(rewritten.values())
    paths = [str(job.home.root / p) for x in loads for role in ("facts", "waiting") for p in _all_of(x, role)]
    paths = [p for p in paths if "person_id" in _columns(job.con, p)]
    still = " UNION ".join(f"SELECT person_id FROM {parquet([p])}" for p in paths) or "SELECT '' AS person_id"
    old = job.before.paths(job.home, "people")
    known = f"SELECT person_id FROM {parquet(old)}" if old else "SELECT '' AS person_id"
    job.con.execute(f"CREATE TABLE forgotten AS SELECT * FROM ({known}) EXCEPT SELECT * FROM ({still})")
    job.con.execute("INSERT INTO forgotten SELECT unnest(?::VARCHAR[])", [job.people])
    Vault.of(job.home).forget(job.con, "forgotten")


def _all_of(load: Load, role: str) -> list[str]:
    return [p.path for p in load.parts if p.role == role]


def _journal(job: _Job, rewritten: dict[str, Load], tombstone: Purge) -> snapshots.Journal:
    lost = f"{tombstone.n_rows:,} rows were purged on {tombstone.purged_on} ({tombstone.reason})"
    older = [
        replace(s, name=s.hash, loads=tuple(rewritten[x.load_id] for x in s.loads), lost=(*s.lost, lost))
        for s in snapshots.lineage(job.home)
    ]
    loads = tuple(rewritten[x.load_id] for x in job.before.loads)
    newest = Snapshot(loads, (*job.before.purges, tombstone), job.before.hash if job.before.loads else None)
    kept = {p.path for x in loads for p in x.parts}
    removed = [p.path for x in job.before.loads for p in x.parts if p.path not in kept]
    return snapshots.Journal(older, newest, removed)
