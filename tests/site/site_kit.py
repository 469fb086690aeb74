"""One PostgreSQL server for the tests of the site, migrated once; each test runs in a transaction of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("DOORSTEP_ROLE", "national")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorstep.web.settings"


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    from doorstep.web import postgres

    with tempfile.TemporaryDirectory(prefix="ds") as folder:
        Path(folder).chmod(0o755)
        with postgres.running(Path(folder) / "pg", is_kept=False) as running:
            yield running


ASSETS = Path(__file__).resolve().parents[2] / "src" / "doorstep" / "web" / "layout" / "assets" / "built-from.sha256"


@pytest.fixture(scope="session")
def site(server: Any) -> Iterator[None]:
    if not ASSETS.exists():
        pytest.exit("the site's assets are not built: run `python scripts/build_assets.py`", returncode=3)
    os.environ["DATABASE_URL"] = server.create("site")
    import django
    from django.core.management import call_command

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from django.conf import settings

    # Argon2 is slow on purpose; who tries out pages need not wait for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    _keep_a_copy(server)
    yield
    from django.db import connections

    connections.close_all()


def _keep_a_copy(server: Any) -> None:
    """Copy the migrated database while nobody uses it, for tests that need one of their own (site_drill)."""
    import psycopg
    from django.db import connections

    connections.close_all()
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("create database site_template template site")


@pytest.fixture
def db(site: None) -> Iterator[None]:
    """Run a test in a transaction that is rolled back, on an audit trail that looks empty to it.

    A test that needs real transactions leaves events behind, and nothing may delete those.
    """
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            cursor.execute("delete from audit_seal")
            cursor.execute("delete from audit_event")
            cursor.execute("set local session_replication_role = origin")
        yield
        transaction.set_rollback(True)


PASSWORD = "orchard-lantern-42-kettle"


@pytest.fixture
def member(db: None) -> Any:
    """Return a maker of people who are logged in: `member("place_sender", place="sefton")` is their browser.

    The browser has the person as `browser.person`; without a role it is of somebody who may do nothing.
    """
    return maker_of_members()


def maker_of_members() -> Any:
    """Return what the fixture `member` gives, for who is not in a test."""
    from itertools import count

    numbers = count(1)

    def make(role: str = "", place: str = "") -> Any:
        from django.conf import settings

        from doorstep.web.accounts import actions
        from doorstep.web.accounts.models import User
        from doorstep.web.matrix import matrix

        person = User.objects.create(email=f"person{next(numbers)}@example.org", name=f"Person {role}".strip())
        if role:  # a Place is named for each role alike, and given to those that are for one
            its = place if matrix(settings.DOORSTEP_ROLE).is_for_one_place(role) else ""
            actions.assign(user=person, role=role, place=its, by=None)
        return _logged_in(person)

    return make


def _logged_in(person: Any) -> Any:
    """Return the browser of somebody who passed both factors."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest
    from django.test import Client

    from doorstep.web.middleware import SECOND_FACTOR

    browser, request = Client(), HttpRequest()
    request.session = browser.session
    login(request, person, backend="doorstep.web.accounts.backends.Password")
    request.session[SECOND_FACTOR] = "code"
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    browser.person = person  # type: ignore[attr-defined]
    return browser
