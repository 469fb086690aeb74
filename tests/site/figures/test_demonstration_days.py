"""The days on which a demonstration publishes its editions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

FIRST = date(2026, 3, 1)


@pytest.mark.parametrize("n_days", [3, 35, 70, 300])
def test_editions_come_one_after_the_other_however_few_months_there_are(site: None, n_days: int) -> None:
    from doorstep.programme.demonstrating import _publishing_days, _Row

    found = _publishing_days([_Row(f"{n}.xlsx", FIRST + timedelta(days=n), "") for n in range(n_days)])
    assert found == sorted(set(found)) and len(found) in (1, 2)
