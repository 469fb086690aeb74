"""Loading: a delivery of extracts becomes one immutable load, and a new snapshot is published, or nothing happens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from doorstep import clock
from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.home import Home
from doorstep.records import identities, linkage, placing, purposes, retry, snapshot, versions, withholding
from doorstep.records.contracts import TABLES
from doorstep.records.deliveries import Delivery, find_deliveries
from doorstep.records.files import hash_of, private_folder, sha256_of, writing
from doorstep.records.lake import memory_limit
from doorstep.records.locking import lake_lock
from doorstep.records.scope import Scope
from doorstep.records.snapshot import Input, Load, Snapshot
from doorstep.records.sql import parquet
from doorstep.records.staged import Reader, Staged, describe, drop
from doorstep.records.vault import Vault
from doorstep.records.writing import Writer

Say = Callable[[str], None]


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not loaded at all, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class LoadReport:
    """What one `load` did. `loads` are the new ones; `already` names files that were in the lake before."""

    snapshot: str
    loads: tuple[Load, ...] = ()
    already: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    notes: tuple[str, ...] = ()
    swept: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Data rows of the files loaded, refused rows included."""
        return sum(i.n_rows for load in self.loads for i in load.inputs)


@dataclass(frozen=True)
class _Job:
    """What stays the same over the deliveries of one `load`."""

    home: Home
    vault: Vault
    scope: Scope
    purposes: Mapping[str, purposes.Purpose]
    on: date
    reader: Reader
    profile: str | None
    mapping: Any
    mapping_sha256: str
    say: Say


@dataclass
class _Result:
    loads: list[Load] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load(
    home: Home,
    paths: Sequence[Path],
    *,
    received_on: date | None = None,
    profile: str | None = None,
    mapping: Path | None = None,
    scope: Scope | None = None,
    reader: Reader | None = None,
    say: Say = lambda _: None,
) -> LoadReport:
    """Load files, delivery folders or folders of deliveries, each delivery as one load, in order of arrival.

    Files that are in the lake already are left alone. Raises ConfigurationError (no home, key or purpose), DataError
    (a file cannot be read, the disk is full), UsageError (another load is running). Whatever happens, the lake is as
    before or has whole deliveries more.
    """
    home.config()
    deliveries = find_deliveries(paths, received_on)
    with lake_lock(home, "records load"), writing(home.lake):
        swept = snapshot.sweep(home)
        job = _job(home, scope, reader, profile, mapping, say)
        result = _Result(notes=[n for d in deliveries for n in d.notes])
        for delivery in deliveries:
            _load_delivery(job, delivery, result)
    if result.refused and not result.loads and not result.already:
        raise ConfigurationError(
            f"no file was loaded: {result.refused[0].reason}",
            expected="a purpose for every flow that is loaded",
            where=", ".join(r.name for r in result.refused),
        )
    name = snapshot.current_name(home) or ""
    return LoadReport(
        name, tuple(result.loads), tuple(result.already), tuple(result.refused), tuple(result.notes), tuple(swept)
    )


def _job(
    home: Home, scope: Scope | None, reader: Reader | None, profile: str | None, mapping: Path | None, say: Say
) -> _Job:
    home.config()
    vault = Vault.of(home)
    if snapshot.current_name(home) is None:
        vault.make_key()
    vault.key()
    parsed = _parse_mapping(mapping)
    digest = sha256_of(mapping) if mapping else ""
    return _Job(
        home, vault, scope or Scope.of(home), purposes.read_purposes(home), clock.today(), reader or _shipped_reader(),
        profile, parsed, digest, say,
    )  # fmt: skip


def _shipped_reader() -> Reader:
    from doorstep.records.reading import read_delivery

    return read_delivery


def _parse_mapping(mapping: Path | None) -> Any:
    if mapping is None:
        return None
    if not mapping.is_file():
        raise UsageError("there is no such mapping file", where=str(mapping))
    from doorstep.records.reading import load_mapping

    return load_mapping(mapping)


