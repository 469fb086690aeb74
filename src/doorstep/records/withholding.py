"""Withholding: people whose rows planning may not see, by the opt-out or by a Type 1 objection.

Permissions belong to the snapshot and not to the knowledge date: the newest cleaned list and the newest GP record in
the snapshot decide for all of its facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.records import versions
from doorstep.records.contracts import Table
from doorstep.records.purposes import FLOW_OF_SOURCE, FLOW_OF_TABLE, FLOWS
from doorstep.records.snapshot import Snapshot
from doorstep.records.sql import literal, parquet

if TYPE_CHECKING:
    import duckdb

OPT_OUT = "not on the cleaned list of those who have not opted out"
TYPE_1 = "Type 1 objection in the GP record"


def create_withheld(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    """Create table lake_inside.withheld(flow, person_id, reason), a row per person and flow."""
    con.execute("CREATE TABLE lake_inside.withheld (flow VARCHAR, person_id VARCHAR, reason VARCHAR)")
    _add_opt_outs(con, home, manifest)
    _add_objections(con, home, manifest)


def opt_out_flows(manifest: Snapshot) -> list[str]:
    """Return the flows to which the opt-out applies: by the rule in force when each was last loaded."""
    rules = {flow: rule for load in manifest.loads for flow, rule in load.opt_out_rules.items()}
    return [flow for flow in FLOWS if rules.get(flow) == "apply"]


def _add_opt_outs(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    flows, people = opt_out_flows(manifest), manifest.paths(home, "people")
    lists = sorted((x for x in manifest.loads if x.kind == "opt_out"), key=lambda x: x.received_on)
    if not flows or not people or not lists:
        return
    allowed = parquet([str(home.root / p) for p in lists[-1].files("not_opted_out")])
    con.execute(
        f"""INSERT INTO lake_inside.withheld
        SELECT flow, person_id, ? FROM (SELECT DISTINCT person_id FROM {parquet(people)}) p
        ANTI JOIN {allowed} a USING (person_id), (SELECT unnest(?::VARCHAR[]) AS flow)""",
        [OPT_OUT, flows],
    )


def _add_objections(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    people = manifest.paths(home, "facts", "person")
    if not people:
        return
    repeated = manifest.paths(home, "repeated", "person")
    versions.create_dropped(con, "lake_inside.past_person", "person", repeated, None)
    con.execute(
        f"""INSERT INTO lake_inside.withheld
        SELECT DISTINCT 'gp', person_id, ? FROM {parquet(people)} f
        ANTI JOIN lake_inside.past_person d ON d.file_id = f.file_id AND d.row_no = f.row_no
        WHERE f.objection = 'type1' AND f.source = 'gp'""",
        [TYPE_1],
    )


def allowed(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Return SQL that keeps the rows (alias `f`) of people who are not withheld, empty where nobody is."""
    concerned = {flow for (flow,) in con.execute("SELECT DISTINCT flow FROM lake_inside.withheld").fetchall()}
    return "" if not concerned & set(flows_of(table)) else f"AND NOT {is_withheld(table)}"


def is_withheld(table: Table) -> str:
    """Return SQL that is true for rows (alias `f`) of withheld people, in the flow that the row belongs to."""
    tests = " OR ".join(_withheld_in(flow, condition) for flow, condition in flows_of(table).items())
    return f"({tests})"


def _withheld_in(flow: str, condition: str) -> str:
    people = f"(SELECT person_id FROM lake_inside.withheld WHERE flow = {literal(flow)})"
    return f"({condition} AND coalesce(f.person_id, '') IN {people})"


def flows_of(table: Table) -> dict[str, str]:
    """Return flow -> SQL condition on rows (alias `f`) of this table that belong to it."""
    if table.name == "person":
        return {flow: f"coalesce(f.source, '') = {literal(source)}" for source, flow in FLOW_OF_SOURCE.items()}
    return {FLOW_OF_TABLE[table.name]: "true"}
