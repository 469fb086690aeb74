"""Runs the front end's own modules under Node, so that what a browser computes is held to what Python does."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WHERE = ROOT / "src" / "doorstep" / "web" / "layout" / "frontend" / "where"
sys.path.insert(0, str(ROOT / "scripts"))


@cache
def node() -> str:
    """Return the program: the system's, or the wheel's."""
    from build_assets import _node

    return str(_node()[0] / "node")


def run(module: str, code: str, *words: str) -> Any:
    """Return what the code's `answer` is, as JSON; the module stands in `module`, the words in `words`."""
    script = (
        f"import * as module from {json.dumps((WHERE / module).as_uri())};\n"
        f"import {{ readFileSync }} from 'node:fs';\nconst words = {json.dumps(words)};\n{code}\n"
        "console.log(JSON.stringify(answer));"
    )
    done = subprocess.run([node(), "--input-type=module", "-"], input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
