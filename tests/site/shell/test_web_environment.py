"""What a production site refuses to start with."""

from __future__ import annotations

import pytest

from doorstep.errors import ConfigurationError
from doorstep.web.environment import DEMO_MARK, database_settings, read

GOOD = {
    "DOORSTEP_PRODUCTION": "1",
    "DATABASE_URL": "postgresql://u:p@db/name",
    "DOORSTEP_SECRET_KEY": "k" * 50,
    "DOORSTEP_HOSTS": "centre.example.nhs.uk",
    "DOORSTEP_PROXIES": "1",
}


def test_a_production_site_with_all_it_needs_is_read() -> None:
    assert read(GOOD).hosts == ("centre.example.nhs.uk",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"DOORSTEP_SECRET_KEY": "short"}, "5 characters"),
        ({"DOORSTEP_SECRET_KEY": DEMO_MARK + "k" * 50}, "secret of a demo"),
        ({"DATABASE_URL": f"postgresql://u:{DEMO_MARK}-x@db/name"}, "secret of a demo"),
        ({"DOORSTEP_HOSTS": "*"}, "own names"),
        ({"DOORSTEP_PROXIES": "0"}, "DOORSTEP_PROXIES is 0"),
        ({"DOORSTEP_DEMO": "1"}, "DOORSTEP_DEMO"),
        ({"DOORSTEP_TODAY": "2027-11-25"}, "DOORSTEP_TODAY"),
        ({"DOORSTEP_ROLE": "both"}, "DOORSTEP_ROLE"),
        ({"DOORSTEP_IDLE_MINUTES": "never"}, "DOORSTEP_IDLE_MINUTES"),
    ],
)
def test_what_is_unsafe_is_refused_by_name(change: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read({**GOOD, **change})


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read({"DOORSTEP_PRODUCTION": "1"})
    assert "DATABASE_URL" in str(caught.value)
    assert "DOORSTEP_HOSTS" in str(caught.value)


def test_a_database_address_with_a_socket_folder_is_read() -> None:
    found = database_settings("postgresql://u:p%40s@/site?host=%2Frun%2Fpg")
    assert (found["HOST"], found["PASSWORD"], found["NAME"], found["OPTIONS"]) == ("/run/pg", "p@s", "site", {})
