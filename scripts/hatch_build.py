"""Refuse to build a wheel or a source archive without the site's assets; an editable install needs none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build_assets


class NeedsAssets(BuildHookInterface[Any]):
    """Looks at the assets before anything is packed."""

    PLUGIN_NAME = "needs-assets"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop the build where the assets are missing or older than their sources."""
        if version != "editable" and (wrong := build_assets.state()):
            sys.exit(f"the site's assets are not right: {wrong}\n  to do:    python scripts/build_assets.py")
