"""The staged table of one file: every data row once, in the lake's columns, with the outcome the file itself decides.

Besides the lake table's columns (without person_id) and those of arrival it has: person_key, key_scheme (as they
arrived, for the vault and the pseudonyms); outcome and reason; is_fact, true where the row is to go to the lake;
carried_by, the row that stands for this one where several make one fact (episodes of a spell). A patient file has
local_key and local_scheme too, and, where its people are named, a table `<staged>_identity`.

A deletion (is_deleted) is loaded with whatever it has: often the fact's identifier and no person.

No key in clear stands in a lake column. Where an identifier has to be made of the person it holds a placeholder that
the loader fills (`filled`): `{local_key}` in `record_id` of a patient file, `{person_id}` in `record_id` of a cohort
list and in the `contact_id` or `case_id` of a row that came without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from doorstep.records.contracts import ARRIVAL, TABLES, KeyScheme
from doorstep.records.profiles import FileMapping, TableMapping
from doorstep.records.reading import cells
from doorstep.records.reading.columns import Column, Context, column, extra_values
from doorstep.records.reading.raw import Raw
from doorstep.records.reading.rules import IDENTIFIERS, RULES
from doorstep.records.reading.sqltext import cell, first_of, literal, name

PERSON, LOCAL = "{person_id}", "{local_key}"
# lake table -> the column that may hold a placeholder
PLACEHOLDERS = {"person": "record_id", "programme_contact": "contact_id", "caseload": "case_id"}


def filled(column: str, person: str, local: str = "NULL") -> str:
    """Return SQL of a column with its placeholders filled: `person` and `local` are SQL of the pseudonyms."""
    some = f"coalesce({person}, '')", f"coalesce({local}, '')"
    return f"replace(replace({column}, {literal(PERSON)}, {some[0]}), {literal(LOCAL)}, {some[1]})"


@dataclass(frozen=True)
class Step:
    """One file on its way to a staged table, and the SQL that takes it there."""

    mapping: FileMapping
    context: Context
    raw: Raw
    profile: str
    file_id: str

    @property
    def key(self) -> tuple[str, str]:
        """The person key's column and scheme: the first that the file has."""
        return next((c, s) for c, s in self.mapping.person if c in self.context.header)

    def columns(self, part: int) -> tuple[Column, ...]:
        """Return the columns of the main table (0) or a further one."""
        table = self.mapping.tables[part]
        return tuple(column(f, self.context, _prefix(part)) for f in table.fields)


def _prefix(part: int) -> str:
    return f"v{part or ''}"


def stage(con: duckdb.DuckDBPyConnection, step: Step, staged: str) -> tuple[str, ...]:
    """Make the staged tables of one file, the main table's first; returns their names."""
    tables = step.mapping.tables
    wide = judged(step)
    shared = len(tables) > 1 or bool(step.mapping.identity)
    if shared:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name(staged + '_wide')} AS {wide}")
        wide = f"SELECT * FROM temp.{name(staged + '_wide')}"
    names = []
    for part, table in enumerate(tables):
        names.append(staged if part == 0 else f"{staged}_{table.table}")
        _create(con, step, part, names[-1], wide)
    if shared:
        _stage_identity(con, step, staged)
        con.execute(f"DROP TABLE temp.{name(staged + '_wide')}")
    return tuple(names)


