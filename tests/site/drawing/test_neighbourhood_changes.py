"""Changes to a set, what is different between two, and a set's text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from neighbourhoods_kit import NORTH, SOUTH, areas_of, changes, halton, sign

from doorstep.errors import DataError, DoorstepError, NotWhatItClaimsError, UsageError
from doorstep.geography.neighbourhoods.ground import areas, residents
from doorstep.geography.site.drawing import changing, starting
from doorstep.geography.site.drawing.canonical import set_of, sha256_of, text_of

FIRST = "E01012392"  # Halton 001A, in Farnworth, Widnes


def test_halton_begins_as_the_two_towns_that_the_mersey_parts() -> None:
    made = halton()
    wards = {n.id: {areas()[code].ward_name for code in n.areas} for n in made.neighbourhoods}
    assert "Farnworth" in wards[NORTH] and "Halton Lea" in wards[SOUTH]
    assert wards[NORTH].isdisjoint(wards[SOUTH])
    assert made.gaps() == () and made.overlaps() == {}
    assert sum(len(n.areas) for n in made.neighbourhoods) == len(made.ground) == 80


def test_a_set_comes_back_from_its_text_and_its_hash_names_it() -> None:
    made = halton()
    n = replace(made.neighbourhoods[0], name="Runcörn", recognition=(sign(),))
    full = replace(made, neighbourhoods=(n, *made.neighbourhoods[1:]), notes=("a note",), settings={"b": "1", "a": "2"})
    text = text_of(full)
    assert set_of(text, sha256_of(text)) == full
    assert text == text_of(replace(full, settings={"a": "2", "b": "1"}))
    with pytest.raises(NotWhatItClaimsError):
        set_of(text.replace("Runcörn", "Widnes"), sha256_of(text))


def test_a_move_takes_an_area_from_where_it_was() -> None:
    made = halton()
    after = changing.changed(made, changes(moved={FIRST: SOUTH}))
    assert FIRST in areas_of(after, SOUTH) and FIRST not in areas_of(after, NORTH)
    found = changing.difference(made, after)
    assert [(m.code, m.was, m.now, m.people) for m in found.moves] == [
        (FIRST, f"Area {NORTH}", f"Area {SOUTH}", areas()[FIRST].people)
    ]
    assert found.people == residents([FIRST]) and found.sentence == "1 area with 2,909 residents moved"


def test_an_area_moved_out_is_left_over_and_named_as_a_gap() -> None:
    after = changing.changed(halton(), changes(moved={FIRST: changing.NONE}))
    assert after.gaps() == (FIRST,)


def test_a_new_one_gets_a_free_id_and_the_areas_moved_to_it() -> None:
    made = halton()
    after = changing.changed(made, changes(moved={FIRST: "new-1"}, added={"new-1": " Farnworth  East "}))
    new = after.neighbourhoods[-1]
    assert (new.id, new.name, new.areas) == ("n03", "Farnworth East", (FIRST,))
    assert changing.difference(made, after).words == ("Farnworth East is new",)


def test_an_area_in_two_goes_to_the_one_it_is_moved_to_only() -> None:
    made = halton()
    south = made.neighbourhoods[0]
    twice = replace(made, neighbourhoods=(replace(south, areas=(*south.areas, FIRST)), made.neighbourhoods[1]))
    assert twice.overlaps()
    after = changing.changed(twice, changes(moved={FIRST: NORTH}))
    assert after.overlaps() == {} and FIRST in areas_of(after, NORTH)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"moved": {"E01000001": SOUTH}}, "no area of this set's ground"),
        ({"moved": {FIRST: "n09"}}, "no area with the id n09"),
        ({"named": {"n09": "Name"}}, "no area with the id n09"),
        ({"named": {SOUTH: "x" * 81}}, "too long"),
        ({"named": {SOUTH: "Widnes", NORTH: "widnes"}}, "two of them are called"),
        ({"removed": (SOUTH,)}, "still has 43 areas"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        changing.changed(halton(), changes(**asked))
    assert words in str(caught.value)


def test_one_without_areas_can_be_taken_out_but_not_the_last() -> None:
    made = halton()
    emptied = changes(moved=dict.fromkeys(areas_of(made, SOUTH), NORTH), removed=(SOUTH,))
    after = changing.changed(made, emptied)
    assert [n.id for n in after.neighbourhoods] == [NORTH]
    with pytest.raises(UsageError, match="nothing in it"):
        changing.changed(after, changes(moved=dict.fromkeys(made.ground, ""), removed=(NORTH,)))


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"moved": [], "named": {}, "added": {}, "removed": []}',
        '{"moved": {"a": 1}, "named": {}, "added": {}, "removed": []}',
        '{"moved": {}, "named": {}, "added": {}, "removed": {}}',
        '{"moved": {}, "named": {}, "added": {"n01": "Name"}, "removed": []}',
    ],
)  # fmt: skip
def test_changes_in_another_form_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        changing.read(text)


def test_changes_come_back_as_they_were_sent() -> None:
    asked = changes(moved={FIRST: "new-2"}, named={SOUTH: "Runcorn"}, added={"new-2": "East"}, removed=("n05",))
    assert changing.read(asked.as_json()) == asked


def test_areas_that_moved_since_people_recognised_the_rest_are_counted_until_they_are_asked_again() -> None:
    first = halton()
    known = replace(
        first, neighbourhoods=(replace(first.neighbourhoods[0], recognition=(sign(),)), first.neighbourhoods[1])
    )
    moved = changing.changed(known, changes(moved={FIRST: SOUTH}))
    assert changing.moved_since([first, known]) == {}
    assert changing.moved_since([first, known, moved]) == {SOUTH: frozenset({FIRST})}
    back = changing.changed(moved, changes(moved={FIRST: NORTH}))
    assert changing.moved_since([first, known, moved, back]) == {}
    n = moved.neighbourhoods[0]
    again = replace(
        moved, neighbourhoods=(replace(n, recognition=(*n.recognition, sign("councillors"))), *moved.neighbourhoods[1:])
    )
    assert changing.moved_since([first, known, moved, again]) == {}


def test_wards_and_names_are_beginnings_too() -> None:
    on = halton().valid_from
    wards = starting.by_hand("w", "Halton", title="By ward", start="wards", on=on)
    assert {n.name for n in wards.neighbourhoods} == {areas()[code].ward_name for code in wards.ground}
    assert wards.gaps() == () and wards.overlaps() == {}
    named = starting.by_hand("n", "Halton", title="Named", start="none", names=["Runcorn", "Widnes"], on=on)
    assert [(n.name, n.areas) for n in named.neighbourhoods] == [("Runcorn", ()), ("Widnes", ())]
    with pytest.raises(UsageError):
        starting.by_hand("n", "Halton", title="Nothing", start="none", on=on)


def test_more_ground_than_the_site_takes_is_refused_with_the_way_to_do_it() -> None:
    with pytest.raises(UsageError) as caught:
        starting.ground_of("England")
    assert "command line" in str(caught.value)


def test_a_list_is_brought_and_its_faults_name_the_file_not_the_machine() -> None:
    on = halton().valid_from
    good = f"lsoa21,neighbourhood\n{FIRST},Widnes\n".encode()
    made = starting.brought("x", "ours.csv", good, "lsoa2021", title="Ours", on=on)
    assert made.neighbourhoods[0].areas == (FIRST,) and len(made.gaps()) == 79
    for content in (b"a,b\n1,2\n", b"lsoa21,neighbourhood\nE99,Widnes\n", b"\xff\xfe\x00"):
        with pytest.raises(DoorstepError) as caught:
            starting.brought("x", "../ours.csv", content, "lsoa2021", title="Ours", on=on)
        assert "/" not in caught.value.where


def test_the_practices_of_one_that_becomes_part_of_another_go_along() -> None:
    made = changing.changed(halton(), changes(teams={"N81066": (SOUTH,), "N81011": (NORTH,), "N81019": (SOUTH, NORTH)}))
    moved = dict.fromkeys(areas_of(made, SOUTH), NORTH)
    after = changing.changed(made, changes(moved=moved, removed=(SOUTH,)))
    assert [(n.id, n.practices) for n in after.neighbourhoods] == [(NORTH, ("N81011", "N81019", "N81066"))]
    joined = changing.difference(made, after).joined
    assert [(one.code, one.was, one.now) for one in joined][-1] == ("N81066", f"Area {SOUTH}", f"Area {NORTH}")


def test_the_practices_of_one_that_is_parted_among_others_leave_their_team_and_it_is_said() -> None:
    made = changing.changed(halton(), changes(teams={"N81066": (SOUTH,)}))
    first, *rest = areas_of(made, SOUTH)
    after = changing.changed(made, changes(moved={first: "", **dict.fromkeys(rest, NORTH)}, removed=(SOUTH,)))
    assert [n.practices for n in after.neighbourhoods] == [()]
    assert [(one.code, one.now) for one in changing.difference(made, after).joined] == [("N81066", "")]
