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


CHILD = """
    import sys, time
    import django
    django.setup()
    from doorstep.programme.places import actions as places
    from doorstep.programme.submissions import actions
    if sys.argv[1] == "seed":
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
        places.seed(None)
    elif sys.argv[1] == "count":
        from doorstep.programme.submissions.models import Finding, Submission
        print(Submission.objects.count(), Finding.objects.count() > 0)
    else:
        if sys.argv[1] == "stop":
            def wait(*_):
                from doorstep.programme.submissions.models import Submission
                print(Submission.objects.count(), flush=True)  # it sees its own row
                time.sleep(60)
            actions._note_audit = wait
        content = open(sys.argv[2], "rb").read()
        actions.receive(file_name="return.xlsx", content=content, by=None)
"""


def test_a_process_killed_in_the_middle_leaves_no_half_submission(server: Any, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": server.create("killed"), "DOORSTEP_TODAY": "2026-09-20"}
    path = tmp_path / "kept.xlsx"
    path.write_bytes(workbook(tmp_path, figures(O2a=12)))

    def child(*words: str) -> subprocess.Popen[str]:
        code = [sys.executable, "-c", textwrap.dedent(CHILD), *words]
        return subprocess.Popen(code, env=environment, stdout=subprocess.PIPE, text=True)

    def ended(*words: str) -> str:
        with child(*words) as process:
            said = process.communicate(timeout=120)[0]
        assert process.returncode == 0
        return said.strip()

    ended("seed")
    with child("stop", str(path)) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline().strip() == "1"
        stopped.send_signal(signal.SIGKILL)
    assert ended("count") == "0 False"
    ended("send", str(path))
    assert ended("count") == "1 True"
