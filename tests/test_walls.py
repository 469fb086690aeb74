"""The walls between rooms hold, each room's door says what it is for, and nothing heavy stands in a doorway."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "doorstep"
ROOMS = sorted(p.parent for p in SOURCE.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_a_rooms_door_says_what_it_is_for_in_at_most_fifteen_lines(room: Path) -> None:
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert 2 <= len(told.splitlines()) <= 15
    assert "Plane" in told


def test_the_import_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=SOURCE.parent.parent)
    assert done.returncode == 0, done.stdout


def test_the_layouts_can_be_read_without_anything_heavy() -> None:
    code = (
        "import sys, doorstep.records.contracts; "
        "print(sorted(set(sys.modules) & {'duckdb', 'numpy', 'pyarrow', 'lxml', 'sqlglot'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
