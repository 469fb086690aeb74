"""Areas moved on the map in Chromium by a mouse and by a finger; people and pieces are told at once."""

from __future__ import annotations

from typing import Any

from drawing_browser import *  # noqa: F403
from drawing_browser import begin, facts, marks, said
from neighbourhoods_kit import NORTH, SOUTH

# The number of Widnes lies on Halton 005E (1,802 residents), the number of Runcorn on Halton 013A.
MOVED = "Halton 005E moved to Area n01. Area n01 now has 66,097 residents, 16,097 over the range, in 2 pieces; "
LEFT = "Area n02 now has 62,411 residents, 12,411 over the range, hangs together"


def _finger(page: Any) -> Any:
    """Return what puts fingers on the page, moves them and lifts them: `finger("touchStart", (x, y), ...)`."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    return touch


def _between(one: tuple[float, float], other: tuple[float, float], steps: int) -> list[tuple[float, float]]:
    return [
        (one[0] + (other[0] - one[0]) * i / steps, one[1] + (other[1] - one[1]) * i / steps)
        for i in range(1, steps + 1)
    ]


def _n_unsaved(page: Any) -> int:
    words = str(page.locator("#unsaved").inner_text())
    return int(words.removeprefix("Not saved yet: ").split()[0]) if words.startswith("Not saved yet: ") else 0


def _undo(page: Any) -> None:
    page.get_by_role("button", name="Undo").click()
    page.locator("#unsaved").wait_for(state="hidden")


def test_an_area_dragged_onto_another_neighbourhood_joins_it_and_the_numbers_are_told(page: Any) -> None:
    begin(page, "Halton dragged")
    south, north = marks(page)
    page.mouse.move(*north)
    page.mouse.down()
    page.mouse.move(*south, steps=5)
    page.get_by_text("Halton 005E → Area n01: 66,097 residents, 16,097 over the range, in 2 pieces").wait_for()
    assert "64,295 residents" in facts(page, SOUTH)  # it is only carried yet
    page.mouse.up()
    assert said(page) == MOVED + LEFT
    assert "66,097 residents" in facts(page, SOUTH) and "in 2 pieces, apart: Halton 005E" in facts(page, SOUTH)
    assert "62,411 residents" in facts(page, NORTH) and "hangs together" in facts(page, NORTH)
    assert page.locator(".app-draw__carried").is_hidden()
    page.keyboard.press("Control+z")
    assert said(page).startswith("Undone. Area n01 now has 64,295 residents") and _n_unsaved(page) == 0
    page.keyboard.press("Control+Shift+z")
    assert said(page).startswith("Done again. Area n01 now has 66,097 residents") and _n_unsaved(page) == 1


def test_an_area_let_go_at_home_or_outside_or_with_escape_stays_where_it_was(page: Any) -> None:
    begin(page, "Halton let go")
    south, north = marks(page)
    edge = page.locator("#area-map").bounding_box()
    for end in ((edge["x"] + 20, edge["y"] + 20), (edge["x"] - 10, north[1])):
        page.mouse.move(*north)
        page.mouse.down()
        page.mouse.move(*end, steps=5)
        page.mouse.up()
        assert said(page).startswith("Halton 005E was let go outside")
    page.mouse.move(*north)
    page.mouse.down()
    page.mouse.move(*south, steps=5)
    page.mouse.move(*north, steps=5)
    page.mouse.up()  # somebody thought better of it: this is no press
    page.mouse.down()
    page.mouse.move(*south, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.mouse.move(*north, steps=5)
    assert _n_unsaved(page) == 0 and page.locator(".app-draw__carried").is_hidden()


def test_a_press_on_the_map_moves_an_area_and_a_brush_moves_many_in_one_step(page: Any) -> None:
    begin(page, "Halton painted")
    _, (x, y) = marks(page)
    page.mouse.click(x, y)  # the mark lies on an area of Widnes, and Runcorn is chosen
    assert said(page) == MOVED + LEFT and _n_unsaved(page) == 1
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Brush").check()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40)  # in one leap: no area between is left out
    page.mouse.up()
    n_moved = _n_unsaved(page)
    page.mouse.move(x - 60, y - 40, steps=5)  # nothing is pressed any more
    assert n_moved > 2 and _n_unsaved(page) == n_moved
    page.get_by_role("button", name="Undo").click()
    assert page.locator("#unsaved").is_hidden()


def test_one_is_made_part_of_another_and_parted_again_by_undo(page: Any) -> None:
    begin(page, "Halton joined")
    page.get_by_label("Make it part of").select_option(NORTH)
    page.get_by_role("button", name="Join").click()
    assert said(page).startswith("Area n01 is part of Area n02 now. Area n02 now has 128,508 residents")
    assert page.locator(f"#target-{SOUTH}").count() == 0 and _n_unsaved(page) == 43
    page.get_by_role("button", name="Undo").click()
    assert "64,295 residents" in facts(page, SOUTH) and page.locator("#unsaved").is_hidden()


def test_a_neighbourhood_is_chosen_on_the_map_for_the_brush(page: Any) -> None:
    begin(page, "Halton chosen")
    _, north = marks(page)
    page.get_by_label("Choose", exact=True).check()
    page.mouse.click(*north)
    assert said(page) == "Number 2, Area n02, is chosen" and page.locator(f"#target-{NORTH}").is_checked()
    assert page.locator("#unsaved").is_hidden()


def test_a_finger_taps_drags_and_brushes_and_two_fingers_move_no_area(touched: Any) -> None:
    page = touched
    begin(page, "Halton touched")
    finger = _finger(page)
    south, north = marks(page)
    page.touchscreen.tap(*north)
    assert said(page) == MOVED + LEFT and _n_unsaved(page) == 1
    _undo(page)
    finger("touchStart", north)
    for at in _between(north, south, 5):
        finger("touchMove", at)
    finger("touchEnd")
    assert said(page) == MOVED + LEFT and _n_unsaved(page) == 1
    _undo(page)
    page.get_by_label("Brush").check()
    finger("touchStart", north)
    finger("touchStart", north, (north[0] + 80, north[1]))
    for step in (5, 10, 15):
        finger("touchMove", (north[0] - step, north[1]), (north[0] + 80 + step, north[1]))
    finger("touchEnd")
    assert _n_unsaved(page) == 0
    (x, y) = marks(page)[1]
    finger("touchStart", (x, y))
    for at in _between((x, y), (x + 60, y - 40), 5):
        finger("touchMove", at)
    finger("touchEnd")
    assert _n_unsaved(page) > 1
    _undo(page)
