"""The page that says how a return's figures came about: what a reader needs first, then what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from doorstep.returns.layout import TOTAL

Facts = Mapping[str, Any]
Row = Mapping[str, Any]

WARNING: Final = "For the Place's own use: the totals here are not suppressed. Do not send this file with the return."

# Plain values, in the order in which they are read: key -> words.
_BUILD: Final = {
    "place": "Place",
    "month": "Month",
    "known_by": "As known by",
    "metric_set": "Rules",
    "baseline_on": "Baseline, where the followed cohort is chosen",
    "accepted_incomplete": "Built though data are missing, because",
    "built_at": "Built at",
    "doorstep": "Doorstep version",
    "snapshot": "Snapshot",
    "is_reproducible": "Can be built again exactly",
    "run_id": "Run",
}

# Tables: key -> (heading, column -> words). What stands in no list is written out under its own name at the end.
_TABLES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "remainders": (
        "What no metric counts, or a doubtful list removed",
        {"title": "What", "beside": "Beside", "events": "Events", "people": "People"},
    ),
    "departments": (
        "Attendances by department and same-day stays, by provider (read O2a and O5b together)",
        {
            "provider": "Provider", "attendances": "Attendances", "type_01": "Type 01", "type_05": "Type 05",
            "other_types": "Other types", "type_not_known": "Type not known", "share_of_type_05": "Share of type 05",
            "spells_in_O2a": "Spells in O2a",
        },
    ),
    "completeness": (
        "Completeness by provider: rows of the month against a usual month (mean of the twelve before)",
        {
            "table": "Flow", "provider": "Provider", "n_rows": "Rows", "expected": "Usual",
            "share": "Share of the flow", "last_activity_on": "Last activity", "is_final": "Final",
            "coded": "Rows with a value",
        },
    ),
    "definitions": (
        "Definitions",
        {"metric": "Line", "ref": "Definition", "status": "Status", "reviewed_by": "Signed by", "sha256": "SHA-256"},
    ),
    "files": ("Files read", {"name": "File", "profile": "Read by", "rows": "Rows", "file_id": "Id"}),
}  # fmt: skip
_SHARES: Final = frozenset({"share", "share_of_type_05", "coded"})

# Lists of counts: key -> heading.
_COUNTS: Final = {
    "patients_by_sex": "Patients by recorded sex (kept here: the template has no column)",
    "ethnicity_sources": "Where patients' ethnic groups come from",
    "overlaps": "Patients and caseload",
    "national_group": "The national target group on the first day of the month",
}


def markdown(facts: Facts) -> str:
    """Return provenance as a page of sections; a fact that no section is made for comes last under its own name."""
    name = f"{facts.get('place', '')}".strip()
    lines = [f"# Provenance of the return of {name}, {_month(facts.get('month', ''))}", "", WARNING]
    for heading, body in _sections(facts):
        lines += ["", f"## {heading}", "", *(body or ["None."])]
    return "\n".join(lines) + "\n"


def _sections(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    build = {**facts, "month": _month(facts.get("month", ""))}
    yield "The build", [f"- {words}: {cell(build[key])}" for key, words in _BUILD.items() if build.get(key, "") != ""]
    for key, heading in (("warnings", "Warnings"), ("stop_reasons", "What spoke against building")):
        if key in facts:
            yield heading, [f"- {cell(item)}" for item in facts[key]]
    if "figures" in facts:
        yield "Totals before suppression, with the people behind them", _totals(facts)
        yield "How to read them", list(_caveats(facts))
    for key, heading in _COUNTS.items():
        if key in facts:
            yield heading, [f"- {_words(k)}: {cell(v)}" for k, v in facts[key].items()]
    if "occupied_bed_days" in facts:
        days = cell(facts["occupied_bed_days"])
        yield "Bed days in the month itself", [f"{days} nights; O3 puts a whole stay into the month of its discharge."]
    yield from _choices(facts)
    if "appointment_coverage" in facts:
        yield "O6a: which practices sent appointments of the month", _coverage(facts["appointment_coverage"])
    for key, (heading, columns) in _TABLES.items():
        if key in facts and key != "files":
            yield heading, table(_rows(facts[key]), columns)
    yield from _suppression(facts)
    yield from _others(facts)
    if "files" in facts:
        heading, columns = _TABLES["files"]
        yield heading, table(_rows(facts["files"]), columns)


def _totals(facts: Facts) -> list[str]:
    """Return one row a line: total, people behind it, and events that stand in another column than their patient."""
    figures = facts["figures"]
    named = {row["metric"]: row for row in _rows(facts.get("definitions", []))}
    caseload = figures["caseload"]
    totals = {"Patients": figures["patients"][TOTAL]}
    totals |= {metric: line[TOTAL] for metric, line in figures["counts"].items()}
    totals["P1"] = caseload if isinstance(caseload, int) else caseload[TOTAL]
    rows = []
    for line, total in totals.items():
        moved = facts.get("in_another_column", {}).get(line, {})
        own = named.get(line, {"title": "Patients of the month", "unit": "people"} if line == "Patients" else {})
        rows.append(
            {
                "line": line,
                "what": own.get("title", ""),
                "total": total,
                "unit": own.get("unit", ""),
                "people": facts.get("people", {}).get(line, total if line == "Patients" else ""),
                "events_moved": moved.get("events", ""),
                "people_moved": moved.get("people", ""),
            }
        )
    columns = {
        "line": "Line", "what": "What", "total": "Total", "unit": "Unit", "people": "People",
        "events_moved": "In another column than the patient", "people_moved": "Of so many people",
    }  # fmt: skip
    note = "The breakdowns are in the `.json` file. A birthday or a move puts an event into another column."
    return [*table(rows, columns), "", note]


def _caveats(facts: Facts) -> Iterator[str]:
    """Yield each caveat once, with the lines that it is about."""
    about: dict[str, list[str]] = {}
    for row in _rows(facts.get("definitions", [])):
        for caveat in row.get("caveats", ()):
            about.setdefault(caveat, []).append(row["metric"])
    yield from (f"- {', '.join(lines)}: {cell(caveat)}" for caveat, lines in about.items())


def _choices(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    if "choices" not in facts:
        return
    columns = {"about": "About", "option": "Chosen", "means": "Means", "set_from": "Set from", "status": "Status"}
    rows = _rows(facts["choices"])
    yield "Choices", table([{**row, "set_from": row.get("set_from") or "default"} for row in rows], columns)
    yield (
        "The same month under other options",
        table(
            list(_other_options(rows, facts.get("figures"))),
            {"about": "About", "option": "Option", "totals": "Totals (now)", "moves": "Who joins, leaves or moves"},
        ),
    )


def _other_options(rows: Sequence[Row], figures: Facts | None) -> Iterator[Row]:
    now = {"patients": figures["patients"][TOTAL]} if figures else {}
    if figures:
        now |= {metric: line[TOTAL] for metric, line in figures["counts"].items()}
        now["P1"] = figures["caseload"] if isinstance(figures["caseload"], int) else figures["caseload"][TOTAL]
    for row in rows:
        moves = row.get("moves_under_other_options", {})
        for option, totals in row.get("totals_under_other_options", {}).items():
            shown = [f"{line} {cell(n)} ({cell(now.get(line, '?'))})" for line, n in (totals or {}).items()]
            moved = [f"{_words(k).lower()} {cell(n)}" for k, n in moves.get(option, {}).items() if n]
            nobody = "nobody" if option in moves else ""
            yield {
                "about": row.get("about", row["id"]),
                "option": option,
                "totals": "; ".join(shown) or "cannot be used for this month",
                "moves": "; ".join(moved) or nobody,
            }


def _coverage(coverage: Facts) -> list[str]:
    pcns = {"name": "PCN", "pcn": "Code", "practices": "Practices", "with_data": "With data", "is_complete": "Complete"}
    practices = {
        "practice": "Practice", "name": "Name", "pcn_name": "PCN", "appointments": "Appointments of anyone",
        "from": "From", "has_data": "Has data",
    }  # fmt: skip
    return [*table(_rows(coverage["pcns"]), pcns), "", *table(_rows(coverage["practices"]), practices)]


def _suppression(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    if "suppression" not in facts:
        return
    told = facts["suppression"]
    yield "Suppression", [f"- {_words(k)}: {cell(v)}" for k, v in told.items() if k != "can_be_worked_out"]
    if "can_be_worked_out" in told:
        columns = {"cell": "Cell", "line": "Line", "column": "Column", "value": "A reader finds"}
        yield "Suppressed cells that can be worked out", table(_rows(told["can_be_worked_out"]), columns)


def _others(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    told = {*_BUILD, *_TABLES, *_COUNTS, "warnings", "stop_reasons", "figures", "occupied_bed_days", "choices"}
    told |= {"appointment_coverage", "suppression", "people", "in_another_column", "unreviewed", "format", "handling"}
    for key, value in facts.items():
        if key not in told:
            items = value.items() if isinstance(value, Mapping) else ()
            yield _words(key), [f"- {_words(k)}: {cell(v)}" for k, v in items] or [cell(value)] * bool(value)


def _rows(value: Any) -> list[Row]:
    return list(value)


def table(rows: Sequence[Row], columns: Mapping[str, str]) -> list[str]:
    """Return a table of these columns, or nothing where there are no rows."""
    if not rows:
        return []
    lines = ["| " + " | ".join(columns.values()) + " |", "|" + "---|" * len(columns)]
    return lines + ["| " + " | ".join(_named_cell(key, row.get(key, "")) for key in columns) + " |" for row in rows]


def _named_cell(key: str, value: Any) -> str:
    if key in _SHARES:
        return _share(value)
    return f"{value:,.0f}" if isinstance(value, float) else cell(value)


def _share(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{_words(key).lower()} {_share(inner)}" for key, inner in value.items())
    return f"{value:.0%}" if isinstance(value, int | float) else cell(value)


def cell(value: Any) -> str:
    """Return any value in one line of a table."""
    if isinstance(value, Mapping):
        return "; ".join(f"{_words(str(key)).lower()} {cell(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def _words(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]


def _month(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%B %Y}"
    except ValueError:
        return text