def _load_delivery(job: _Job, delivery: Delivery, result: _Result) -> None:
    before = snapshot.current(job.home)
    new = _new_files(delivery, before, job, result)
    if not new:
        return
    job.say(f"reading {len(new)} files received on {delivery.received_on}")
    with _connection(job.home) as con:
        con.execute("SET VARIABLE received_on = ?::DATE", [delivery.received_on])
        _restore_dictionaries(con, job.home, before)
        items = job.reader(con, new, received_on=delivery.received_on, profile=job.profile, mapping=job.mapping)
        staged = _permitted(con, describe(con, items), job, before, result)
        if any(s.is_main for s in staged):
            result.loads.append(_write_load(con, job, delivery, before, staged))


def _new_files(delivery: Delivery, before: Snapshot, job: _Job, result: _Result) -> list[Path]:
    known, new = before.known_files(), []
    mappings = {i.sha256: load.mapping_sha256 for load in before.loads for i in load.inputs}
    with ThreadPoolExecutor(2) as pool:  # hashing leaves the other processors free
        digests = list(pool.map(sha256_of, delivery.files))
    for path, digest in zip(delivery.files, digests, strict=True):
        if digest not in known:
            new.append(path)
            continue
        if mappings[digest] != job.mapping_sha256:
            raise DataError(
                "this file is in the lake already, read with another mapping",
                where=str(path),
                do=f"remove it first: `doorstep records purge --file {digest[:16]} --reason …`, then load it again",
            )
        result.already.append(path.name)
        result.notes += _came_again(path.name, known[digest], delivery, before)
    return new


def _came_again(name: str, known: Input, delivery: Delivery, before: Snapshot) -> list[str]:
    """Return a note on a file that a sender sends again after newer ones, perhaps to take their changes back."""
    own = next(load for load in before.loads if known in load.inputs)
    newer = [
        i
        for load in before.loads
        if own.received_on < load.received_on <= delivery.received_on
        for i in load.inputs
        if set(i.tables) & set(known.tables)
    ]
    if not newer:
        return []
    return [
        f"{name} is the file received on {own.received_on}, byte for byte: it changes nothing, so what newer files "
        "corrected or deleted stays so; to take that back, ask for an extract made anew"
    ]