def judged(step: Step) -> str:
    """Return the query of all values with outcome, reason and warning, one row for every row that was read."""
    every = [c for part in range(len(step.mapping.tables)) for c in step.columns(part)]
    texts = {alias: text for c in every for alias, text in c.texts.items()} | _own_texts(step)
    values = {c.value_name: c.value for c in every} | {k: v for c in every for k, v in extra_values(c).items()}
    joins = " ".join(dict.fromkeys(j for c in every for j in c.joins))
    lenient, more = _lenient(step)
    return f"""
        WITH texts AS (SELECT {step.raw.row_no} AS row_no, {_aliased(texts)} FROM temp.{name(step.raw.cells)}),
        read AS (SELECT texts.*, {_aliased(values)}, {_aliased(_own_values(step))} FROM texts {joins}),
        mended AS (SELECT * REPLACE ({_aliased(lenient)}){more} FROM read),
        weighed AS (SELECT *, {_reason(step)} AS reason, {_warning(step, every)} AS warning FROM mended)
        SELECT * EXCLUDE (reason, warning),
            CASE WHEN reason IS NOT NULL THEN reason WHEN is_unbooked THEN 'nobody is booked'
                 WHEN is_flagged THEN 'flagged as a duplicate by the sender' END AS reason,
            CASE WHEN reason IS NULL THEN warning END AS warning,
            CASE WHEN reason IS NOT NULL THEN 'refused' WHEN is_unbooked THEN 'out_of_scope'
                 WHEN is_flagged THEN 'exact_duplicate' WHEN warning IS NOT NULL THEN 'loaded_with_warning'
                 ELSE 'loaded' END AS outcome
        FROM weighed"""


def _aliased(parts: Mapping[str, str]) -> str:
    return ", ".join(f"{text} AS {alias}" for alias, text in parts.items())


def _there(step: Step, columns: tuple[str, ...]) -> str:
    found = [c for c in columns if c in step.context.header]
    return first_of(found) if found else "NULL::VARCHAR"


def _own_texts(step: Step) -> dict[str, str]:
    """Cells that belong to no column of the lake: keys, provider, deletion, versions."""
    mapping = step.mapping
    texts = {
        "t_key": cell(step.key[0]),
        "t_provider": _there(step, mapping.provider),
        "t_deleted": _there(step, (mapping.deleted,)),
        "t_duplicate": _there(step, (mapping.duplicate,)),
        "t_booked": _there(step, (mapping.out_of_scope_when_blank,)),
    }
    texts |= {"t_local": cell(mapping.local_key[0])} if mapping.local_key[0] else {}
    texts |= {f"t_version_{i}": _there(step, (c,)) for i, (c, _) in enumerate(mapping.version)}
    # Names are for reading people's letters, not for loading: the word NULL is a surname here.
    texts |= {f"t_id_{ours}": f"nullif(trim({name(c)}), '')" for ours, c in _identity(step).items()}
    texts |= {f"t_ep_{ours}": _there(step, (c,)) for ours, c in mapping.episode.items()}
    return texts


def _own_values(step: Step) -> dict[str, str]:
    parts = [
        cells.version_part(f"t_version_{i}", kind, step.context.formats)
        for i, (_, kind) in enumerate(step.mapping.version)
    ]
    is_number = step.key[1] == KeyScheme.NHS_NUMBER
    return {
        "person_key": cells.nhs_number("t_key") if is_number else "t_key",
        "is_deleted": _is_yes(step, step.mapping.deleted, "t_deleted"),
        "is_flagged": _is_yes(step, step.mapping.duplicate, "t_duplicate"),
        "is_unbooked": _is_unbooked(step),
        "version_key": " || '|' || ".join(parts) if parts else f"{step.context.received}::VARCHAR",
        "provider": "upper(t_provider)",
    }


def _is_yes(step: Step, column: str, text: str) -> str:
    return f"coalesce({cells.boolean(text)}, false)" if column in step.context.header else "false"


def _is_unbooked(step: Step) -> str:
    if step.mapping.out_of_scope_when_blank not in step.context.header:
        return "false"
    return f"t_booked IS NULL AND NOT coalesce({cells.boolean('t_deleted')}, false)"


def _lenient(step: Step) -> tuple[dict[str, str], str]:
    """Dates that become null where they lie after receipt, keeping a mark for the warning."""
    main = step.mapping.tables[0]
    found = [n for n in RULES[main.table].lenient if main.field(n)]
    replace = {f"v_{n}": f"CASE WHEN v_{n} <= {step.context.received} THEN v_{n} END" for n in found}
    return replace or {"row_no": "row_no"}, ""


