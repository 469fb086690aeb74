"""What tests of the planner share: a question as an address, pages as words, files as rows, and scripts under Node."""

from __future__ import annotations

import csv
import html
import importlib.util
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "src" / "doorstep" / "web" / "layout" / "frontend" / "where"
HALTON = "where=Halton&kinds=library&kinds=practice&how=number&n=2&aim=median&within=2&weight=need&road_factor=1.3"


def words_of(page: Any) -> str:
    """Return what stands in a page's main part, as words."""
    text = page.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows_of(answer: Any) -> list[dict[str, str]]:
    """Return a CSV answer's rows."""
    return list(csv.DictReader(answer.content.decode().splitlines()))


@cache
def node() -> Path:
    """Return Node as the build of the assets finds it."""
    spec = importlib.util.spec_from_file_location("build_assets", ROOT / "scripts" / "build_assets.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder: Path = module._node()[0]
    return folder / "node"


def run(script: str, module: str, given: Any) -> Any:
    """Return what `script` makes of `given` with a module of the frontend imported as `m`, by way of JSON."""
    begin = (
        f"import * as m from {json.dumps((SCRIPTS / module).as_uri())};\nimport {{ readFileSync }} from 'node:fs';\n"
    )
    read = "const given = JSON.parse(readFileSync(0, 'utf8'));\n"
    code = f"{begin}{read}console.log(JSON.stringify((() => {{ {script} }})()));"
    words = [str(node()), "--input-type=module", "--eval", code]
    done = subprocess.run(words, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
