"""The authorisation matrix: every address is listed, and a role gets what it is given and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")


def names(patterns: Any) -> Iterator[str]:
    from django.urls import URLPattern

    for one in patterns:
        if isinstance(one, URLPattern):
            yield one.name or str(one.pattern)
        else:
            yield from names(one.url_patterns)


def test_every_address_stands_in_the_matrix_and_every_line_has_an_address() -> None:
    from django.urls import get_resolver

    from doorstep.web.matrix import matrix

    assert sorted(names(get_resolver().url_patterns)) == sorted(matrix("national").addresses)


@pytest.mark.parametrize("role", ["national", "place"])
def test_both_installations_have_a_matrix(role: str) -> None:
    from doorstep.web.matrix import matrix

    found = matrix(role)
    assert found.scope((found.roles[0],), "account", "read") == "own"
    assert found.scope((), "account", "read") == "own"
    assert found.scope((), "figure", "read") == ""


def test_a_place_sees_as_sent_figures_of_its_own_only() -> None:
    from doorstep.web.matrix import matrix

    found = matrix("national")
    assert found.scope(("place_sender",), "as_sent", "read") == "own"
    assert found.scope(("coach",), "as_sent", "read") == ""
    assert found.scope(("coach", "centre_analyst"), "as_sent", "read") == "any"
