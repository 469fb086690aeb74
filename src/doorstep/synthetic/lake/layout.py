"""How each lake table lies in its Parquet files: Arrow types, what is never null, how each column is encoded.

A plain schema of strings, dates and numbers: that a column came as a dictionary is left out, because readers other than
Arrow's would stumble over it. What repeats is a dictionary, what grows or hardly changes is kept as steps between
neighbours, and only what then still shrinks is compressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.records.contracts import Column as LakeColumn

_TYPES = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "UBIGINT": pa.uint64(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE": pa.float64(),
}
# A column that is never null needs no note about it a row.
_ALWAYS_THERE = {
    "person_id", "spell_id", "admitted_on", "appointment_id", "appointment_on", "attendance_id", "arrived_on",
    "referral_id", "contact_id", "contact_on", "entry_id", "recorded_on", "issue_id", "issued_on", "case_id",
    "opened_on", "identified_on", "cohort_name", "source", "record_id", "code", "practice", "birth_on",
    "birth_precision", "profile", "file_id", "row_no", "received_on", "version_key", "is_deleted", "row_hash",
}  # fmt: skip
_IDS = {
    "spell_id", "appointment_id", "attendance_id", "referral_id", "contact_id", "entry_id", "issue_id", "case_id",
    "record_id",
}  # fmt: skip
_WITHOUT_PROVIDER = {"cohort", "programme_contact", "caseload"}  # the programme's own tables name none


@dataclass(frozen=True)
class Layout:
    """One table's schema as read, and how the writer is told to put it down."""

    names: tuple[str, ...]
    never_null: frozenset[str]
    writing: dict[str, Any]  # options of the Parquet writer

    def schema(self, columns: dict[str, Any]) -> pa.Schema:
        """Return the schema that the writer needs for the columns after person_id, dictionaries and all."""
        return pa.schema([pa.field(n, columns[n].type, nullable=n not in self.never_null) for n in self.names[1:]])


def schema_of(table: str) -> pa.Schema:
    """Return the plain schema that a reader of one table's files finds."""
    never_null = layout_of(table).never_null
    own = (*TABLES[table].columns, *ARRIVAL)
    return pa.schema([pa.field(c.name, _TYPES[c.type], nullable=c.name not in never_null) for c in own])


@cache
def layout_of(table: str) -> Layout:
    """Return how a table of the contract is written."""
    own = (*TABLES[table].columns, *ARRIVAL)
    names = tuple(c.name for c in own)
    never_null = _ALWAYS_THERE | (set() if table in _WITHOUT_PROVIDER else {"provider"})
    return Layout(names, frozenset(never_null), _writing(own))


def _writing(own: tuple[LakeColumn, ...]) -> dict[str, Any]:
    """Return the Parquet writer's options for these columns."""
    steps = [c.name for c in own if c.type in ("DATE", "BIGINT", "UBIGINT")]
    ids = [c.name for c in own if c.name in _IDS]
    plain = {*steps, *ids, *(c.name for c in own if c.type == "BOOLEAN")}
    pressed = ["person_id", "code", *ids]
    return {
        "use_dictionary": [_path(c) for c in own if c.name not in plain],
        "column_encoding": {**dict.fromkeys(steps, "DELTA_BINARY_PACKED"), **dict.fromkeys(ids, "PLAIN")},
        "compression": dict.fromkeys(pressed, "zstd"),
        "compression_level": dict.fromkeys(pressed, 1),
        # Bounds of a row group are worth their time where a reader can leave row groups out.
        "write_statistics": [c.name for c in own if c.type == "DATE"],
        "store_schema": False,
        "write_batch_size": 16_384,
        "dictionary_pagesize_limit": 2**30,  # a dictionary is never given up half-way through a column
    }


def _path(column: LakeColumn) -> str:
    return f"{column.name}.list.element" if column.type.endswith("[]") else column.name
