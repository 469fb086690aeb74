"""The QR code of a new authenticator, drawn here: its secret goes to no other host."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Return a QR code as SVG, without style attributes, as the content security policy wants it."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, svgclass="app-qr", lineclass=None, omitsize=True, border=4
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  (drawn by us from squares alone)
