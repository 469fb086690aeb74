"""The authorisation matrix: every address of both installations, as everybody: allowed where it says, refused else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matrix_walk import addresses, faults_of_walk, patterns

SITE = Path(__file__).resolve().parents[1]


def test_every_address_stands_in_the_matrix_and_every_line_has_an_address(db: None) -> None:
    from doorstep.web.matrix import matrix

    assert sorted(one.name or str(one.pattern) for one in patterns()) == sorted(matrix(_role()).addresses)


def test_everybody_gets_what_the_matrix_says_and_no_more(member: Any) -> None:
    assert faults_of_walk(member) == []


def test_the_walk_finds_what_a_view_would_let_slip(member: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk must be able to fail: without the middleware's check, each refusal is missed."""
    from doorstep.web import middleware

    def pass_on(known: Any, *_: Any) -> None:
        known.places, known.scope = (), "any"

    monkeypatch.setattr(middleware, "_refuse", pass_on)
    found = faults_of_walk(member, "coach")
    assert any("people: answers 200 where the matrix refuses" in fault for fault in found)


def test_the_other_installation_is_held_to_its_matrix_too(server: Any) -> None:
    """Settings are of one role a process, so the other role's addresses are walked in a process of their own."""
    url = server.create("site_place")
    environment = {**os.environ, "DOORSTEP_ROLE": "place", "DATABASE_URL": url, "PYTHONPATH": str(SITE)}
    done = subprocess.run([sys.executable, "-c", _OTHER], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    n = int(done.stdout.split()[-1])
    assert n > 15


_OTHER = """
import django
django.setup()
from django.core.management import call_command
from django.test.utils import setup_test_environment
from django.db import transaction
from matrix_walk import addresses, faults_of_walk, patterns
from doorstep.web.matrix import matrix
from site_kit import maker_of_members
setup_test_environment()
call_command("migrate", verbosity=0)
assert sorted(one.name for one in patterns()) == sorted(matrix("place").addresses)
with transaction.atomic():
    found = faults_of_walk(maker_of_members())
    transaction.set_rollback(True)
assert not found, found
print(len(addresses()))
"""


@pytest.mark.parametrize("role", ["national", "place"])
def test_both_installations_have_a_matrix(role: str) -> None:
    from doorstep.web.matrix import matrix

    found = matrix(role)
    assert found.scope((found.roles[0],), "account", "read") == "own"
    assert found.scope((), "account", "read") == "own"
    assert found.scope((), "figure", "read") == ""


def test_a_place_sees_as_sent_figures_of_its_own_only(db: None) -> None:
    from doorstep.web.matrix import matrix

    found = matrix("national")
    assert found.scope(("place_sender",), "as_sent", "read") == "own"
    assert found.scope(("coach",), "as_sent", "read") == ""
    assert found.scope(("coach", "centre_analyst"), "as_sent", "read") == "any"


def test_an_address_without_an_example_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import matrix_walk

    monkeypatch.setattr(matrix_walk, "examples", dict)
    with pytest.raises(AssertionError, match="person-change has no example"):
        addresses()


def test_an_address_that_is_not_in_the_matrix_is_no_address(member: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from doorstep.web import middleware
    from doorstep.web.matrix import matrix

    table = matrix("national")
    without = {name: what for name, what in table.addresses.items() if name != "people"}
    monkeypatch.setattr(middleware, "matrix", lambda _: replace(table, addresses=without))
    assert member("administrator").get("/people").status_code == 404


def _role() -> str:
    from django.conf import settings

    return str(settings.DOORSTEP_ROLE)
