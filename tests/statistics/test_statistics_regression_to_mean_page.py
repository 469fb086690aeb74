"""The page on charts: its worked numbers are what the functions give."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from doorstep.statistics.funnels import person_dispersion
from doorstep.statistics.spc import PROVISIONAL_BELOW, STANDARD_MONTH
from doorstep.statistics.spc.limits import THREE_SIGMA

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "charts-that-tell-change-from-noise.md"
TEXT = PAGE.read_text(encoding="utf-8")
FLAT = " ".join(TEXT.split())


def test_the_worked_example_prints_what_the_page_says() -> None:
    ((code, printed),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", TEXT, flags=re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == printed


def test_bed_days_vary_as_much_more_than_poisson_as_the_page_says() -> None:
    mean = 0.08 * 9
    variance = 0.08 * (2 * 9**2 - 9) - mean**2  # E[x²] of a geometric length of mean 9 is 2 × 9² − 9
    factor = variance / mean
    outside = 2 * stats.norm.sf(1.959964 / factor**0.5)
    assert "16 times its mean" in FLAT
    assert "four times as wide" in FLAT
    assert "6 in 10 would lie outside" in FLAT
    assert [round(factor), round(factor**0.5), round(10 * outside)] == [16, 4, 6]
    rng = np.random.default_rng(2)
    days = np.where(rng.random(400_000) < 0.08, rng.geometric(1 / 9, 400_000), 0)
    assert person_dispersion(days) == pytest.approx(factor, rel=0.03)


def test_the_rules_are_stated_with_the_numbers_in_use() -> None:
    assert f"fewer than {PROVISIONAL_BELOW} values" in FLAT
    assert f"{THREE_SIGMA} mean moving ranges" in FLAT
    assert f"{STANDARD_MONTH} days" in FLAT
    assert "27 times in 10,000" in FLAT
    assert round(1e4 * 2 * stats.norm.sf(3)) == 27
    assert "625 times in 10,000" in FLAT
    assert sum(length * 2.0 ** -(length + 1) for length in range(7, 200)) == pytest.approx(0.0625)
