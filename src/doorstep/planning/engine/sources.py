"""Where the program finds the facts: relations with stated columns, whatever layout lies behind them.

The program reads relations (tables or views of the engine's connection) by name and nothing else. A layout says what
they are called and how it keys people and codes: the lake's own tables key both by text; a copy sorted at load time
may key them by whole numbers, which group and join faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from sqlglot import exp

# Relation -> the columns that the program may read of it. Facts are those known by the knowledge date, newest version
# of each, nobody withheld. Rules of activities may ask for any further column of the lake table of that name.
READ: dict[str, tuple[str, ...]] = {
    "person": (
        "person_id", "source", "record_id", "practice", "birth_on", "birth_precision", "sex", "ethnicity", "lsoa21",
        "resident_from", "registered_from", "registered_to", "died_on",
        "received_on", "version_key", "file_id", "row_no", "is_deleted",
    ),
    "coded": ("person_id", "code", "recorded_on", "value"),
    "medicine": ("person_id", "code", "issued_on"),
    "spell": (
        "person_id", "admitted_on", "discharged_on", "admission_method", "discharge_method", "diagnoses", "procedures",
        "ethnicity",
    ),
    "outpatient": ("person_id", "appointment_on", "ethnicity"),
    "emergency": ("person_id", "arrived_on", "ethnicity"),
    "community": ("person_id", "contact_on"),
    "appointment": ("person_id", "appointment_on"),
    "programme_contact": ("person_id", "contact_on"),
    "cohort": ("person_id", "cohort_name", "identified_on", "risk_score", "received_on", "row_no"),
}  # fmt: skip

# Relations that a layout may bring ready-made; the program then leaves out the steps that make them. Open ends are
# 0001-01-01 and 9999-12-31, as `planning.people.create_people` says.
PEOPLE: dict[str, tuple[str, ...]] = {
    "people": ("person_id", "birth_on", "sex", "ethnicity", "died_on"),
    "residence": ("person_id", "lsoa21", "from_on", "to_on"),
    "registration": ("person_id", "practice", "from_on", "to_on"),
}


class Source(Protocol):
    """A layout of the facts that the program can read."""

    @property
    def has_people(self) -> bool:
        """The relations of `PEOPLE` are there already (one row in `people` for everyone in a person or cohort row)."""

    @property
    def everyone(self) -> str:
        """Relation (person_id, ...) with one row for everyone in a person or cohort row; empty where there is none."""

    @property
    def names(self) -> str:
        """Relation (person_id, name) that gives each person's pseudonym; empty where person_id is the pseudonym."""

    @property
    def codes(self) -> str:
        """Relation (code, name) that gives the text of each code (SNOMED, dm+d and ICD-10 as they stand in the record)
        of `coded`, `medicine` and `diagnosis`; empty where codes are text."""

    def relation(self, name: str) -> str:
        """Return what the relation of `READ` (and of `PEOPLE`, where ready-made) is called in this connection."""

    def diagnoses(self) -> exp.Select:
        """Return (person_id, stay, position, code), a row for each diagnosis of the stays in the step `stay`.

        `stay(person_id, stay, ...)` holds the stays that any definition asks about: `stay` numbers those of one person,
        and the other columns are those of `spell` that the program reads. Position counts from 1. Codes as they
        stand in the record: the program takes out dots and case, and diagnoses that are null.
        """


class LakeTables:
    """The lake's own layout, as DuckDB sees it: a view a table, people and codes keyed by text."""

    has_people = False
    everyone = ""
    names = ""
    codes = ""

    def relation(self, name: str) -> str:
        """Return the name itself: the lake's views bear the names of its tables."""
        return name

    def diagnoses(self) -> exp.Select:
        """Return the diagnoses unnested with their positions."""
        return exp.select(
            "person_id", "stay", "unnest(diagnoses) as code", "generate_subscripts(diagnoses, 1) as position",
            dialect="duckdb",
        ).from_("stay")  # fmt: skip


def read_from(tree: exp.Select, source: Source) -> exp.Select:
    """Return a query over the relations of the contracts with the names that they have in a layout."""
    ready = {**READ, **(PEOPLE if source.has_people else {})}
    names = {name: source.relation(name) for name in ready if source.relation(name) != name}
    if source.codes:
        names |= {name: numbered(name) for name in BY_CODE}

    def renamed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Table) or node.name not in names:
            return node
        return exp.to_table(names[node.name], alias=node.alias or node.name)

    return cast(exp.Select, tree.transform(renamed))


# Lookups that are found by a code.
BY_CODE = ("entry_code", "issue_code")


def numbered(lookup: str) -> str:
    """Return what a lookup by code is called once its codes are the numbers of a layout."""
    return f"numbered_{lookup}"


def numbering(lookup: str, columns: Iterable[str], source: Source) -> exp.Select:
    """Return a lookup by code with a layout's own numbers for the codes."""
    own = (exp.column(name, table="named") for name in columns if name != "code")
    known = exp.to_table(source.codes, alias="known")
    tree = exp.select(exp.column("code", table="known"), *own).from_(exp.to_table(lookup, alias="named"))
    return tree.join(known, on=exp.column("name", table="known").eq(exp.column("code", table="named")))
