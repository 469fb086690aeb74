"""The ground of a Place, a system and the country is that of the published tables."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from doorstep import reference
from doorstep.errors import UsageError
from doorstep.synthetic.ground import Ground, find_system
from doorstep.synthetic.parameters import Parameters


@pytest.fixture(scope="module")
def system() -> Ground:
    return Ground.of_system("Cheshire and Merseyside")


def test_a_system_has_its_areas_and_all_who_are_registered_with_its_practices(system: Ground) -> None:
    practices = pq.read_table(reference.table("practices"), filters=[("icb", "==", "QYG")])["practice"]
    lists = pq.read_table(reference.table("registrations"))
    registered = pc.sum(lists.filter(pc.is_in(lists["practice"], practices.combine_chunks()))["patients"]).as_py()
    assert set(system.practices) == set(practices.to_pylist())
    assert system.list_size == pytest.approx(registered, rel=1e-4)
    assert system.inside.sum() == 1601  # LSOAs of 2021 in the nine councils
    assert system.cell_weight[system.inside[system.cell_lsoa]].sum() > 0.98 * registered


@pytest.mark.slow
def test_england_has_every_area_and_every_practice_with_a_list() -> None:
    england = Ground.of_system("England")
    assert len(england.lsoas) == 33_755
    assert england.inside.all()
    assert england.list_size == pytest.approx(61_768_942, rel=1e-3)  # NHS Digital, July 2022
    assert not {code for code in england.elsewhere_practices if code in set(england.practices)}


@pytest.mark.parametrize("name", ["QYG", "NHS Cheshire & Merseyside", "cheshire and merseyside integrated care board"])
def test_a_system_is_found_by_code_or_name(name: str) -> None:
    assert find_system(name) == ("QYG", "Cheshire and Merseyside")


def test_an_unknown_system_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(UsageError) as refused:
        Ground.of_system("Cheshire and Mersyside")
    assert "Cheshire and Merseyside" in refused.value.do


@pytest.mark.parametrize("wrong", [{}, {"place": "Sefton", "system": "QYG"}])
def test_parameters_name_a_place_or_a_system(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="Place"):
        Parameters(**wrong)  # type: ignore[arg-type]


def test_a_system_may_be_ten_times_its_size_and_a_place_three_times() -> None:
    assert Parameters(system="QYG", scale=10).scale == 10
    with pytest.raises(UsageError, match="scale"):
        Parameters("Sefton", scale=10)
