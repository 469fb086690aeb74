"""The pages' examples print what the pages say they print."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

import doorstep.statistics as room

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "src" / "doorstep" / "statistics" / "README.md"
PAGES = (README, ROOT / "docs" / "how-to" / "come-from-the-r-packages.md")
EXAMPLE = re.compile(r"```python\n(.*?)```\n```text\n(.*?)```", re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_example_prints_what_stands_below_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    examples = EXAMPLE.findall(text)
    assert len(examples) == text.count("```python") > 0
    names: dict[str, Any] = {}
    for code, expected in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected


def test_the_first_example_takes_five_lines() -> None:
    code, _ = EXAMPLE.findall(README.read_text(encoding="utf-8"))[0]
    assert len([line for line in code.splitlines() if line]) == 5


def test_the_readme_names_every_function_of_the_door() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z]\w+", text)) | {f"weighted_{end}" for end in re.findall(r"`…_(\w+)`", text)}
    functions = {name for name in room._HOMES if name.islower()} - {"indirectly_standardised_rate"}
    assert functions - named == set()