def _reason(step: Step) -> str:
    """Return SQL of why a row is refused, or null: first fault found, in the order a person would look."""
    main = step.mapping.tables[0]
    rules, received = RULES[main.table], step.context.received
    labels = {f.name: c.label for f, c in zip(main.fields, step.columns(0), strict=True)}
    cases = [(f"t_local IS NULL", f"no {step.mapping.local_key[0]}")] if step.mapping.local_key[0] else []  # noqa: F541
    cases += [(f"v_{i} IS NULL", f"no {labels[i]}") for i in IDENTIFIERS.get(main.table, ()) if i in labels]
    anyway = ["is_deleted OR is_unbooked"]
    cases.append((anyway[0], ""))
    cases.append(("t_key IS NULL", f"no person key ({step.key[0]})"))
    cases.append(("person_key IS NULL", f"{step.key[0]} is not a valid NHS number"))
    cases += [(f"tv_{d} IS NULL", f"no {labels[d]}") for d in rules.must if d in labels]
    both = [d for d in (*rules.must, *rules.real) if d in labels]
    cases += [(f"tv_{d} IS NOT NULL AND v_{d} IS NULL", f"{labels[d]} is not a date") for d in both]
    lifted = f" AND NOT ({rules.unless})" if rules.unless else ""
    cases += [
        (f"v_{d} > {received}{lifted}", f"{labels[d]} lies after the day the file arrived")
        for d in rules.past
        if d in labels
    ]
    cases += [(f"v_{a} < v_{b}", words) for a, b, words in rules.order if a in labels and b in labels]
    return _case(cases)


def _case(cases: list[tuple[str, str]]) -> str:
    whens = " ".join(f"WHEN {test} THEN {literal(words) if words else 'NULL'}" for test, words in cases)
    return f"CASE {whens} END"


def _warning(step: Step, every: list[Column]) -> str:
    """Return SQL of the warnings of a row in one text, or null."""
    main = RULES[step.mapping.tables[0].table]
    refusing = {f"v_{d}" for d in (*main.must, *main.real)}
    pairs = [w for c in every if c.value_name not in refusing for w in c.warnings]
    texts = ", ".join(f"CASE WHEN {test} THEN {literal(words)} END" for test, words in dict.fromkeys(pairs))
    return f"nullif(concat_ws('; ', {texts}), '')" if texts else "NULL::VARCHAR"


def _create(con: duckdb.DuckDBPyConnection, step: Step, part: int, staged: str, wide: str) -> None:
    """Make one staged table. What is the same in all rows of the file is not stored a million times but put in a view.

    Tables that later steps change in place (people, episodes to fold) stay tables.
    """
    table = step.mapping.tables[part]
    values = _lake_values(step, part) | _arrival_values(step, part) | _our_values(step, table)
    same = {} if table.table == "person" or step.mapping.fold else _same_in_all_rows(step, values)
    own = {alias: value for alias, value in values.items() if alias not in same}
    rows = f"{staged}_rows" if same else staged
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name(rows)} AS {_final(step, own, wide)}")
    if same:
        seen = _aliased({alias: same.get(alias, alias) for alias in values})
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name(staged)} AS SELECT {seen} FROM temp.{name(rows)}")


def _same_in_all_rows(step: Step, values: Mapping[str, str]) -> dict[str, str]:
    names = ["profile", "file_id", "received_on", "key_scheme", "carried_by"]
    names += [] if step.mapping.version else ["version_key"]
    return {n: values[n] if n != "version_key" else f"{step.context.received}::VARCHAR" for n in names}


def _final(step: Step, values: Mapping[str, str], wide: str) -> str:
    """Return the query of one staged table: rows that were read, then those that could not be."""
    nothing = dict.fromkeys(values, "NULL") | {
        "row_no": "row_no",
        "profile": literal(step.profile),
        "file_id": literal(step.file_id),
        "received_on": step.context.received,
        "is_deleted": "false",
        "outcome": "'refused'",
        "reason": "reason",
        "is_fact": "false",
    }
    bad = f"SELECT {_aliased({alias: nothing[alias] for alias in values})} FROM temp.{name(step.raw.refused)}"
    return f"SELECT {_aliased(values)} FROM ({wide}) UNION ALL {bad}"


