"""Run in a process of its own: fill a Place's site with made-up figures of fifteen months, as `doorstep site` would."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from browser_world import LAST, MONTHS, PLACE, PLACES

from doorstep.cli.serve_site import site


def main() -> None:
    """Make the accounts, and load figures, the cohort, completeness and two versions of a return."""
    with site():
        from doorstep.web.accounts import demo
        from doorstep.web.migrating import migrate

        migrate()
        demo.make()
        print(json.dumps({"edition": _load()}))


def _load() -> int:
    from doorstep.planning.site import actions
    from doorstep.programme.figures.actions import load_own
    from doorstep.synthetic.programme_returns import Parameters, figures

    last = date.fromisoformat(f"{LAST}-01")
    made = list(figures(Parameters(months=MONTHS, last=last, places=PLACES), [PLACE]))
    edition = load_own(figures=made, by=None, received_on=date(2027, 5, 20))
    actions.load(
        place=made[0].place.strip(), snapshot="a" * 64, known_by=date(2027, 5, 20), pages=_pages(last),
        entries=[_entry("first", 100), _entry("second", 101)],
        facts={name: {"choices": [{"id": "denominator", "option": option}]} for name, option in
               (("first", "month_end"), ("second", "ever"))},
        left_out=[(date(2027, 4, 1), ("outpatient: nothing has arrived",))], by=None,
    )  # fmt: skip
    return int(edition.number)


def _pages(last: date) -> list[Any]:
    from doorstep.planning.reading_out.sheets import Reading, Sheet
    from doorstep.planning.site.actions import Page

    groups = Sheet("by_group", "By group", ("Group", "People"), (("All", 202), ("White", 199), ("Black", "*")))
    rows = tuple((f"{last:%Y-%m}", table, f"R{n}", 1234 * n) for n in range(1, 4) for table in ("spell", "attendance"))
    providers = Sheet("providers", "Providers", ("Month", "Table", "Provider", "Rows"), rows)
    stops = Sheet("stops", "Stops", ("Month", "Reason"), ((f"{last:%Y-%m}", "spell: R4 is silent"),))
    return [
        Page("cohort", Reading("own_cohort", "The cohort", (groups,), ("A note.",)), last, [("Review", "unreviewed")]),
        Page("completeness", Reading("completeness", "Complete", (stops, providers), ()), last),
    ]


def _entry(sha256: str, n: int) -> Any:
    from doorstep.returns.ledger import Entry
    from doorstep.returns.printed import LINE_IDS

    lines: Any = dict.fromkeys(LINE_IDS, (n, "*", *[50] * 21))
    return Entry("built", "North East Essex", LAST, f"{sha256}.xlsx", sha256, "2027-05-01T10:00:00Z", "s" * 64, "run",
                 "primary", lines=lines, hash=f"row {sha256}")  # fmt: skip


if __name__ == "__main__":
    main()
