"""The root command: help without heavy imports, and errors that teach instead of tracebacks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from doorstep.cli.app import VERBS, main
from doorstep.errors import ConfigurationError


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from doorstep.cli.app import cli; cli(['--help'], standalone_mode=False); "
        "print(sorted(set(sys.modules) & {'duckdb', 'numpy', 'pyarrow', 'openpyxl', 'lxml', 'sqlglot'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"
    assert all(verb in out for verb in VERBS)


def test_a_users_mistake_ends_in_a_message_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def stumble(**_: object) -> None:
        raise ConfigurationError("no key", expected="a key", where="vault/key", do="run `doorstep init`")

    with pytest.raises(SystemExit) as stop:
        main([], run=stumble)
    assert stop.value.code == 3
    assert capsys.readouterr().err.splitlines() == [
        "doorstep: vault/key: no key",
        "  expected: a key",
        "  to do:    run `doorstep init`",
    ]
