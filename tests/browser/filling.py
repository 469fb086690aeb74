"""Run in a process of its own, with a site's environment: fill the site, and print who may log in.

The programme's site is filled as a demonstration's is, and Sefton, whose sender logs in, has sent March twice. The
Place's site has made-up figures of fifteen months, as `doorstep site figures` would load them. Both have
a set of areas.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from browser_workbooks import sound
from browser_world import LAST, MONTHS, PLACE, PLACES

from doorstep.cli.demo_process import codes, fill_national, fill_place
from doorstep.cli.serve_site import site


def main(returns: str) -> None:
    """Fill the site of the environment's role."""
    if os.environ["DOORSTEP_ROLE"] == "national":
        fill_national(returns, str(MONTHS), str(PLACES))
        with site():
            _send_twice()
            _draw()
            _want_no_packs()
    else:
        fill_place()
        with site():
            _load()
            _draw()
            _want_no_packs()
    print(json.dumps({role: (email, password) for role, email, password, _ in codes()["log_ins"]}))


def _send_twice() -> None:
    from doorstep.programme.submissions.actions import receive
    from doorstep.web.accounts.models import User

    sender = User.objects.get(email="place-sender@demo.example")
    with tempfile.TemporaryDirectory() as name:
        for n in (1, 2):
            content = sound(Path(name) / "march.xlsx", O1a=2000 + n).read_bytes()
            assert receive(file_name=f"march {n}.xlsx", content=content, by=sender).outcome == "kept"


def _want_no_packs() -> None:
    """Forget the packs still to be made: a site that runs would draw them all, and who looks would wait."""
    from doorstep.programme.scorecard.models import Wanted

    Wanted.objects.all().delete()


def _draw() -> None:
    """Keep a set of areas of Halton, its wards, in two versions."""
    from doorstep.geography.site.drawing import actions, starting

    made = starting.by_hand("halton", "Halton", title="Halton by ward", start="wards", on=date(2027, 5, 1))
    actions.create(made=made, why="Begun by hand", by=None)
    actions.give_reason(slug="halton", area=made.neighbourhoods[0].id, text="One ward, to begin with.", by=None)


def _load() -> None:
    from doorstep.planning.site import actions
    from doorstep.programme.figures.actions import load_own
    from doorstep.synthetic.programme_returns import Parameters, figures

    last = date.fromisoformat(f"{LAST}-01")
    made = list(figures(Parameters(months=MONTHS, last=last, places=PLACES), [PLACE]))
    load_own(figures=made, by=None, received_on=date(2027, 5, 20))
    actions.load(
        place=made[0].place.strip(), snapshot="a" * 64, known_by=date(2027, 5, 20), pages=_pages(last),
        entries=[_entry("first", 100), _entry("second", 101)],
        facts={name: {"choices": [{"id": "denominator", "option": option}]} for name, option in
               (("first", "month_end"), ("second", "ever"))},
        left_out=[(date(2027, 4, 1), ("outpatient: nothing has arrived",))], by=None,
    )  # fmt: skip


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
    main(sys.argv[1])
