"""The restore drill: what is backed up comes back row for row, and nothing half restored is ever left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from site_drill import Drill

from doorstep.errors import ConfigurationError, DataError, NotWhatItClaimsError

MADE = """
import django; django.setup()
from doorstep.web.accounts import demo
from doorstep.web.audit import actions
demo.make()
actions.seal()
actions.record(actor=None, action="read", thing="figure")
"""


@pytest.fixture(scope="module")
def full(server: Any, site: None) -> Drill:
    """A site with accounts, a sealed trail and one event that has no seal yet."""
    drill = Drill(server, "drill_full", is_migrated=True)
    environment = {**os.environ, "DATABASE_URL": drill.url, "DJANGO_SETTINGS_MODULE": "doorstep.web.settings"}
    subprocess.run([sys.executable, "-c", MADE], env=environment, check=True)
    return drill


@pytest.fixture(scope="module")
def file(full: Drill, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("backup") / "site.backup"
    done = full.run("backup", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def empty(server: Any, request: pytest.FixtureRequest) -> Iterator[Drill]:
    name = f"drill_{abs(hash(request.node.name))}"
    drill = Drill(server, name)
    yield drill
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


def test_every_row_comes_back_and_the_audit_trail_verifies(full: Drill, file: Path, empty: Drill) -> None:
    done = empty.run("restore", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["seals"] == 2
    assert empty.hashes() == full.hashes()
    # A count of our own, beside the hashes: six accounts, and their events.
    assert empty.ask("select count(*) from accounts_user") == [(6,)]
    assert empty.ask("select count(*), max(id) from audit_event") == full.ask(
        "select count(*), max(id) from audit_event"
    )
    assert empty.run("audit", "verify").returncode == 0


def test_a_restored_site_goes_on_where_it_stopped_and_still_refuses_to_change_the_trail(
    file: Path, empty: Drill
) -> None:
    empty.restore(file)
    newest = empty.ask("select max(id) from audit_event")[0][0]
    with psycopg.connect(empty.url) as connection:
        added = connection.execute(
            "insert into audit_event (at, roles, action, thing, thing_id, place, outcome, request, detail) "
            "values (now(), '', 'read', 'figure', '', '', 'allowed', '', '{}') returning id"
        ).fetchone()
    assert added == (newest + 1,)
    with psycopg.connect(empty.url) as connection, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        connection.execute("delete from audit_event")


def test_nobody_is_logged_in_by_a_restore(full: Drill, file: Path, empty: Drill) -> None:
    with psycopg.connect(full.url) as connection:
        connection.execute("insert into django_session values ('k', 'x', now()) on conflict do nothing")
    empty.restore(file)
    assert empty.ask("select count(*) from django_session") == [(0,)]


def test_nothing_is_put_over_what_is_there(full: Drill, file: Path) -> None:
    before = full.hashes()
    with pytest.raises(DataError, match="not empty"):
        full.restore(file)
    assert full.hashes() == before


@pytest.mark.parametrize("where", [0.2, 0.5, 0.999])
def test_a_file_with_one_byte_changed_is_refused_and_the_database_stays_empty(
    file: Path, empty: Drill, tmp_path: Path, where: float
) -> None:
    raw = bytearray(file.read_bytes().rstrip(b"\0"))
    raw[int(len(raw) * where)] ^= 1
    changed = tmp_path / "changed.backup"
    changed.write_bytes(bytes(raw) + b"\0" * 10240)
    with pytest.raises(NotWhatItClaimsError):
        empty.restore(changed)
    assert empty.is_empty()


def test_a_file_cut_short_or_of_another_kind_is_refused(file: Path, empty: Drill, tmp_path: Path) -> None:
    for n, content in enumerate((file.read_bytes()[: file.stat().st_size // 2], b"", b"PK\x03\x04 a zip")):
        other = tmp_path / f"{n}.backup"
        other.write_bytes(content)
        with pytest.raises(NotWhatItClaimsError):
            empty.restore(other)
    assert empty.is_empty()


def test_killed_in_the_middle_the_database_is_empty_as_before(file: Path, empty: Drill) -> None:
    with psycopg.connect(empty.url) as blocker:
        # An uncommitted table of that name holds the restore up in its middle: it waits to make its own.
        blocker.execute("create table otp_totp_totpdevice (id int)")
        command, environment = empty.words("restore", str(file))
        restoring = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE)
        try:
            _until_it_waits(empty, restoring)
        finally:
            os.killpg(restoring.pid, signal.SIGKILL)
            restoring.communicate()
        blocker.rollback()
    assert empty.is_empty()
    empty.restore(file)


def _until_it_waits(drill: Drill, restoring: subprocess.Popen[bytes]) -> None:
    asked = "select count(*) from pg_stat_activity where application_name = 'pg_restore' and wait_event_type = 'Lock'"
    for _ in range(300):
        if drill.ask(asked) == [(1,)]:
            return
        assert restoring.poll() is None, "the restore ended before it was killed"
        time.sleep(0.1)
    pytest.fail("the restore never came to the table that is held")


def test_another_roles_or_a_newer_versions_backup_is_refused(file: Path, empty: Drill) -> None:
    from doorstep.web.backup import restoring

    with pytest.raises(ConfigurationError, match="a national site"):
        empty.restore(file, role="place")
    with pytest.raises(ConfigurationError, match="does not know"):
        restoring.restore(empty.url, file, role="national", known_migrations={"accounts.0001_initial"})
    assert empty.is_empty()


def test_rows_that_are_not_those_of_the_manifest_are_told(file: Path, empty: Drill, tmp_path: Path) -> None:
    from dataclasses import replace

    from doorstep.web.backup import files
    from doorstep.web.backup.tables import Content

    forged = tmp_path / "forged.backup"
    with files.opened(file) as (manifest, dump):
        other = {**manifest.tables, "accounts_user": Content(5, "0" * 64)}
        files.write(forged, replace(manifest, tables=other), dump)
    with pytest.raises(NotWhatItClaimsError, match="accounts_user"):
        empty.restore(forged)


def test_a_broken_trail_is_told_with_exit_code_4(file: Path, empty: Drill) -> None:
    empty.restore(file)
    with psycopg.connect(empty.url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update audit_event set action = 'nothing' where id = (select min(id) from audit_event)")
    broken = empty.run("audit", "verify")
    assert broken.returncode == 4
    assert "changed after it was sealed" in broken.stdout


def test_an_event_that_commits_late_gets_its_own_seal(full: Drill) -> None:
    written = (
        "insert into audit_event (at, roles, action, thing, thing_id, place, outcome, request, detail) "
        "values (now(), '', 'late', 'figure', '', '', 'allowed', '', '{}')"
    )
    with psycopg.connect(full.url) as slow:
        slow.execute(written.encode())
        with psycopg.connect(full.url) as quick:
            quick.execute(written.encode())
        command, environment = full.words("audit", "seal")
        sealing = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(2)
        assert sealing.poll() is None, "sealed while an event with a smaller number was not committed"
        slow.commit()
        assert sealing.communicate()[0].startswith(b"sealed 2 events")
    assert full.run("audit", "verify").returncode == 0


def test_a_password_is_on_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from doorstep.web.backup import programs

    seen: list[Any] = []

    def look(command: list[str], **named: Any) -> Any:
        seen.append((command, named["env"]["PGPASSWORD"]))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", look)
    programs.run("pg_dump", "postgresql://ana:s3cret@db/site?sslmode=require", "--format=custom")
    command, password = seen[0]
    assert password == "s3cret"
    assert not any("s3cret" in word for word in command)
    assert any("sslmode=require" in word for word in command)
