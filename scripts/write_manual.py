"""Write the manual pages that come from definition files: `python scripts/write_manual.py`."""

from __future__ import annotations

from pathlib import Path

from doorstep.planning import manual

PAGES = Path(__file__).parents[1] / "docs" / "reference"


def main() -> None:
    """Write both pages and say where."""
    for name, text in (("metrics.md", manual.metrics_markdown()), ("choices.md", manual.choices_markdown())):
        (PAGES / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