def _lake_values(step: Step, part: int) -> dict[str, str]:
    table = step.mapping.tables[part]
    values = {}
    for item in TABLES[table.table].columns:
        if item.name == "person_id":
            continue
        found = table.field(item.name)
        value = f"{_prefix(part)}_{item.name}" if found else "NULL"
        if found and found.kind == "row_id":
            value = _made_id(step, value, table)
        if item.name == "record_id":
            value = literal(LOCAL if step.mapping.local_key[0] else PERSON)
        if item.name == "cohort_name":
            value = f"coalesce({value}, 'local')"
        values[item.name] = f"({value})::{item.type}"
    return values


def _made_id(step: Step, value: str, table: TableMapping) -> str:
    """An identifier for a row without one: the person (by a pseudonym that is put in later), the day, the order."""
    dated = TABLES[table.table].dated
    order = f"row_number() OVER (PARTITION BY person_key, v_{dated}, {value} IS NULL ORDER BY row_no)"
    return f"CASE WHEN outcome = 'refused' THEN {value} ELSE coalesce({value}, {literal(PERSON + ':')} || v_{dated} || ':' || {order}) END"  # noqa: E501


def _arrival_values(step: Step, part: int) -> dict[str, str]:
    fields = [f"{_prefix(part)}_{f.name}" for f in step.mapping.tables[part].fields]
    local = ["t_local"] if step.mapping.local_key[0] else []
    hashed = ", ".join(["person_key", *local, "is_deleted", "provider", *fields])
    values = {
        "profile": literal(step.profile),
        "provider": "provider",
        "file_id": literal(step.file_id),
        "row_no": "row_no",
        "received_on": step.context.received,
        "version_key": "version_key",
        "is_deleted": "is_deleted",
        "row_hash": f"hash({hashed})",
        "warning": "warning",
    }
    return {a.name: f"({values[a.name]})::{a.type}" for a in ARRIVAL}


def _our_values(step: Step, table: TableMapping) -> dict[str, str]:
    values = {
        "person_key": "person_key",
        "key_scheme": literal(step.key[1]),
        "outcome": "outcome",
        "reason": "reason",
        "is_fact": "outcome IN ('loaded', 'loaded_with_warning')",
        "carried_by": "NULL::BIGINT",
    }
    if step.mapping.fold:
        values |= {
            "episode_number": "try_cast(t_ep_number AS INTEGER)"
            if "number" in step.mapping.episode
            else "NULL::INTEGER",
            "episode_is_last": "coalesce(t_ep_last = '1', false)" if "last" in step.mapping.episode else "false",
        }
    if table.table == "person":
        column, scheme = step.mapping.local_key
        values |= {
            "local_key": "t_local" if column else "NULL::VARCHAR",
            "local_scheme": literal(scheme) if column else "NULL::VARCHAR",
        }
    return values


def _identity(step: Step) -> dict[str, str]:
    """Columns of names and postcodes, only where the person is identified by NHS number."""
    if step.key[1] != KeyScheme.NHS_NUMBER:
        return {}
    return {ours: c for ours, c in step.mapping.identity.items() if c in step.context.header}


def _stage_identity(con: duckdb.DuckDBPyConnection, step: Step, staged: str) -> None:
    found = _identity(step)
    if not found:
        return
    part = next((i for i, t in enumerate(step.mapping.tables) if t.field("birth_on")), None)
    values = {
        "row_no": "row_no",
        "nhs_number": "person_key",
        "surname": "t_id_surname" if "surname" in found else "NULL::VARCHAR",
        "given_name": "t_id_given_name" if "given_name" in found else "NULL::VARCHAR",
        "birth_on": f"{_prefix(part)}_birth_on" if part is not None else "NULL::DATE",
        "postcode": "t_id_postcode" if "postcode" in found else "NULL::VARCHAR",
    }
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(staged + '_identity')} AS SELECT {_aliased(values)} "
        f"FROM temp.{name(staged + '_wide')} "
        "WHERE outcome IN ('loaded', 'loaded_with_warning') AND person_key IS NOT NULL"
    )
