"""A name that does not exist is answered by the few that may have been meant, not by all there are."""

from __future__ import annotations

import pytest

from doorstep.errors import ConfigurationError, UsageError
from doorstep.planning.cohorts.runs import known_columns
from doorstep.planning.explain import _chosen
from doorstep.planning.explained.looks import stated
from doorstep.planning.nearest import did_you_mean, nearest
from doorstep.planning.rules import read_rule

NAMES = ("copd_dx_only", "diabetes", "type_2_diabetes", "ltc_count", "epilepsy_any_age")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("copd", ("copd_dx_only",)),
        ("diabetis", ("diabetes",)),
        ("Diabetes", ("diabetes", "type_2_diabetes")),
        ("ltc_cuont", ("ltc_count",)),
        ("xyzzy", ()),
        ("", ()),
    ],
)
def test_names_that_hold_what_was_given_or_are_spelt_like_it(given: str, meant: tuple[str, ...]) -> None:
    found = nearest(given, NAMES)
    assert found[: len(meant)] == meant and bool(found) == bool(meant)
    assert bool(did_you_mean(given, NAMES)) == bool(meant)


def test_a_rule_with_an_unknown_column_names_the_column_that_was_meant_and_few_others() -> None:
    with pytest.raises(ConfigurationError, match="there is no column ltc_cuont") as refused:
        read_rule("ltc_cuont >= 3", known_columns())
    assert "ltc_count" in refused.value.text()
    assert len(refused.value.text().splitlines()[1]) < 200


def test_a_definition_is_found_by_a_column_it_makes_and_a_wrong_name_is_answered() -> None:
    group = {"id": "national_target_group", "definition": "national_target_group@1", "values": {"why": "x"}}
    copd = {"id": "copd_dx_only", "definition": "copd_dx_only@1", "values": {"copd_dx_only": True}}
    assert _chosen([group, copd], "why") == [group]
    assert _chosen([group, copd], "copd_dx_only@1") == [copd]
    with pytest.raises(UsageError, match="did you mean copd_dx_only") as refused:
        _chosen([group, copd], "copd")
    assert "national_target_group" not in refused.value.text()


def test_a_purpose_that_is_too_short_is_not_called_missing() -> None:
    with pytest.raises(UsageError, match="'died' is too short"):
        stated("died ")
    with pytest.raises(UsageError, match="no purpose is given"):
        stated("  ")
    assert stated(" why is she here ") == "why is she here"
