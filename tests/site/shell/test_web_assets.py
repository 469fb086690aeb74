"""The site's stylesheet and scripts: built from what is there now, from no other host, and in every wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

import build_assets  # noqa: E402


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Assets that are as they should be, over sources of one file."""
    sources, assets = tmp_path / "frontend", tmp_path / "assets"
    sources.mkdir()
    (sources / "doorstep.scss").write_text("a")
    monkeypatch.setattr(build_assets, "SOURCES", sources)
    monkeypatch.setattr(build_assets, "ASSETS", assets)
    for name in build_assets.NEEDED:
        (assets / name).parent.mkdir(parents=True, exist_ok=True)
        (assets / name).write_text("built")
    (assets / build_assets.STAMP).write_text(build_assets.sources_hash())
    return tmp_path


def test_assets_are_right_until_a_source_changes(made: Path) -> None:
    assert build_assets.state() == ""
    (made / "frontend" / "node_modules").mkdir()
    (made / "frontend" / "node_modules" / "x.js").write_text("not a source")
    assert build_assets.state() == ""
    (made / "frontend" / "doorstep.scss").write_text("b")
    assert "other sources" in build_assets.state()


@pytest.mark.parametrize("name", build_assets.NEEDED)
def test_each_missing_file_is_named(made: Path, name: str) -> None:
    (made / "assets" / name).unlink()
    assert name in build_assets.state()


def test_a_wheel_without_assets_is_not_built_and_an_editable_install_is(made: Path) -> None:
    from hatch_build import NeedsAssets

    hook: Any = object.__new__(NeedsAssets)
    hook.initialize("standard", {})
    (made / "assets" / "doorstep.css").unlink()
    with pytest.raises(SystemExit, match=r"scripts/build_assets\.py"):
        hook.initialize("standard", {})
    hook.initialize("editable", {})


def test_the_lock_names_versions_and_hashes_and_no_host() -> None:
    frontend = ROOT / "src" / "doorstep" / "web" / "layout" / "frontend"
    lock = json.loads((frontend / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 3
    assert "://" not in (frontend / "package-lock.json").read_text()
    assert all("resolved" not in one and one["integrity"].startswith("sha512-") for one in packages.values())
    wanted = json.loads((frontend / "package.json").read_text())
    asked = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in asked.values())
    assert "omit-lockfile-registry-resolved=true" in (frontend / ".npmrc").read_text()


def test_styles_and_scripts_ask_no_other_host_for_anything(site: None) -> None:
    assets = ROOT / "src" / "doorstep" / "web" / "layout" / "assets"
    styles = (assets / "doorstep.css").read_text()
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", styles)
    assert "@font-face" not in styles
    for script in assets.glob("*.js"):
        assert not re.findall(r"(?:fetch|import)\(\s*[\"'`]https?:", script.read_text()), script.name


def test_no_built_file_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "src/doorstep/web/layout"], cwd=ROOT, capture_output=True, text=True)
    assert "templates/layout.jinja" in listed.stdout
    assert "assets/" not in listed.stdout
    assert "node_modules" not in listed.stdout
