"""Writes the files of one way in, delivery by delivery, and beside them the truth of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from doorstep.errors import DoorstepError
from doorstep.records.contracts import LAYOUTS
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.files import FILES, File
from doorstep.synthetic.pen import KEY_COLUMN, Pen
from doorstep.synthetic.rows import FAULTS, OUTCOMES, SUPERSEDED, WARNED, Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.timeline import Delivery

ROWS_AT_A_TIME = 250_000
Say = Callable[[str], None]

_WORD = pa.dictionary(pa.int16(), pa.string())
TRUTH_OF_ROWS = pa.schema([
    ("way", _WORD), ("delivery", _WORD), ("file", _WORD), ("row_no", pa.int32()), ("table", _WORD),
    ("outcome", _WORD), ("reason", _WORD), ("fault", _WORD), ("true_person", pa.int32()), ("countable", pa.bool_()),
])  # fmt: skip

# Why a row of a fault comes to its outcome; a fault that changes no outcome says what it is.
REASONS = {
    "": "",
    "blank_key": "no person key",
    "invalid_key": "not an NHS number",
    "missing_date": "no date",
    "impossible_date": "not a date",
    "discharge_before_admission": "discharged before admission",
    "after_receipt": "dated after the file arrived",
    "duplicate_same_file": "sent twice in one file",
    "duplicate_later_file": "sent again in a later file",
    "sender_flagged": "marked as repeated by the sender",
    "correction": "corrected by a later row",
    "late": "arrived late",
    "late_refresh": "an older period sent after a newer one",
    "deleted": "withdrawn by the sender",
    "open_spell": "stay under way",
    "retired_code": "retired code",
    "unknown_code": "code in no code set",
    "unknown_lsoa": "LSOA code unknown",
    "row_ethnicity_missing": "no ethnicity on the row",
    "row_lsoa_missing": "no LSOA on the row",
    "unlinked": "local key in no patient file",
    "out_of_place": "practice and home elsewhere",
    "unbooked_slot": "nobody booked the slot",
    "after_death": "dated after death",
    "provider_gap": "the provider's month arrived late",
    "person_ethnicity_missing": "ethnicity of the person not known",
    "person_lsoa_missing": "home of the person not known",
    "two_practices": "registered with two practices",
    "shared_number": "two people under one number",
    "two_numbers": "one person under two numbers",
    "misspelt_name": "surname misspelt",
    "wrong_birth": "birth date mistyped",
    "follow_up_first": "follow-up before the first appointment",
    "referral_after_contact": "referral dated after its contact",
    "before_birth": "dated before birth",
    "retired_entry": "code of a terminology no longer in use",
    "resubmitted_month": "the provider sent the month again",
    "refreshed_month": "the provider refreshed the month",
    "silent_month": "the provider's month never arrived",
    "same_day_switch": "counted as same-day emergency care from a month on",
    "type_1_objection": "Type 1 objection",
    "opted_out": "opted out",
}


CHANGED, CLASHES = "sent again later with a change", "another row of this number has another name or birth date"


def _reason(rows: Rows) -> Ints:
    """Position of each row's reason: that of its fault, or what another row of the same thing or person brings."""
    plain = rows.fault == 0
    changed, clashes = plain & (rows.outcome == SUPERSEDED), plain & (rows.outcome == WARNED)
    return np.where(changed, len(FAULTS), np.where(clashes, len(FAULTS) + 1, rows.fault))


class Sink:
    """One file being written, in whichever format was asked for."""

    def __init__(self, path: Path, schema: pa.Schema, file_format: str, quoted: bool) -> None:
        self.parquet = file_format == "parquet"
        if self.parquet:
            self.writer: Any = pq.ParquetWriter(path, schema, compression="zstd")
            return
        self.stream = (
            pa.CompressedOutputStream(str(path), "gzip") if file_format == "csv.gz" else pa.OSFile(str(path), "wb")
        )
        options = pacsv.WriteOptions(
            quoting_style="needed" if quoted else "none", quoting_header="none", batch_size=65536
        )
        self.writer = pacsv.CSVWriter(self.stream, schema, write_options=options)

    def write(self, table: pa.Table) -> None:
        """Write some rows."""
        self.writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        self.writer.close()
        if not self.parquet:
            self.stream.close()


def write_way(scene: Scene, way: str, folder: Path, truth: pq.ParquetWriter, say: Say) -> int:
    """Write every delivery of one way in under `folder`; return how many rows that were."""
    total = 0
    for delivery in scene.timeline.deliveries:
        place = folder / delivery.name
        place.mkdir(parents=True)
        (place / "delivery.toml").write_text(f"received_on = {delivery.name}\n", encoding="utf-8")
    for file in FILES[way]:
        say(f"writing {file.stem} of way {way}")
        rows = file.rows(scene, way)
        for delivery in scene.timeline.deliveries:
            total += _write(scene, way, file, rows.arriving(delivery.number), delivery, folder, truth)
    return total


def _write(
    scene: Scene, way: str, file: File, rows: Rows, delivery: Delivery, folder: Path, truth: pq.ParquetWriter
) -> int:
    """Write one file and its rows' truth; a file without a row is not sent."""
    if not rows.n:
        return 0
    pen = Pen(scene, way, scene.facts[file.facts])
    suffix = scene.parameters.file_format
    path = folder / delivery.name / f"{file.stem}_{delivery.month}.{suffix}"
    names = columns_of(file.stem, way)
    sink = Sink(path, pa.schema([(name, pa.string()) for name in names]), suffix, file.quoted)
    written = 0
    for part in _parts(rows):
        columns = file.layout(pen, part)
        if set(columns) != set(names):
            raise DoorstepError(f"{file.stem} was drawn with other columns", expected=", ".join(names))
        sink.write(pa.table({name: columns[name] for name in names}))
        truth.write_table(_truth(way, delivery, path.name, file, part, written))
        written += part.n
    sink.close()
    return written


def columns_of(stem: str, way: str) -> list[str]:
    """Return the columns of a file in order, with the person key of the way in."""
    return [KEY_COLUMN[way] if column == "{key}" else column for column in LAYOUTS[stem].columns]


def _parts(rows: Rows) -> Iterator[Rows]:
    for start in range(0, rows.n, ROWS_AT_A_TIME):
        yield rows.take(np.arange(start, min(start + ROWS_AT_A_TIME, rows.n)))


def _constant(word: str, n: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int16)), pa.array([word]))


def _words(at: Any, words: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int16)), pa.array(words))


def _truth(way: str, delivery: Delivery, name: str, file: File, rows: Rows, before: int) -> pa.Table:
    n = rows.n
    columns = [
        _constant(way, n),
        _constant(delivery.name, n),
        _constant(name, n),
        pa.array(np.arange(before + 1, before + n + 1), pa.int32()),
        _constant(file.table, n),
        _words(rows.outcome, OUTCOMES),
        _words(_reason(rows), (*(REASONS[fault] for fault in FAULTS), CHANGED, CLASHES)),
        _words(rows.fault, FAULTS),
        pa.array(rows.person, pa.int32(), mask=rows.person < 0),
        pa.array(rows.countable & (file.table != "")),
    ]
    return pa.Table.from_arrays(columns, schema=TRUTH_OF_ROWS)
