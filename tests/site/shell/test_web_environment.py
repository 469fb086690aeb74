"""What a production site refuses to start with."""

from __future__ import annotations

import pytest

from doorstep.errors import ConfigurationError
from doorstep.web.environment import DEMO_MARK, database_settings, is_checked_way, read

GOOD = {
    "DOORSTEP_PRODUCTION": "1",
    "DATABASE_URL": "postgresql://u:p@db/name",
    "DOORSTEP_SECRET_KEY": "abcdefghij" * 5,
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
        ({"DOORSTEP_IDLE_MINUTES": "16"}, "15 idle minutes"),
        ({"DOORSTEP_HOURS": "13"}, "12 hours"),
        ({"DOORSTEP_SECRET_KEY": "k" * 64}, "1 different characters"),
        ({"DOORSTEP_PRODUCTION": "yes"}, "DOORSTEP_PRODUCTION is 'yes'"),
        ({"DOORSTEP_DEMO": "true"}, "DOORSTEP_DEMO is 'true'"),
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


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@db:abc/site",
        "postgresql://[u:p@db/site",
        "postgresql://u:p#s@db/site",
        "mysql://u@db/site",
        "x",
    ],
)
def test_what_is_no_address_of_a_database_is_told_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError, match="no address of a PostgreSQL database"):
        database_settings(url)


@pytest.mark.parametrize(
    ("url", "is_checked"),
    [
        ("postgresql://u:p@db.example.nhs.uk/site?sslmode=verify-full", True),
        ("postgresql://u:p@db.example.nhs.uk/site?sslmode=require", False),
        ("postgresql://u:p@db.example.nhs.uk/site", False),
        ("postgresql://u:p@localhost/site", True),
        ("postgresql://u:p@/site?host=%2Frun%2Fpg", True),
    ],
)
def test_a_way_to_the_database_that_another_server_could_answer_is_known(url: str, is_checked: bool) -> None:
    assert is_checked_way(url) is is_checked
