"""All of a submission or nothing: also where the process ends in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import figures, send, workbook


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("step", ["_write_findings", "_check_across", "_note_audit"])
def test_a_failure_at_any_step_leaves_nothing(people: Any, tmp_path: Path, monkeypatch: Any, step: str) -> None:
    from django.db import transaction

    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.models import Finding, Submission
    from doorstep.web.audit.models import Event

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    before = Event.objects.count()
    monkeypatch.setattr(actions, step, fail)
    with pytest.raises(OSError, match="disk"), transaction.atomic():
        send(workbook(tmp_path, figures(O2a=12)), people["sam"])
    assert (Submission.objects.count(), Finding.objects.count(), Event.objects.count()) == (0, 0, before)


# Takes the first file in whole, and stands still in the middle of the second.
CHILD = """
    import sys, time
    import django
    django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    from doorstep.programme.places import actions as places
    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.models import Submission
    places.seed(None)

    def receive(path):
        actions.receive(file_name="return.xlsx", content=open(path, "rb").read(), by=None)

    def wait(*_):
        print(Submission.objects.count(), flush=True)
        time.sleep(60)

    receive(sys.argv[1])
    actions._note_audit = wait
    receive(sys.argv[2])
"""


def test_a_process_killed_in_the_middle_leaves_no_half_submission(server: Any, tmp_path: Path) -> None:
    import psycopg

    address = server.create("killed")
    environment = {**os.environ, "DATABASE_URL": address, "DOORSTEP_TODAY": "2026-09-20"}
    for name, place in (("whole", "Croydon"), ("half", "Sefton")):
        (tmp_path / name).write_bytes(workbook(tmp_path, figures(place, O2a=12)))
    code = [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path / "whole"), str(tmp_path / "half")]
    with subprocess.Popen(code, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "2"  # inside its transaction the second is there
        child.send_signal(signal.SIGKILL)
    with psycopg.connect(address) as con:
        kept = con.execute("select place_id, id from submissions_submission").fetchall()
        found = con.execute("select distinct submission_id from submissions_finding").fetchall()
        said = con.execute("select place from audit_event where action = 'receive'").fetchall()
    assert [place for place, _ in kept] == ["croydon"]
    assert found == [(kept[0][1],)]
    assert said == [("croydon",)]
