"""What each definition says of one person and why: computed in plain Python from their rows, held against the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from doorstep.errors import NotWhatItClaimsError
from doorstep.planning.definitions import Definition, Shelf
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.needs import asks, makes
from doorstep.planning.engine.plain import Computed, Evidence, Reason
from doorstep.planning.engine.plain.used import plain_code

_SYSTEMS = {"coded": "snomedct", "medicine": "dmd", "spell": "icd10"}


@dataclass(frozen=True)
class Terms:
    """What codes mean, from the code lists: rows of (code, system, term)."""

    codes: Sequence[Mapping[str, Any]]

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], str]:
        return {(r["system"], plain_code(r["code"])): r["term"] for r in self.codes if r.get("term")}

    def of(self, table: str, code: str) -> str:
        """Return the term of a code, or of the longest ICD-10 prefix it begins with; empty where no list has it."""
        system, plain = _SYSTEMS.get(table, ""), plain_code(code)
        shortest = 3 if system == "icd10" else len(plain)
        lengths = range(len(plain), shortest - 1, -1)
        return next((t for n in lengths if (t := self._by_code.get((system, plain[:n])))), "")


@dataclass(frozen=True)
class Told:
    """What is needed to tell findings: the shelf, what codes mean, and the names of files."""

    shelf: Shelf
    terms: Terms
    files: Mapping[str, str]

    def findings(self, computed: Computed, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what each definition says of the one person computed, in the order of the shelf."""
        reasons, columns = computed.reasons[row["person_id"]], rule_columns(self.shelf)
        owners = {name: d.id for d in self.shelf.all for name in makes(d)}
        for definition in self.shelf.all:
            if definition.id in reasons:
                made_of = dict.fromkeys(owners.get(name, name) for name in asks(definition, columns))
                yield {
                    "definition": definition.label,
                    "id": definition.id,
                    "kind": definition.kind,
                    "title": definition.title,
                    "status": definition.status,
                    "is_reviewed": definition.is_reviewed,
                    "values": {name: row[name] for name in _columns(definition, row)},
                    "made_of": list(made_of),
                    **self._reason(reasons[definition.id]),
                }

    def _reason(self, reason: Reason) -> dict[str, Any]:
        rows = sorted(reason.rows, key=lambda e: e.sorted_day, reverse=True)
        return {"why": reason.words, "rows": [self._row(e) for e in rows]}

    def _row(self, entry: Evidence) -> dict[str, Any]:
        row, codes = entry.row, _codes(entry)
        return {
            "table": entry.table,
            "code": ", ".join(codes),
            "term": "; ".join(dict.fromkeys(t for c in codes if (t := self.terms.of(entry.table, c)))),
            "day": entry.day,
            "provider": row.get("provider"),
            "profile": row.get("profile"),
            "file": self.files.get(row["file_id"], ""),
            "file_id": row["file_id"],
            "row_no": row["row_no"],
        }


def _codes(entry: Evidence) -> list[str]:
    if entry.code:
        return [entry.code]
    return [code for code in entry.row.get("diagnoses") or () if code]


def _columns(definition: Definition, row: Mapping[str, Any]) -> list[str]:
    own = [name for name in makes(definition) if name in row]
    if definition.kind == "group":
        own += [name for name in row if name.startswith("in_national_group")] + ["why"]
    return list(dict.fromkeys(own))


def require_agreement(table: Mapping[str, Any], plain: Mapping[str, Any]) -> None:
    """Raise NotWhatItClaimsError where the person table says something else than the person's rows do."""
    wrong = [name for name in (*table, *(n for n in plain if n not in table)) if not _same(table, plain, name)]
    if wrong:
        said = "; ".join(f"{n}: {table.get(n)!r} in the table, {plain.get(n)!r} from the rows" for n in wrong[:5])
        raise NotWhatItClaimsError(
            f"the person table disagrees with this person's rows ({said})",
            expected="the same values from the table and from the rows it was built from",
            where=str(table.get("person_id")),
            do="build the person table again; if they still disagree, report it as a fault of Doorstep",
        )


def _same(table: Mapping[str, Any], plain: Mapping[str, Any], name: str) -> bool:
    return name in table and name in plain and bool(table[name] == plain[name])
