"""The truth beside the rows: people, events, and the cleaned list of those who have not opted out."""

from __future__ import annotations

from pathlib import Path

from doorstep.synthetic.scene import Scene


def write_truth(scene: Scene, folder: Path) -> None:
    """Write."""
