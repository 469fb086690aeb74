"""A Place's sender at work: a faulty workbook, its faults in plain words, the corrected one, the quality report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_steps import send, versions_of
from browser_workbooks import faulty, sound
from browser_world import LAST, World
from looking import faults_of_page

FIRST_AGE_OF_O2A = "SubmissionTemplate!E15"
pytest_plugins = ["browser_fixtures"]


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without scripts"])
def test_a_sender_sees_faults_by_cell_sends_the_corrected_file_and_reads_its_quality(
    world: World, browser_of: Any, tmp_path: Path, is_scripted: bool
) -> None:
    n_before = len(versions_of(world.national))
    own = 1000 + n_before  # the same bytes twice are one version
    sender = browser_of(world.national, "place_sender", is_scripted=is_scripted)
    bad, good = faulty(tmp_path / "march.xlsx", own), sound(tmp_path / "march corrected.xlsx", O1a=own)

    send(sender, bad)
    assert sender.heading == "The return needs correcting"
    assert "below 6" in sender.words
    assert FIRST_AGE_OF_O2A in sender.words
    assert "can't be signed off" in sender.words
    if is_scripted:
        assert faults_of_page(sender) == []

    send(sender, good, note="Small numbers are hidden now")
    assert sender.heading == "The return was taken"
    sender.follow(f"version {n_before + 2}")
    assert "Waiting for check" in sender.words
    assert "Small numbers are hidden now" in sender.words
    sender.follow(f"Compare with version {n_before + 1}")
    assert "numbers differ" in sender.words or "number differs" in sender.words
    if is_scripted:
        assert faults_of_page(sender) == []

    sender.open(f"/returns/of/sefton/{LAST}/quality")
    assert sender.heading.startswith("Quality report")
    assert f"{n_before + 2} versions" in sender.words
    assert "below 6" in sender.words
