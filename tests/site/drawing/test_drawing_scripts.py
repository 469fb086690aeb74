"""The scripts of the drawing page that need no page, run by Node on small grids and on England's borders."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
LAYOUT = ROOT / "src" / "doorstep" / "web" / "layout"


@pytest.fixture(scope="module")
def node() -> str:
    """Return Node as the assets are built with it: the system's, or the wheel's."""
    spec = importlib.util.spec_from_file_location("build_assets", ROOT / "scripts" / "build_assets.py")
    assert spec and spec.loader
    build: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    folder, _ = build._node()
    return str(folder / ("node.exe" if os.name == "nt" else "node"))


def test_the_scripts_do_what_their_own_tests_say(node: str) -> None:
    england = LAYOUT / "assets" / "where"
    environment = {**os.environ, "SCRIPTS": str(LAYOUT / "frontend" / "where"), "ENGLAND": str(england)}
    tests = Path(__file__).with_name("drawing.test.mjs")
    done = subprocess.run([node, "--test", str(tests)], env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"pass (\d+)", done.stdout)
    assert passed and int(passed[1]) >= 15
