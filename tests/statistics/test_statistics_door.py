"""The door of the room: what it names exists, and opening it loads nothing heavy."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import doorstep.statistics as room

FOLDER = Path(room.__file__).parent


def _named_for_types() -> dict[str, str]:
    """Return names and modules of the imports that type checkers see."""
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.name: str(node.module).removeprefix("doorstep.statistics.")
        for node in imports
        if str(node.module).startswith("doorstep.statistics")
        for alias in node.names
    }


def test_what_type_checkers_see_is_what_there_is() -> None:
    assert _named_for_types() == room._HOMES


def test_every_name_leads_to_its_own_module() -> None:
    for name, module in room._HOMES.items():
        assert getattr(room, name) is getattr(importlib.import_module(f"doorstep.statistics.{module}"), name)


def test_no_name_is_that_of_a_module_which_would_stand_in_front_of_it() -> None:
    modules = {path.stem for path in FOLDER.iterdir()}
    assert modules.isdisjoint(room._HOMES)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(room, "median_of_medians")


def test_the_door_opens_without_anything_heavy() -> None:
    code = (
        "import sys, doorstep.statistics; "
        "print(sorted(set(sys.modules) & {'numpy', 'scipy', 'narwhals', 'pandas', 'statsmodels'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_indicators_and_frames_load_neither_pandas_nor_statsmodels() -> None:
    code = (
        "import sys; from doorstep.statistics import directly_standardised_rate, slope_index, frames; "
        "print(sorted(set(sys.modules) & {'pandas', 'polars', 'statsmodels', 'scipy.stats'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
