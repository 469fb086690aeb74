"""The 43 Places: the return's own names to the character, found by any name people use."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep import reference
from doorstep.errors import ConfigurationError, UsageError
from doorstep.reference import places
from doorstep.reference.places import PlaceDefinition

ALL = places.all_places()


def test_there_are_43_in_the_order_of_the_lookup_list() -> None:
    assert [place.order for place in ALL] == list(range(1, 44))
    assert len({place.name for place in ALL}) == len({place.slug for place in ALL}) == 43
    assert [place.name for place in ALL[:3]] == [
        "Fenland and Peterborough within the North Cambridgeshire and Peterborough Care Partnership",
        "Ipswich and East Suffolk",
        "North East Essex",
    ]
    assert ALL[-1].name == "Woodspring"


def test_only_dorset_ends_in_a_blank() -> None:
    assert [place.name for place in ALL if place.name != place.name.strip()] == ["Dorset Place "]
    assert places.find("Dorset Place").name == "Dorset Place "


def test_regions_hold_as_many_places_as_were_announced() -> None:
    assert Counter(place.region for place in ALL) == {
        "East of England": 6,
        "London": 5,
        "Midlands": 8,
        "North East and Yorkshire": 8,
        "North West": 6,
        "South East": 6,
        "South West": 4,
    }


def test_every_council_and_icb_code_is_in_the_area_table() -> None:
    connection = duckdb.connect()
    connection.execute(f"create view area as from '{reference.table('lsoa21')}'")
    councils = dict(connection.execute("select distinct ltla24, ltla24_name from area").fetchall())
    icbs = dict(connection.execute("select distinct icb24_nhs, trim(icb24_name) from area").fetchall())
    for place in ALL:
        assert tuple(councils[code] for code in place.ltla24) == place.councils
        assert icbs[place.icb] == place.icb_name


def test_sefton_is_one_whole_council() -> None:
    sefton = places.find("Sefton")
    assert (sefton.status, sefton.ltla24, sefton.basis) == ("council", ("E08000014",), "registered")
    assert places.population(sefton) == 279_239  # as the Census 2021 table of the council says
    assert len(sefton.lsoas()) == 191
    assert 35 <= len(sefton.practices()) <= 50
    assert all(code.startswith("E01") for code in sefton.lsoas())


@pytest.mark.parametrize(
    ("name", "official"),
    [
        ("SEFTON", "Sefton"),
        ("st. helens", "St Helens"),
        ("St Helens", "St Helens"),
        ("blackburn with darwen", "Blackburn and Darwen"),
        ("Stockton-on-Tees", "Stockton"),
        ("Westminster", "Kensington, Chelsea and Westminster (Bi-Borough)"),
        ("Southwark", "Lambeth and Southwark"),
        ("South Bristol", "Bristol (South Bristol)"),
        ("Hastings & Rother", "East Sussex (Hastings and Rother)"),
        ("Nottingham", "Nottingham City"),
        ("east-kent", "East Kent"),
        ("Surrey Downs", "East Surrey (Surrey Downs)"),
        ("Fenland", "Fenland and Peterborough within the North Cambridgeshire and Peterborough Care Partnership"),
    ],
)
def test_earlier_spellings_and_councils_find_their_place(name: str, official: str) -> None:
    assert places.find(name).name == official


@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_case_and_blanks_do_not_matter(place: PlaceDefinition, random: object) -> None:
    shouted = "  " + place.name.upper().replace(" ", "  ") + " "
    assert places.find(shouted) is place
    assert places.find(place.slug) is place


def test_a_name_finds_one_place_only() -> None:
    owners: dict[str, set[str]] = {}
    for place in ALL:
        for name in place.names:
            owners.setdefault(places.plain(name), set()).add(place.name)
    assert {name: owned for name, owned in owners.items() if len(owned) > 1} == {}


def test_an_unknown_name_brings_the_nearest() -> None:
    with pytest.raises(UsageError, match="'Seftun'") as error:
        places.find("Seftun")
    assert "did you mean Sefton" in error.value.do
    with pytest.raises(UsageError) as far:
        places.find("Halton")  # not in the first wave
    assert "doorstep reference places" in far.value.do


def test_a_part_of_a_council_asks_for_its_list_of_practices() -> None:
    leeds = places.find("Leeds")
    with pytest.raises(ConfigurationError, match="part of a council") as error:
        leeds.practices()
    assert error.value.where == "practices in config.toml"
    assert leeds.practices([" b86001", "B86001", "B86002 "]) == ("B86001", "B86002")


def test_a_home_names_its_place_and_may_list_its_practices() -> None:
    place, practices = places.configured({"format": 1, "place": "leeds", "practices": ["b86002", "B86001"]})
    assert (place.name, practices) == ("Leeds (Hatch, South, East)", ("B86001", "B86002"))
    assert places.configured({"place": "Sefton"})[1] == places.find("Sefton").practices()


@pytest.mark.parametrize("config", [{}, {"place": ""}, {"place": 31}, {"place": "Sefton", "practices": "N84001"}])
def test_a_home_without_a_usable_place_is_told(config: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError) as error:
        places.configured(config)
    assert error.value.where == "config.toml"


def test_a_places_own_list_replaces_what_is_inferred() -> None:
    assert places.find("Sefton").practices(["N84001"]) == ("N84001",)


def test_every_place_has_areas_and_a_known_status() -> None:
    assert Counter(place.status for place in ALL) == {"council": 32, "sub_icb": 4, "part_of_council": 7}
    assert set(places.STATUSES) == {place.status for place in ALL}
    assert all(len(place.lsoas()) > 50 for place in ALL)


def test_the_inferred_practices_hold_about_as_many_patients_as_the_area_has_residents() -> None:
    lists = f"select sum(list_size) from '{reference.table('practices')}' where practice in (select unnest(?))"
    for place in ALL:
        if place.status != "part_of_council":
            registered = duckdb.connect().execute(lists, [list(place.practices())]).fetchall()[0][0]
            assert 0.9 < registered / places.population(place) < 1.6, place.name


def test_sub_icb_places_take_the_whole_location() -> None:
    morecambe = places.find("Morecambe Bay")
    query = f"select count(*) from '{reference.table('lsoa21')}' where sicbl24_nhs = '01K'"
    assert duckdb.connect().execute(query).fetchall() == [(len(morecambe.lsoas()),)]
