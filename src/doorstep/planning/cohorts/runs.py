"""Asking a Place's rule again: who comes in, who goes out and why, one stay a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep import clock
from doorstep.errors import ConfigurationError, UsageError
from doorstep.home import Home, read_toml
from doorstep.planning.cohorts import membership
from doorstep.planning.cohorts.store import CohortFolder, Run
from doorstep.planning.definitions import CohortRule, build, file_hash, shipped
from doorstep.planning.engine.columns import person_columns
from doorstep.planning.person_file import LakeView, PersonFile, ensure_person_file, replace_text
from doorstep.planning.rules import Rule, read_rule

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Columns of the person table that a rule may not ask about: a pseudonym, words for readers, and dates (no rule can
# write a date, since a rule asks about a day that moves).
NOT_FOR_RULES = ("person_id", "why", "died_on", "registered_until")

_STATE = """
create or replace temp table cohort_state as
select p.person_id, {rule} and p.is_alive and p.is_registered as is_found, p.is_alive, p.is_registered,
       p.died_on, p.registered_until
from ({person}) as p
"""

# Someone who left is given the last day they were in: the day of death, the last day registered, or the day before
# the rule was asked. News that comes late cannot end a stay before it began.
_STAYS = """
create or replace temp table cohort_after as
with judged as (
    select b.*, coalesce(s.is_found, false) as is_found,
           case when s.person_id is null then 'other'
                when not s.is_alive then 'died'
                when not s.is_registered then 'moved'
                else 'no longer meets' end as why_left,
           case when s.died_on < $day then s.died_on
                when s.registered_until is not null then s.registered_until
                else $day::date - 1 end as last_day
    from cohort_before b left join cohort_state s using (person_id)
)
select person_id, identified_on, source,
       case when left_on is not null then left_on
            when not is_found then greatest(last_day, identified_on) end as left_on,
       case when left_on is not null then reason when not is_found then why_left end as reason
from judged
union all
select person_id, $day::date, $source, null, null
from cohort_state s
where is_found and not exists (
    from cohort_before b where b.person_id = s.person_id and b.left_on is null
)
"""

_COUNTS = """
select (select count(distinct person_id) from cohort_after where left_on is null) as members,
       (select count(distinct person_id) from cohort_after where identified_on = $day and left_on is null) as came,
       (select count(*) from cohort_after a join cohort_before b using (person_id, identified_on)
        where a.left_on is not null and b.left_on is null) as went
"""


def rule_columns(person: PersonFile) -> Mapping[str, str]:
    """Return the columns of the person table that a rule may ask about, with their types."""
    return {name: kind for name, kind in person.columns.items() if name not in NOT_FOR_RULES}


def known_columns() -> Mapping[str, str]:
    """Return the columns that a rule may ask about without building a table: those of the shipped definitions."""
    return {name: kind for name, kind in person_columns(shipped()).items() if name not in NOT_FOR_RULES}


def define(home: Home, path: Path) -> CohortRule:
    """Check a rule file and keep it as the cohort's definition.

    Raises ConfigurationError where the rule is wrong, or differs from the kept one without a higher version.
    """
    made = build(CohortRule, read_toml(path), path.name)
    read_rule(made.rule, known_columns(), where=f"{path.name}: rule")
    folder = CohortFolder.of(home, made.id)
    if folder.definition_file.exists():
        kept = folder.definition()
        if made != kept and made.version <= kept.version:
            raise ConfigurationError(
                f"version {made.version} differs from the version {kept.version} kept here",
                expected=f"version = {kept.version + 1}",
                where=path.name,
                do="raise the version, so that each membership says which rule made it",
            )
    folder.root.mkdir(parents=True, exist_ok=True)
    replace_text(folder.definition_file, path.read_text(encoding="utf-8-sig").rstrip("\n"))
    return made


def run(home: Home, lake: LakeView, name: str, *, as_at: date) -> dict[str, Any]:
    """Ask the cohort's rule for a day and keep the stays; return what was kept, with counts.

    Only people alive and registered with the Place are found. A run of the newest day replaces it; an earlier day is
    refused with UsageError, since stays only grow forward.
    """
    folder = CohortFolder.of(home, name)
    definition = folder.definition()
    before = _run_before(folder, as_at)
    person = ensure_person_file(home, lake, as_at=as_at)
    rule = read_rule(definition.rule, rule_columns(person), where=f"{name}: rule")
    con = lake.connection()
    _evaluate(con, rule, person, before, definition.label, as_at)
    meta = _meta(con, folder, definition, person)
    folder.write_run(con, "cohort_after", meta)
    return meta


def _run_before(folder: CohortFolder, as_at: date) -> Run | None:
    runs = folder.runs()
    if runs and runs[-1].as_at > as_at:
        raise UsageError(
            f"the cohort {folder.name} was already run for {runs[-1].as_at}",
            expected=f"a day from {runs[-1].as_at}",
            do="stays only grow forward; define a cohort under another id to look at the past",
        )
    earlier = [r for r in runs if r.as_at < as_at]
    return earlier[-1] if earlier else None


def _evaluate(
    con: DuckDBPyConnection, rule: Rule, person: PersonFile, before: Run | None, source: str, as_at: date
) -> None:
    if before is None:
        membership.empty(con, "cohort_before")
    else:
        before.check()
        membership.load(con, before.path, "cohort_before")
    con.execute(_STATE.format(rule=rule.sql, person=person.relation_sql()))
    con.execute(_STAYS, {"day": as_at, "source": source})


def _meta(con: DuckDBPyConnection, folder: CohortFolder, definition: CohortRule, person: PersonFile) -> dict[str, Any]:
    members, came, went = con.execute(_COUNTS, {"day": person.as_at}).fetchall()[0]
    return {
        "cohort": folder.name,
        "as_at": person.meta["as_at"],
        "known_by": person.meta["known_by"],
        "snapshot": person.meta["snapshot"],
        "definition": definition.label,
        "definition_sha256": file_hash(folder.definition_file),
        "person_table_sha256": person.meta["sha256"],
        "members": members,
        "came": came,
        "went": went,
        "run_at": clock.now().isoformat(timespec="seconds"),
    }
