"""The register of comparisons: every published figure is used once, with a reason, and every check can be measured."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

from doorstep import reference
from doorstep.synthetic.calibration import Verdict, accounted, checks, unmeasured
from doorstep.synthetic.calibration.local import LOCAL, MECHANISMS, SPREADS, title_of
from doorstep.synthetic.calibration.queries import QUERIES
from doorstep.synthetic.calibration.register import RECALLED
from doorstep.synthetic.parameters import MECHANISMS as ALL_MECHANISMS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "made-up-people.md"


def test_every_published_figure_is_used_once() -> None:
    published = pq.read_table(reference.table("published_margins")).num_rows
    assert Counter(row.row for row in accounted()) == Counter(range(published))


def test_figures_that_nobody_checked_are_never_compared() -> None:
    confidence = pq.read_table(reference.table("published_margins"))["confidence"].to_pylist()
    recalled = {row for row, said in enumerate(confidence) if said.startswith("recalled")}
    assert recalled == {row.row for row in accounted() if row.why == RECALLED}
    assert {row.use for row in accounted() if row.row in recalled} == {"not measured"}


def test_every_check_has_its_query_and_every_query_its_check() -> None:
    assert Counter(check.name for check in checks()) == Counter(list(QUERIES))


def test_every_figure_and_bound_has_a_reason() -> None:
    for check in checks():
        assert check.against or check.bounds or check.expects, check.name
        assert check.why or not (check.bounds or check.expects), check.name
        assert all(len(entry.why) > 10 for entry in check.against), check.name
    assert all(len(one.why) > 10 for one in unmeasured())


def test_every_mechanism_has_a_check_that_must_fail_without_it() -> None:
    national = {mechanism for check in checks() for mechanism in check.mechanism}
    assert national | set(MECHANISMS) == set(ALL_MECHANISMS)
    assert {name for names in MECHANISMS.values() for name in names} <= {*LOCAL, *SPREADS, "between_practices"}


@pytest.fixture
def page_of(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("calibration_page")


def _verdict(check: str, group: str, made: float, target: float | None, is_target: bool = True) -> Verdict:
    low, high = (0.9, 1.1) if target is None else (0.9 * target, 1.1 * target)
    return Verdict(check, group, made, 0.01, target, low, high, is_target, "a reason", "a source")


def test_the_report_says_first_how_many_hold_and_which_do_not(page_of: ModuleType) -> None:
    found = page_of.Findings(
        people=1000,
        national=[_verdict("two_or_more", "all", 0.25, 0.27), _verdict("two_or_more", "all", 0.25, 0.24, False)],
        local={"Sefton": [_verdict("carers", "all", 1.3, None)]},
    )
    text = page_of.page(found, [])
    head = text[: text.index("## What must not be concluded")]
    assert "**1 of 2 comparisons hold.**" in head
    assert "| England | 1 | 1 | 1 |" in head
    assert "| Sefton | 1 | 0 | 0 |" in head
    assert f"| Sefton | {title_of('carers')} | all | 1.3 | 0.9 to 1.1 |" in head


def test_the_report_says_which_check_holds_without_its_mechanism(page_of: ModuleType) -> None:
    idle = page_of.Without("season", _verdict("respiratory_season", "all", 1.0, None))
    at_work = page_of.Without("weekday", _verdict("weekend_appointments", "all", 2.0, None))
    found = page_of.Findings(without=[idle, at_work])
    assert found.idle == [idle]
    rows = [line for line in page_of.page(found, []).splitlines() if "2 | 0.9 to 1.1" in line or "still holds" in line]
    assert [("still holds" in row, "as it should" in row) for row in rows] == [(True, False), (False, True)]


def test_the_committed_report_names_the_checks_of_the_register() -> None:
    headings = re.findall(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    spread = title_of("between_practices")
    local = [f"{name}: {spread[0].lower()}{spread[1:]}" for name in ("Sefton", "Cheshire and Merseyside")]
    assert headings == [check.title for check in checks()] + local


def test_the_committed_report_counts_what_its_tables_show() -> None:
    text = PAGE.read_text(encoding="utf-8")
    holding, judged = (int(n) for n in re.search(r"\*\*(\d+) of (\d+) comparisons hold", text).groups())  # type: ignore[union-attr]
    tables, mechanisms = text.split("## Each mechanism matters")
    grids = [(int(a), int(b)) for a, b in re.findall(r"(\d+) of (\d+) hold\.", tables)]
    rows = re.findall(r"\| (● holds|○ does not hold) \|", tables[tables.index("## National figures") :])
    assert judged == len(rows) + sum(n for _, n in grids)
    assert holding == rows.count("● holds") + sum(n for n, _ in grids)
    assert "**still holds**" not in mechanisms


def test_every_picture_of_the_report_is_there_and_told_in_words() -> None:
    pictures = re.findall(r"!\[(.+?)\]\((.+?)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) >= 5
    for words, path in pictures:
        assert len(words) > 60
        assert (PAGE.parent / path).resolve().read_text(encoding="utf-8").startswith("<svg")
