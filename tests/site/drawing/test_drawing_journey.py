"""A newcomer draws Halton's two neighbourhoods in Chromium: Runcorn and Widnes, saved, audited and taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drawing_browser import *  # noqa: F403
from drawing_browser import AXE, begin, facts, give_name
from neighbourhoods_kit import NORTH, SOUTH


def test_halton_is_drawn_named_saved_audited_and_taken_away(page: Any) -> None:
    begin(page, "Halton in two")
    assert "64,295 residents, 14,295 over the range; hangs together" in facts(page, SOUTH)
    give_name(page, SOUTH, "Runcorn")
    give_name(page, NORTH, "Widnes")
    page.get_by_label("What you changed, and why").fill("The names that people use")
    page.get_by_role("button", name="Save as version 2").first.click()
    page.get_by_text("Version 2 was saved").wait_for()
    assert page.locator("#areas tbody th").all_inner_texts()[0].split("\n")[0].endswith("Runcorn")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Boundaries (GeoJSON)").click()
    assert taken.value.suggested_filename == "halton-in-two-v2.geojson"
    told = json.loads(Path(taken.value.path()).read_text(encoding="utf-8"))
    assert [f["properties"]["name"] for f in told["features"]] == ["Runcorn", "Widnes"]
    page.get_by_role("link", name="Audit:").click()
    page.get_by_text("4 things to do or to record").wait_for()
    page.get_by_role("heading", name="Administrative only").wait_for()
    page.get_by_role("link", name="Record who does (Runcorn)").wait_for()


def test_an_area_is_moved_in_the_table_undone_by_a_button_and_by_the_keyboard_on_the_map(page: Any) -> None:
    begin(page, "Halton moved")
    page.get_by_label("Name, ward or code has").fill("E01012392")
    move = page.get_by_label("Move Halton 001A to")
    move.select_option(SOUTH)
    assert "67,204 residents" in facts(page, SOUTH) and "in 2 pieces" in facts(page, SOUTH)
    assert "Not saved yet: 1 area moved." in page.locator("#unsaved").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert "64,295 residents" in facts(page, SOUTH) and "hangs together" in facts(page, SOUTH)
    assert page.locator("#unsaved").is_hidden()
    page.locator("#target-none").check()
    page.wait_for_selector("#area-map[data-idle]")
    page.locator("#area-map canvas").focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("1 area in none").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Every area is in one").wait_for()


def test_what_was_not_saved_comes_back_and_leaving_is_asked_about(page: Any) -> None:
    begin(page, "Halton left")
    page.get_by_label("Name, ward or code has").fill("E01012392")
    page.get_by_label("Move Halton 001A to").select_option(SOUTH)
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    page.locator(f"#target-{SOUTH}").wait_for()
    assert asked == ["beforeunload"]
    assert "67,204 residents" in facts(page, SOUTH)


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_reached_by_everybody_and_fit_small_screens(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    begin(page, f"Halton at {width}")
    here = page.url.removesuffix("edit")
    for path in ("edit", "", "practices", "v1/audit", "compare", f"recognise/{SOUTH}"):
        assert page.goto(here + path).ok, path
        page.wait_for_selector("#area-map[data-idle]" if path in ("", "edit") else "h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.target)])"
        )
        assert found == [], (path, found)
