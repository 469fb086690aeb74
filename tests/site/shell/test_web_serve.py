"""Starting a site: what is looked at, what is refused, and a server that answers and stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from site_drill import Drill

PRODUCTION = {
    "DOORSTEP_PRODUCTION": "1",
    "DOORSTEP_SECRET_KEY": "abcdefghij" * 6,
    "DOORSTEP_HOSTS": "centre.example.nhs.uk",
    "DOORSTEP_PROXIES": "1",
}


@pytest.fixture(scope="module")
def drill(server: Any) -> Drill:
    return Drill(server, "served")


def states(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {one["what"]: one["state"] for one in json.loads(done.stdout)["findings"]}


def test_a_site_comes_up_step_by_step_and_each_look_says_what_is_missing(drill: Drill) -> None:
    before = drill.run("serve", "--check", "--json", **PRODUCTION)
    assert before.returncode == 3
    assert states(before)["migrations"] == "fault"
    refused = drill.run("serve", **PRODUCTION)
    assert refused.returncode == 3
    assert "migrations wait" in refused.stderr
    made = drill.run("migrate", "--administrator", "ana@example.org", "--name", "Ana", "--json", **PRODUCTION)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["link"].startswith("https://centre.example.nhs.uk/enrol/")
    after = drill.run("serve", "--check", "--json", **PRODUCTION)
    assert after.returncode == 0, after.stdout
    assert set(states(after).values()) == {"ok"}


@pytest.mark.parametrize("email", ["ana", "ana@nhs", "ana example@nhs.uk", "ana@example.org, ben@example.org"])
def test_what_is_no_email_address_makes_no_administrator(drill: Drill, email: str) -> None:
    done = drill.run("migrate", "--administrator", email, "--name", "Ana")
    assert done.returncode == 2 and "is no email address" in done.stderr


def test_a_mistyped_hash_is_no_broken_trail(drill: Drill) -> None:
    done = drill.run("audit", "verify", "--holds", "efab4c")
    assert done.returncode == 2 and "no hash of a seal" in done.stderr


def test_an_account_of_a_demo_is_a_fault_in_production(server: Any, site: None) -> None:
    drill = Drill(server, "served_demo", is_migrated=True)
    made = "import django; django.setup(); from doorstep.web.accounts import demo; demo.make()"
    environment = {**os.environ, "DATABASE_URL": drill.url, "DOORSTEP_ROLE": "national"}
    subprocess.run([sys.executable, "-c", made], env=environment, check=True)
    found = drill.run("serve", "--check", "--json", **PRODUCTION)
    assert found.returncode == 3
    assert states(found)["demo accounts"] == "fault"


def test_production_starts_no_database_of_its_own(drill: Drill) -> None:
    done = drill.run("serve", **PRODUCTION, DATABASE_URL="")
    assert done.returncode == 3
    assert "DATABASE_URL is missing" in done.stderr


def test_a_laptop_that_never_had_a_site_is_told_so(drill: Drill, tmp_path: Path) -> None:
    for verb in (["serve", "--check"], ["backup", "--out", str(tmp_path / "x.backup")]):
        done = drill.run(*verb, DATABASE_URL="", DOORSTEP_DATABASE_FOLDER=str(tmp_path / "none"))
        assert done.returncode == 3
        assert "no database of its own" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_its_assets_a_site_says_how_to_build_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from doorstep.cli import serve
    from doorstep.errors import ConfigurationError
    from doorstep.web import layout

    monkeypatch.setattr(layout, "ASSETS", tmp_path)
    with pytest.raises(ConfigurationError, match="make assets"):
        serve._needs_assets()


def test_a_server_answers_with_styles_and_stops_when_told(server: Any, site: None) -> None:
    drill = Drill(server, "served_up", is_migrated=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = drill.words("serve", "--port", str(port), "--workers", "1", DOORSTEP_HOSTS="localhost")
    serving = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert json.loads(_fetch(f"http://localhost:{port}/ready", serving)) == {"is_ready": True}
        assert b".nhsuk-header" in _fetch(f"http://localhost:{port}/static/doorstep.css", serving)
        assert b"Log in" in _fetch(f"http://localhost:{port}/log-in?next=/secret-value", serving)
    finally:
        serving.send_signal(signal.SIGTERM)
        said, _ = serving.communicate(timeout=30)
    assert b"secret-value" not in said
    with pytest.raises(URLError):
        urlopen(f"http://localhost:{port}/health", timeout=5)


def _fetch(address: str, serving: subprocess.Popen[bytes]) -> bytes:
    for _ in range(240):
        assert serving.poll() is None, "the server ended"
        try:
            with urlopen(address, timeout=10) as answer:
                return bytes(answer.read())
        except URLError:
            time.sleep(0.25)
    pytest.fail("the server never answered")


def test_once_an_administrator_has_enrolled_no_command_makes_another(server: Any, site: None) -> None:
    drill = Drill(server, "served_first", is_migrated=True)
    assert drill.run("migrate", "--administrator", "ana@example.org", "--name", "Ana").returncode == 0
    with psycopg.connect(drill.url) as connection:
        connection.execute("update accounts_invitation set used_at = now()")
    refused = drill.run("migrate", "--administrator", "ben@example.org", "--name", "Ben")
    assert refused.returncode == 2
    assert "has an administrator" in refused.stderr
