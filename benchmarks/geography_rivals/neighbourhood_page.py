"""The page of results: what each tool drew, the trade-off, and the councils without a fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plot import Mark, svg

HEAD = """# Drawing neighbourhoods, side by side

Made by `python benchmarks/neighbourhoods.py england` and `councils`, with the numbers in `neighbourhoods.json`. Every
drawing is counted by one judge: areas with 30,000 to 50,000 residents (2021 Census), areas that do not hang together,
councils that an area crosses, and three measures of compactness:

- squared km: the mean squared distance of residents to their area's centre of population (less is more compact);
- roundness: 4 pi area / perimeter squared (Polsby and Popper), the mean over residents (more is more compact);
- border: km of border between areas of one council (less is more compact).
"""
PANELS = ("squared km (less is better)", "roundness (more is better)", "border between areas, km (less is better)")


def page(kept: dict[str, Any], folder: Path) -> None:
    """Write neighbourhoods.md and neighbourhoods.svg from what was measured."""
    lines = HEAD.splitlines()
    if "england" in kept:
        lines += _england(kept["england"])
        marks = [_mark(r) for r in kept["england"]["rows"]]
        (folder / "neighbourhoods.svg").write_text(svg(marks, PANELS), encoding="utf-8")
    if "councils" in kept:
        lines += _councils(kept["councils"])
    (folder / "neighbourhoods.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _mark(row: dict[str, Any]) -> Mark:
    values = (row["squared_km"], row["roundness"], row["border_km"])
    return Mark(row["who"], row["setting"], row["n"] - row["in_band"], values)


def _england(told: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## All of England", "", f"{told['on']}; {told['machine']}. {told.get('said', '')}".rstrip(), "")
    yield (
        "| drawn by | setting | wall s | cpu s | peak MB | areas | in band | share | in pieces | councils crossed | "
        "squared km | roundness | border km |"
    )
    yield "|---|---|" + "---:|" * 11
    for r in told["rows"]:
        yield (
            f"| {r['who']} | {r['setting']} | {r['wall']:.1f} | {r['cpu']:.1f} | {r['peak_mb']:,.0f} | {r['n']:,} | "
            f"{r['in_band']:,} | {r['in_band'] / r['n']:.2%} | {r['in_pieces']} | {r['crossed']} | "
            f"{r['squared_km']:.2f} | {r['roundness']:.4f} | {r['border_km']:,.0f} |"
        )
    yield from ("", *_against(told["rows"]), "", "![Areas outside the band against compactness](neighbourhoods.svg)")
    yield from ("", "Areas outside the band in the first drawing: ", "")
    yield from (f"- {name}: {people:,} residents" for name, people in told["outside"])
    yield from ("", "What the command says of councils in pieces and without a fit:", "")
    yield from (f"- {note}" for note in told["notes"])


def _against(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say how the first drawing stands beside each other tool's drawing with most areas in the band."""
    ours = rows[0]
    for who in dict.fromkeys(r["who"] for r in rows if r["who"] != ours["who"]):
        best = max((r for r in rows if r["who"] == who), key=lambda r: (r["in_band"], -r["border_km"]))
        yield (
            f"Beside {who} where it has most areas in the band ({best['setting']}): {ours['in_band']:,} areas in the "
            f"band against {best['in_band']:,}; squared km {ours['squared_km'] / best['squared_km'] - 1:+.1%}, "
            f"roundness {ours['roundness'] / best['roundness'] - 1:+.1%}, "
            f"border {ours['border_km'] / best['border_km'] - 1:+.1%}."
        )
        yield ""


def _councils(told: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## SKATER and max-p, by council", "", f"{told['on']}; {told['machine']}. {told.get('said', '')}")
    yield (
        f"One thread; SKATER and max-p have {told['limit']} processor seconds a council, imports included. SKATER is "
        "given the number of areas, max-p the fewest residents of an area; neither takes the most."
    )
    yield ""
    yield "| council | LSOAs | drawn by | cpu s | areas | in band | squared km | roundness | border km |"
    yield "|---|---:|---|" + "---:|" * 6
    for r in told["rows"]:
        start = f"| {r['council']} | {r['areas']} | {r['who']} | {r['cpu']:.1f} |"
        if "n" not in r:
            yield f"{start} {r['ended']} | | | | |"
            continue
        compact = f"{r['squared_km']:.2f} | {r['roundness']:.4f} | {r['border_km']:.0f}"
        yield f"{start} {r['n']} | {r['in_band']} | {compact} |"
