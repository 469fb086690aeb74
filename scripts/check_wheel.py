"""Build the wheel, fill a wheelhouse, install from it with no index in a new environment, and run `doorstep --help`.

NHS servers are closed: what cannot be installed offline cannot be installed. Run by `make wheel`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

import build_assets

ROOT = Path(__file__).resolve().parent.parent
MOST_MB = 30


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command; on failure print what it said and stop."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, check what is inside, install offline, run."""
    with tempfile.TemporaryDirectory() as scratch:
        house = Path(scratch) / "wheelhouse"
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", house, ROOT)
        wheel = next(house.glob("doorstep-*.whl"))
        inspect(wheel)
        lock = ROOT / "requirements" / "core.lock"
        run(sys.executable, "-m", "pip", "download", "-q", "--require-hashes", "-r", lock, "-d", house)
        place = Path(scratch) / "venv"
        venv.create(place, with_pip=True)
        python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        run(python, "-m", "pip", "install", "-q", "--no-index", "--find-links", house, "doorstep")
        shown = run(python.with_name("doorstep"), "--help", cwd=Path(scratch))
        facts = run(python.with_name("doorstep"), "reference", "verify", cwd=Path(scratch))
        if "find the people" not in shown:
            sys.exit(f"the installed command does not show its help:\n{shown}")
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, installed offline, runs\n{facts.strip()}")


def inspect(wheel: Path) -> None:
    """Stop where the wheel lacks its tables or definitions, or has grown past its bound."""
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "doorstep/py.typed",
        "doorstep/reference/data/lsoa21.parquet",
        "doorstep/reference/data/sources.toml",
        *(f"doorstep/web/layout/assets/{name}" for name in build_assets.NEEDED),
    ):
        if needed not in names:
            sys.exit(f"{wheel.name} has no {needed}")
    if unwanted := [name for name in names if "node_modules" in name]:
        sys.exit(f"{wheel.name} has {len(unwanted)} files of node_modules")
    if wheel.stat().st_size > MOST_MB * 1e6:
        sys.exit(f"{wheel.name} is {wheel.stat().st_size / 1e6:.0f} MB; at most {MOST_MB} MB is allowed")


if __name__ == "__main__":
    main()
