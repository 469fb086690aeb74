"""The pack as one HTML file that stands alone: styles in one element, drawings inside, nothing from another host."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from doorstep.programme.scorecard.exhibits import Picture
from doorstep.programme.scorecard.pack import Contents
from doorstep.programme.scorecard.pack_tables import printed
from doorstep.programme.scorecard.words import month_words
from doorstep.reference.policy import written
from doorstep.web.charts.drawn import SEAM

ROOM = "doorstep.programme.scorecard"
FOLDER = "pack_templates"
_STYLE = "<style>"


def html(contents: Contents, *, is_demo: bool) -> str:
    """Return the whole file, each drawing in two widths; the same contents give the same text."""
    template = _environment().get_template("pack.jinja")
    return template.render(contents=contents, is_demo=is_demo, style=Markup(_style()))  # noqa: S704  (our own file)


def for_paper(page: str) -> str:
    """Return a pack without the drawings for phones, which paper never shows."""
    return re.sub(rf"{SEAM}<svg.*?</figure>", "</figure>", page, flags=re.DOTALL)


def with_nonce(page: str, nonce: str) -> str:
    """Return a kept file for the site, whose policy takes no style without the answer's own nonce."""
    if page.count(_STYLE) != 1 or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", nonce):
        raise ValueError("a pack has one style element, and a nonce is base64")
    return page.replace(_STYLE, f'<style nonce="{nonce}">')


@cache
def _environment() -> Environment:
    loader = PackageLoader(ROOM, FOLDER)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(printed=printed, day=written, month=month_words, drawing=_drawing, anchor=_anchor)
    return made


@cache
def _style() -> str:
    return (files(ROOM) / FOLDER / "pack.css").read_text(encoding="utf-8")


def _drawing(picture: Picture) -> Markup:
    """Return a drawing of ours as it is: every text in it was escaped when it was drawn."""
    return Markup(picture.svg)  # noqa: S704


def _anchor(definition: str) -> str:
    """Return a definition as the name of its place in the page: `definition-O4-1-1`."""
    return f"definition-{re.sub(r'[^A-Za-z0-9]+', '-', definition)}"