@contextmanager
def _connection(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose spilled rows (which may be identifiable) stay in a private folder of this process."""
    spill = private_folder(private_folder(home.quarantine) / f".spill-{os.getpid()}")
    config: dict[str, Any] = {
        "temp_directory": str(spill),
        "memory_limit": memory_limit(home),
        "preserve_insertion_order": "false",
    }
    con = duckdb.connect(":memory:", config=config)
    try:
        yield con
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)


def _permitted(
    con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], job: _Job, before: Snapshot, result: _Result
) -> list[Staged]:
    """Return the staged tables of files whose flow has a purpose; a file is taken or refused as a whole."""
    has_list = any(load.kind == "opt_out" for load in before.loads)
    refused: dict[str, RefusedFile] = {}
    for s in staged:
        reason = purposes.refusal(flow_of(con, s), job.purposes, job.on, has_list=has_list)
        if reason:
            refused.setdefault(s.file_id, RefusedFile(s.item.source.path.name, reason))
    result.refused += refused.values()
    return [s for s in staged if s.file_id not in refused]


def flow_of(con: duckdb.DuckDBPyConnection, s: Staged) -> str:
    """Return the flow a staged table belongs to: by its table, by the source of its people, or by its profile."""
    if s.table == "person":
        found = con.execute(f"SELECT min(source) FROM {s.name}").fetchall()[0][0]
        return purposes.FLOW_OF_SOURCE.get(found, "gp")
    if s.table:
        return purposes.FLOW_OF_TABLE[s.table]
    return purposes.FLOW_OF_PROFILE.get(s.item.profile.split("@")[0], "gp")


def _write_load(
    con: duckdb.DuckDBPyConnection, job: _Job, delivery: Delivery, before: Snapshot, staged: Sequence[Staged]
) -> Load:
    flows = {s.file_id: flow_of(con, s) for s in reversed(staged)}
    inputs = tuple(_input(s, staged, flows) for s in staged if s.is_main)
    rules = {flow: job.purposes[flow].opt_out for flow in sorted(set(flows.values()))}
    draft = Load(
        "", "load", delivery.received_on, inputs, (), rules, job.mapping_sha256, f"duckdb {duckdb.__version__}"
    )
    load_id = hash_of([before.hash if before.loads else "", draft.content()])[:16]
    job.say("linking people")
    _link(con, job, before, staged)
    writer = Writer(con, job.home, load_id)
    _write_tables(writer, before, staged, job.say)
    _write_rest(writer, staged)
    done = Load(**{**draft.__dict__, "load_id": load_id, "parts": writer.settle()})
    job.say("publishing")
    snapshot.publish(job.home, before.with_load(done))
    return done


def _input(s: Staged, staged: Sequence[Staged], flows: Mapping[str, str]) -> Input:
    same = [x for x in staged if x.file_id == s.file_id]
    tables = tuple(x.table for x in same if x.table)
    notes = tuple(dict.fromkeys(n for x in same for n in x.item.notes))
    source = s.item.source
    return Input(
        s.file_id, source.sha256, source.path.name, s.item.profile, tables, flows[s.file_id], s.item.n_rows, notes
    )


def _link(con: duckdb.DuckDBPyConnection, job: _Job, before: Snapshot, staged: Sequence[Staged]) -> None:
    job.scope.create(con)
    linkage.create_keys(con, staged, job.vault)
    linkage.create_links(con, staged, before.paths(job.home, "link"))
    linkage.create_people_of_keys(con, before)
    placing.create_listed_people(con, staged, before.paths(job.home, "people"))
    identities.keep(con, staged, job.vault)


def _write_tables(writer: Writer, before: Snapshot, staged: Sequence[Staged], say: Say) -> None:
    exceptions = {s.name: placing.create_exceptions(writer.con, s) for s in staged}
    retried = retry.create_retried_tables(writer.con, writer.home, before)
    for table in TABLES:
        placed = [placing.Placed(s, exceptions[s.name]) for s in staged if s.table == table]
        again = retried.get(table)
        facts = [p.facts() for p in placed] + ([placing.retried_facts(again, table)] if again else [])
        if not facts:
            continue
        say(f"writing {table}")
        new = writer.write(" UNION ALL ".join(facts), "facts", table)
        if placed:
            writer.write(" UNION ALL ".join(p.waiting() for p in placed), "waiting", table)
        if again:
            writer.write(f"SELECT file_id, row_no FROM {again} WHERE is_inside", "placed", table)
        if new:
            old = before.paths(writer.home, "facts", table)
            fresh = placing.fresh_rows(table, placed, again) or parquet([str(new)])
            writer.write(versions.repeated_rows(table, fresh, old), "repeated", table)
        for p in placed:
            drop(writer.con, p.staged)  # gives its memory back before the next table
    mains = [placing.Placed(s, exceptions[s.name]).outcomes() for s in staged if s.is_main]
    mains += retry.changed_outcomes(retried)
    writer.write(" UNION ALL ".join(mains), "outcomes", keep_empty=True)


def _write_rest(writer: Writer, staged: Sequence[Staged]) -> None:
    writer.write("SELECT * FROM new_link", "link")
    coded = [str(path) for role, table, path in writer.parts if (role, table) == ("facts", "coded")]
    if coded:
        writer.write(withholding.objections(coded), "objections")
    facts = [str(path) for role, _, path in writer.parts if role == "facts"]
    people = "".join(f"SELECT person_id FROM {parquet([path])} UNION " for path in facts)
    people += "SELECT person_id FROM listed_person WHERE NOT is_inside"
    writer.write(
        f"""SELECT p.person_id, coalesce(l.is_inside, false) AS is_inside, l.is_inside IS NOT NULL AS is_listed
        FROM ({people}) p LEFT JOIN listed_person l USING (person_id) WHERE p.person_id IS NOT NULL""",
        "people",
    )
    for (name,) in writer.con.execute(_DICTIONARIES).fetchall():
        writer.write(f"SELECT * FROM {name}", "dictionary", name)


_DICTIONARIES = "SELECT DISTINCT table_name FROM duckdb_tables() WHERE table_name LIKE 'dict\\_%' ESCAPE '\\'"


def _restore_dictionaries(con: duckdb.DuckDBPyConnection, home: Home, before: Snapshot) -> None:
    """Give the reader the newest state of each dictionary (code ids, sessions) that earlier deliveries brought."""
    newest = {p.table: p.path for x in before.loads for p in x.parts if p.role == "dictionary"}
    for name, path in newest.items():
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM {parquet([str(home.root / path)])}")
