"""The audit: edges of the range, the published checks of teams, and Halton's two towns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doorstep.geography import shapes
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods import Evidence, Neighbourhood, NeighbourhoodSet, Reason, audit
from doorstep.geography.neighbourhoods.checks import Team, not_accounted_for, published, team_checks, tier
from doorstep.geography.neighbourhoods.facts import in_main_area, overlap, undivided
from doorstep.geography.neighbourhoods.ground import pcn_of_practice, registered, residents

HALTON = areas_within("Halton")
RUNCORN, WIDNES = shapes.parts(HALTON)


def halton(**runcorn: object) -> NeighbourhoodSet:
    both = (Neighbourhood("runcorn", RUNCORN, "Runcorn"), Neighbourhood("widnes", WIDNES, "Widnes"))
    both = (replace(both[0], **runcorn), both[1])  # type: ignore[arg-type]
    return NeighbourhoodSet("halton", 1, "Halton", "lsoas", date(2026, 4, 1), both, ground=HALTON)


@pytest.mark.parametrize(
    ("people", "verdict"),
    [(29_999, "small"), (30_000, "within"), (50_000, "within"), (50_001, "large")],
)
def test_the_range_includes_both_its_ends(people: int, verdict: str) -> None:
    assert tier(people).verdict == verdict


def test_outside_the_range_a_reason_is_asked_for_and_then_shown() -> None:
    assert tier(50_001).words == "outside range (1 too many), no reason recorded"
    assert tier(29_999, ["a valley"]).words == "outside range (1 too few), reason: a valley"
    assert tier(40_000).words == "within range"


def test_57_of_509_teams_at_or_above_100_000_are_the_published_share() -> None:
    edges = [Team(n, True, False) for n in (50_000, 50_001, 99_999, 100_000)]
    assert [c.n for c in team_checks(edges)] == [3, 1, 0, 0]
    teams = [Team(100_000, i % 2 == 0, i < 11) for i in range(57)] + [Team(40_000, True, False)] * (509 - 57)
    over, very_large, unnamed, same = team_checks(teams)
    assert str(very_large) == "at or above 100,000 people: 57 of 509 (11.2%)"
    assert (over.n, unnamed.n, same.n) == (57, 28, 11)


def test_three_boards_of_the_publication_are_not_accounted_for() -> None:
    assert not_accounted_for((23, 7, 9), 42) == 3
    found = published()
    assert f"{found.count.share:.3f}" == "0.112"
    assert str(found.count) == "at or above 100,000 people: 57 of 509 (11.2%)"
    assert "[secondary]" in found.words[0]
    assert found.words[-1].endswith("23 + 7 + 9 = 39 said where they stand: 3 not accounted for.")


def test_no_team_has_no_share_rather_than_an_error() -> None:
    assert [c.share for c in team_checks([])] == [0, 0, 0, 0]


def test_haltons_two_towns_are_halton_and_do_not_overlap() -> None:
    found = audit(halton())
    assert [(r.n_areas, r.residents, r.pieces, r.range) for r in found.rows] == [
        (43, 64_295, 1, "large"), (37, 64_213, 1, "large"),
    ]  # fmt: skip
    assert sorted(RUNCORN + WIDNES) == sorted(HALTON)
    assert (found.twice, found.gaps) == ({}, ())
    councils = [o for o in found.overlaps if o.kind == "council"]
    assert [(o.of_neighbourhood, o.unit) for o in councils] == [(1.0, "E06000006"), (1.0, "E06000006")]
    assert sum(o.of_unit for o in councils) == pytest.approx(1)


def test_the_audit_asks_for_reasons_and_recognition_until_they_are_recorded() -> None:
    asked = [ask for ask in audit(halton()).asks if ask.startswith("Runcorn")]
    assert len(asked) == 2
    sign = Evidence("residents", "Drew it", date(2026, 1, 1), "Workshop")
    settled = halton(recognition=(sign,), reasons=(Reason("One town", "Board", date(2026, 1, 1)),))
    found = audit(settled)
    assert [ask for ask in found.asks if ask.startswith("Runcorn")] == []
    assert found.rows[0].recognition == "recognised by residents"
    assert found.rows[1].recognition == "administrative only"


def test_areas_in_two_neighbourhoods_or_in_none_are_named() -> None:
    found = audit(halton(areas=(*RUNCORN[1:], WIDNES[0])))
    assert found.twice == {WIDNES[0]: ("runcorn", "widnes")}
    assert found.gaps == (RUNCORN[0],)
    assert found.rows[0].pieces == 2
    assert any(f"first {RUNCORN[0]}" in ask for ask in found.asks)


def test_every_patient_of_a_concerned_practice_is_in_the_matrix_once() -> None:
    who = audit(halton()).flows
    for practice, held in who.patients.items():
        assert sum(held.values()) == pytest.approx(sum(registered().of_practice[practice].values()))
    living = sum(n for code in RUNCORN for n in registered().in_area[code].values())
    assert who.living_in("runcorn") == pytest.approx(living)


def test_the_share_with_the_team_is_that_of_the_stated_practices() -> None:
    held = registered().in_area
    practice = max(held[RUNCORN[0]], key=lambda p: held[RUNCORN[0]][p])
    row = audit(halton(practices=(practice,))).rows[0]
    own = sum(held[code].get(practice, 0.0) for code in RUNCORN)
    assert row.own_share == pytest.approx(own / sum(sum(held[code].values()) for code in RUNCORN))
    assert (row.team_practices, row.patients_of_team) == (1, round(sum(registered().of_practice[practice].values())))


def test_a_neighbourhood_with_all_practices_of_a_network_is_the_same_as_it() -> None:
    pcn = next(pcn for p, pcn in sorted(pcn_of_practice().items()) if p in registered().in_area[RUNCORN[0]])
    practices = tuple(sorted(p for p, n in pcn_of_practice().items() if n == pcn))
    found = audit(halton(practices=practices))
    assert (found.rows[0].same_as_pcn, found.checks[3].n) == (pcn, 1)
    assert audit(halton(practices=practices[1:] or ("none",))).rows[0].same_as_pcn == ""


def test_overlap_with_wards_shares_out_all_residents() -> None:
    rows = overlap(halton(), "ward")
    for name, codes in (("runcorn", RUNCORN), ("widnes", WIDNES)):
        here = [o for o in rows if o.neighbourhood == name]
        assert sum(o.people for o in here) == residents(codes)
        assert sum(o.of_neighbourhood for o in here) == pytest.approx(1)


def test_a_unit_is_undivided_only_where_one_area_holds_all_of_it() -> None:
    held = {"a": {"north": 10.0}, "b": {"north": 30.0}, "c": {"south": 60.0}}
    assert undivided(held, [("a", "b"), ("c",)]) == 1
    assert undivided(held, [("a",), ("b", "c")]) == pytest.approx(60 / 100)
    assert in_main_area(held, [("a",), ("b", "c")]) == pytest.approx((30 + 60) / 100)
