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
        with postgres.running(Path(folder) / "pg") as running:
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
    call_command("migrate", verbosity=0)
    yield
    from django.db import connections

    connections.close_all()


@pytest.fixture
def db(site: None) -> Iterator[None]:
    """Run a test in a transaction that is rolled back."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
