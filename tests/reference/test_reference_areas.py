"""Editions of areas are part of a key: a mixed join is an error that says what to join instead."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep import reference
from doorstep.errors import DataError, UsageError
from doorstep.reference import areas
from doorstep.reference.areas import Vintage


def codes(table: str, column: str, where: str, most: int = 40) -> list[str]:
    query = f"select distinct {column} from '{reference.table(table)}' where {where} order by 1 limit {most}"
    return [row[0] for row in duckdb.connect().execute(query).fetchall()]


UNCHANGED = codes("lsoa11_lsoa21", "lsoa21", "change_code = 'U'")
ONLY_2011 = codes("lsoa11_lsoa21", "lsoa11", "change_code = 'S'")
ONLY_2021 = codes("lsoa11_lsoa21", "lsoa21", "change_code = 'S' and lsoa21 <> lsoa11")


@pytest.mark.parametrize(
    ("index", "vintage", "key", "decile"),
    [
        ("imd2025", "2021", "lsoa21", "imd2025_decile"),
        ("imd2019", "2011", "lsoa11", "imd2019_decile"),
        ("imd2019_on_lsoa21", "2021", "lsoa21", "imd2019_decile"),
    ],
)
def test_an_index_is_joined_on_the_areas_it_is_published_on(
    index: str, vintage: Vintage, key: str, decile: str
) -> None:
    join = areas.deprivation(index, vintage)
    assert (join.key, join.decile) == (key, decile)
    found = duckdb.connect().execute(f"select count({join.decile}) from '{join.table}' where {join.key} is not null")
    assert found.fetchall()[0][0] > 32_000


@pytest.mark.parametrize(
    ("index", "vintage", "instead"),
    [
        ("imd2019", "2021", "imd2019_on_lsoa21"),
        ("imd2025", "2011", "lsoa21_of_lsoa11"),
        ("imd2019_on_lsoa21", "2011", "deprivation('imd2019', '2011')"),
    ],
)
def test_a_mixed_vintage_is_an_error_that_says_what_to_join(index: str, vintage: Vintage, instead: str) -> None:
    with pytest.raises(DataError, match="mixed vintage") as error:
        areas.deprivation(index, vintage)
    assert instead in error.value.do


def test_an_unknown_index_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as error:
        areas.deprivation("imd2015", "2011")
    assert "imd2019" in error.value.expected


def test_a_set_is_of_the_edition_that_holds_all_of_it() -> None:
    assert areas.lsoa_vintage([*UNCHANGED, *ONLY_2011]) == "2011"
    assert areas.lsoa_vintage([*UNCHANGED, *ONLY_2021]) == "2021"
    assert areas.lsoa_vintage(UNCHANGED) == "2021"


def test_a_mixed_set_names_codes_of_each_edition() -> None:
    with pytest.raises(DataError, match="mixed vintage") as error:
        areas.lsoa_vintage([UNCHANGED[0], ONLY_2011[0], ONLY_2021[0], ONLY_2021[1]])
    assert ONLY_2011[0] in error.value.seen
    assert "2 only in the 2021 edition" in error.value.seen


def test_blanks_and_codes_of_neither_edition_decide_nothing() -> None:
    assert areas.lsoa_vintage([None, "", "W01000001", "E0100692", ONLY_2011[0]]) == "2011"
    with pytest.raises(DataError, match="no English LSOA code"):
        areas.lsoa_vintage([None, "W01000001"])
    with pytest.raises(DataError, match="among 0 different"):
        areas.lsoa_vintage([])


@given(st.lists(st.sampled_from(UNCHANGED)), st.lists(st.sampled_from(ONLY_2011)), st.lists(st.sampled_from(ONLY_2021)))
def test_a_set_is_mixed_exactly_where_it_has_codes_of_each_edition_alone(
    both: list[str], old: list[str], new: list[str]
) -> None:
    given_codes = [*both, *old, *new]
    if (old and new) or not given_codes:
        with pytest.raises(DataError):
            areas.lsoa_vintage(given_codes)
    else:
        assert areas.lsoa_vintage(given_codes) == ("2011" if old else "2021")


def test_a_2011_code_reads_as_the_2021_area_with_most_of_its_people() -> None:
    wrong = f"""
        select count(*) from '{areas.convert_lsoa11()}' c
        where share < (
            select max(share_of_lsoa11) from '{reference.table("lsoa11_lsoa21")}' l where l.lsoa11 = c.lsoa11
        ) or lsoa21 not in (select lsoa21 from '{reference.table("lsoa21")}')
    """
    assert duckdb.connect().execute(wrong).fetchall() == [(0,)]


def test_quintiles_are_pairs_of_deciles() -> None:
    assert [areas.quintile(decile) for decile in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    with pytest.raises(DataError):
        areas.quintile(0)
