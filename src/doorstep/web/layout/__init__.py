"""The look of every page: templates, the design system, our styles and scripts."""

from pathlib import Path

ASSETS = Path(__file__).resolve().parent / "assets"  # built into the wheel; see scripts/build_assets.py
