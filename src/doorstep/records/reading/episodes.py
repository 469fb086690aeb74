"""Episodes of the raw admitted patient data set folded into spells: one fact for a spell, every row accounted for.

The row of the last episode becomes the fact (the episode flagged as last in the spell, else the one with the highest
number). The other episodes keep their outcome and point to it by `carried_by`. Within one file an episode that comes
again unchanged is an exact duplicate, one that comes again changed replaces the earlier. A spell is folded from the
episodes of one file: a sender who sends the rest of a spell later sends the whole spell again.
"""

from __future__ import annotations

import duckdb

from doorstep.records.reading.sqltext import name

# A spell is one person's stay with one provider; the person is in the key so that a reused identifier mixes nobody.
_SPELL = "provider, spell_id, person_key"


def fold(con: duckdb.DuckDBPyConnection, staged: str) -> None:
    """Turn a staged table of episodes into one of spells, in place; the number of rows stays."""
    table = f"temp.{name(staged)}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE folding AS {_marked(table)}")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {name(staged)} AS
        SELECT e.* EXCLUDE (episode_number, episode_is_last, fate, stands_for) REPLACE (
            CASE WHEN e.fate = 'live' THEN e.outcome ELSE e.fate END AS outcome,
            CASE e.fate WHEN 'live' THEN e.reason WHEN 'exact_duplicate' THEN 'the same episode again'
                WHEN 'superseded' THEN 'the episode comes again, changed' ELSE e.reason END AS reason,
            coalesce(e.is_fact AND e.fate = 'live' AND s.row_no IS NOT NULL, false) AS is_fact,
            CASE WHEN e.fate = 'live' AND s.row_no IS NULL THEN e.stands_for END AS carried_by,
            coalesce(s.first_function, e.admit_treatment_function) AS admit_treatment_function,
            coalesce(s.all_diagnoses, e.diagnoses) AS diagnoses,
            coalesce(s.all_procedures, e.procedures) AS procedures,
            coalesce(s.spell_hash, e.row_hash) AS row_hash)
        FROM folding AS e LEFT JOIN ({_spells()}) AS s ON s.row_no = e.row_no AND e.fate = 'live'""")
    con.execute("DROP TABLE temp.folding")


def _marked(table: str) -> str:
    """Every row with its fate: live, exact_duplicate, superseded, or its outcome where it was not read as a fact.

    `stands_for` is the row of the last live episode of the spell.
    """
    number = "coalesce(episode_number, -row_no)"  # an episode without a number is no version of another
    return f"""
        WITH copies AS (
            SELECT *, row_number() OVER (PARTITION BY {_SPELL}, {number}, row_hash, is_fact ORDER BY row_no) AS copy
            FROM {table}),
        versions AS (
            SELECT *, max(CASE WHEN copy = 1 AND is_fact THEN row_no END)
                OVER (PARTITION BY {_SPELL}, {number}) AS newest FROM copies),
        fates AS (
            SELECT * EXCLUDE (copy, newest), CASE WHEN NOT is_fact THEN outcome WHEN copy > 1 THEN 'exact_duplicate'
                WHEN row_no < newest THEN 'superseded' ELSE 'live' END AS fate FROM versions)
        SELECT *, CASE WHEN fate = 'live' THEN arg_max(row_no, (episode_is_last, coalesce(episode_number, 0), row_no))
            FILTER (fate = 'live') OVER (PARTITION BY {_SPELL}) END AS stands_for FROM fates"""


def _spells() -> str:
    order = "ORDER BY coalesce(episode_number, 0), row_no"
    return f"""
        SELECT stands_for AS row_no, first(admit_treatment_function {order}) AS first_function,
            flatten(list(diagnoses {order})) AS all_diagnoses, flatten(list(procedures {order})) AS all_procedures,
            hash(list(row_hash {order})) AS spell_hash
        FROM folding WHERE fate = 'live' GROUP BY stands_for"""
