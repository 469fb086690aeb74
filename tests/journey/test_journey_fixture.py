"""The month counted by hand, row by row, is the month that the build finds."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from journey_homes import built, differences, lines, loaded_home

ACCEPTANCE = Path(__file__).parent.parent / "acceptance"
sys.path.insert(0, str(ACCEPTANCE))

from acceptance_figures import FIXTURE, KNOWN_BY, MONTH, figures_from_csv  # noqa: E402
from counter import count  # noqa: E402

PRACTICES = (FIXTURE / "practices.csv").read_text(encoding="utf-8").split()[1:]
FIFTHS = {
    area: int(fifth)
    for area, fifth in (
        line.split(",") for line in (FIXTURE / "quintiles.csv").read_text(encoding="utf-8").splitlines()[1:]
    )
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    return loaded_home(tmp_path_factory.mktemp("fixture") / "home", FIXTURE / "deliveries", practices=PRACTICES)


def test_the_build_finds_the_return_counted_by_hand(home) -> None:  # type: ignore[no-untyped-def]
    found, expected = built(home, MONTH, KNOWN_BY), figures_from_csv(FIXTURE / "expected.csv")
    assert differences(lines(found), lines(expected)) == []


@pytest.mark.parametrize("known_by", [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)])
def test_the_build_and_the_counter_agree_at_every_knowledge_date(home, known_by: date) -> None:  # type: ignore[no-untyped-def]
    counted = count(FIXTURE / "deliveries", MONTH, known_by, FIFTHS, set(PRACTICES))
    expected = {name: tuple(line) if name != "P1" else (line[0],) for name, line in counted.items()}
    assert differences(lines(built(home, MONTH, known_by)), expected) == []
