"""Why two builds of one month's return differ: every cell's change, taken apart into reasons that add up to it.

Both builds are counted again from the lake, each as its provenance says, and compared row by row. What changed is
followed in steps, so that the parts add up exactly: the figures as recorded, counted again, with the newer data, with
the newer choices, with the newer definitions, the newer figures as recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from doorstep import records
from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning import figures as counting
from doorstep.planning.building import Counting, ready, settings_of
from doorstep.planning.choices import Effective, catalogue, defaults
from doorstep.planning.compared_rows import KINDS, Counted, Difference, counted_rows, differences
from doorstep.planning.provenance import FORMAT, area_hash, definition_refs, membership_hash
from doorstep.returns import COLUMNS

if TYPE_CHECKING:
    from doorstep.records import Lake

Cell = tuple[str, tuple[str, str]]
Cells = dict[Cell, int]


@dataclass(frozen=True)
class Reason:
    """One part of a cell's change: `kind` is a key of `compared_rows.KINDS`; `rows` are (file_id, row number).

    `n_rows` counts the rows (or people) behind it; a choice or a definition has none of its own.
    """

    kind: str
    change: int
    n_rows: int = 0
    rows: tuple[tuple[str, int], ...] = ()
    note: str = ""

    def words(self, names: Mapping[str, str] | None = None) -> str:
        """Say it in one line, with up to five of the rows; `names` gives files their names, else it is their ids."""
        shown = ", ".join(f"{(names or {}).get(file, file)} row {row}" for file, row in self.rows[:5])
        more = f" and {len(self.rows) - 5} more" if len(self.rows) > 5 else ""
        note = f": {self.note}" if self.note else ""
        return f"{self.change:+,} {self.kind}: {KINDS[self.kind]}{note}" + (f" ({shown}{more})" if shown else "")

    def __str__(self) -> str:
        return self.words()


@dataclass(frozen=True)
class CellChange:
    """One cell that differs; the changes of its reasons add up to new - old.

    `metric` is a line id (`patients` for the denominator, `P1`), `column` a position in COLUMNS.
    """

    metric: str
    column: int
    old: int
    new: int
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if sum(r.change for r in self.reasons) != self.new - self.old:
            where = f"{self.metric} {' '.join(COLUMNS[self.column])}"
            raise DataError("the reasons found do not add up to the change", where=where)


@dataclass
class _Ledger:
    """Reasons by cell, as they are found."""

    found: dict[Cell, list[Reason]]

    def add(self, cell: Cell, reason: Reason) -> None:
        if reason.change or reason.n_rows:
            self.found.setdefault(cell, []).append(reason)

    def step(self, before: Cells, after: Cells, kind: str, note: str) -> None:
        """Put the whole difference of two counts down to one reason."""
        for cell in {**before, **after}:
            change = after.get(cell, 0) - before.get(cell, 0)
            if change:
                self.add(cell, Reason(kind, change, note=note))


def explain_change(
    home: Home, old_provenance: Mapping[str, Any], new_provenance: Mapping[str, Any]
) -> list[CellChange]:
    """Return every cell that differs between two builds of one month, with reasons that add up to the change.

    Raises UsageError where the provenances are of another Place or month, NotWhatItClaimsError where one is of another
    format, and what opening the lake raises.
    """
    _check_comparable(old_provenance, new_provenance)
    ledger = _Ledger({})
    old, new = _settings(home, old_provenance), _settings(home, new_provenance)
    with _lake(home, old_provenance) as old_lake, _lake(home, new_provenance) as new_lake:
        old = ready(home, old_lake, old)
        before = _recounted(old_lake, old)
        _recount(ledger, old_provenance, before, old_lake, old, forward=True)
        new = ready(home, new_lake, new)
        after = _recounted(new_lake, old)
        _data(ledger, differences(old_lake, new_lake, before, after))
        chosen = _recounted(new_lake, replace(new, definitions=old.definitions))
        ledger.step(_cells(after), _cells(chosen), "choice", _changed_choices(old.choices, new.choices))
        defined = _recounted(new_lake, new)
        ledger.step(_cells(chosen), _cells(defined), "definition", _sets(old, new))
        _recount(ledger, new_provenance, defined, new_lake, new, forward=False)
    return _changes(ledger, old_provenance, new_provenance)


def _check_comparable(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for provenance in (old, new):
        if provenance.get("format") != FORMAT or "figures" not in provenance:
            raise NotWhatItClaimsError(
                f"a provenance of format {provenance.get('format')!r}",
                expected=f"one that this version wrote (format {FORMAT})",
                do="build the older month again with this version, then compare",
            )
    for what in ("place", "month"):
        if old[what] != new[what]:
            raise UsageError(
                f"two builds of different {what}s: {old[what]} and {new[what]}", expected=f"the same {what}"
            )


def _settings(home: Home, provenance: Mapping[str, Any]) -> Counting:
    settings = settings_of(
        home,
        place=provenance["place"],
        month=date.fromisoformat(provenance["month"]),
        cohort=provenance["cohort"]["name"],
        metric_set_name=provenance["metric_set"],
    )
    options = dict(defaults().options)
    options.update({c["id"]: c["option"] for c in provenance["choices"] if c["id"] in options})
    return replace(settings, choices=Effective(options, date.fromisoformat(provenance["baseline_on"])))


def _lake(home: Home, provenance: Mapping[str, Any]) -> Lake:
    known_by = date.fromisoformat(provenance["known_by"])
    lake: Lake = records.open_lake(home, known_by=known_by, snapshot=provenance["snapshot"])
    return lake


def _recounted(lake: Lake, settings: Counting) -> Counted:
    con = lake.connection()
    counting.count(con, settings.month, settings.definitions, settings.choices)
    return counted_rows(con)


def _cells(counted: Counted) -> Cells:
    cells: Cells = {}
    for row in counted.values():
        for cell in row.cells():
            cells[cell] = cells.get(cell, 0) + row.value
    return cells


def _recorded(provenance: Mapping[str, Any]) -> Cells:
    """Return the figures that a provenance recorded, by cell."""
    figures = provenance["figures"]
    lines = {"patients": figures["patients"], "P1": figures["caseload"], **figures["counts"]}
    return {(m, column): n for m, line in lines.items() for column, n in zip(COLUMNS, line, strict=True) if n}


def _recount(
    ledger: _Ledger, provenance: Mapping[str, Any], counted: Counted, lake: Lake, settings: Counting, *, forward: bool
) -> None:
    """Put down what a count made today differs by from the figures recorded then."""
    recorded, cells = _recorded(provenance), _cells(counted)
    changed = _changed_definitions(provenance, settings)
    if provenance["place_definition"]["hash"] != area_hash(settings.area):
        kind, note = "place", "the Place's practices or areas are no longer those of that build"
    elif provenance["cohort"]["hash"] != membership_hash(lake.connection()):
        kind, note = "cohort", "the cohort is no longer that of the build"
    else:
        kind, note = "purged", "rows counted then are no longer in the lake"
    for cell in {**recorded, **cells}:
        change = cells.get(cell, 0) - recorded.get(cell, 0)
        because = ("definition", changed[cell[0]]) if cell[0] in changed else (kind, note)
        ledger.add(cell, Reason(because[0], change if forward else -change, note=because[1]))


def _changed_definitions(provenance: Mapping[str, Any], settings: Counting) -> dict[str, str]:
    now = {d["metric"]: d for d in definition_refs(settings.definitions)}
    then = {d["metric"]: d for d in provenance["definitions"]}
    return {m: f"{then[m]['ref']} then, {now[m]['ref']} now" for m in now if then[m]["sha256"] != now[m]["sha256"]}


def _data(ledger: _Ledger, found: Iterable[Difference]) -> None:
    """Gather row differences into one reason per cell and kind."""
    gathered: dict[tuple[Cell, str], list[tuple[int, tuple[str, int] | None]]] = {}
    for difference in found:
        for cell, change in difference.effect().items():
            gathered.setdefault((cell, difference.kind), []).append((change, difference.row))
    for (cell, kind), parts in gathered.items():
        rows = tuple(sorted({row for _, row in parts if row}))
        ledger.add(cell, Reason(kind, sum(c for c, _ in parts), len(parts), rows))


def _changed_choices(old: Effective, new: Effective) -> str:
    changed = [f"{c}: {old[c]} to {new[c]}" for c in catalogue() if old[c] != new[c]]
    if old.baseline_on != new.baseline_on:
        changed.append(f"baseline: {old.baseline_on} to {new.baseline_on}")
    return "; ".join(changed)


def _sets(old: Counting, new: Counting) -> str:
    return f"metric set {old.definitions.id} to {new.definitions.id}"


def _changes(ledger: _Ledger, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[CellChange]:
    before, after = _recorded(old), _recorded(new)
    lines = [*new["figures"]["counts"], "patients", "P1"]
    cells = sorted({*before, *after}, key=lambda cell: (lines.index(cell[0]), COLUMNS.index(cell[1])))
    changed = [cell for cell in cells if before.get(cell, 0) != after.get(cell, 0)]
    reasons = {cell: tuple(r for r in ledger.found.get(cell, ()) if r.change) for cell in changed}
    return [
        CellChange(cell[0], COLUMNS.index(cell[1]), before.get(cell, 0), after.get(cell, 0), reasons[cell])
        for cell in changed
    ]
