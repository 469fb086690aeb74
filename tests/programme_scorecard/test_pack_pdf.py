"""The PDF: tagged, with bookmarks, a language and page numbers, and nothing fetched."""

from __future__ import annotations

import re
import zlib
from functools import cache

import pytest
from small_figures import figures, line, month

from doorstep.errors import NotWhatItClaimsError
from doorstep.programme.scorecard import pack, pack_pages, pack_pdf


@cache
def _pdf() -> bytes:
    lines = [line("patients", "sefton", month(4), 1000), line("O2b", "sefton", month(4), 20)]
    page = pack_pages.html(pack.of_place(figures(lines), "sefton"), is_demo=True)
    return pack_pdf.pdf(pack_pages.for_paper(page))


@cache
def _inside() -> bytes:
    """The file with its compressed streams unpacked."""
    found = [_pdf()]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", _pdf(), re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_it_is_tagged_for_readers_of_screens() -> None:
    assert _pdf().startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in _inside() and b"/StructTreeRoot" in _inside()
    assert b"pdfuaid:part" in _inside()
    assert b"/Lang (en-GB)" in _inside()


def test_every_drawing_has_words_instead() -> None:
    n_drawings = 7  # overview, caseload, three breakdowns, the series and its icon
    assert len(re.findall(rb"/S\s*/Figure", _inside())) == n_drawings
    assert len(re.findall(rb"/Alt\s*[(<]", _inside())) == n_drawings


def test_it_has_bookmarks_for_its_headings() -> None:
    assert b"/Outlines" in _inside()
    titles = _inside().count(b"/Title")
    assert titles > len(pack.of_place(figures([line("patients", "sefton", month(4), 1000)]), "sefton").topics)


@pytest.mark.parametrize("asks", ["https://example.org/x.png", "file:///etc/hostname"])
def test_a_page_that_asks_for_anything_is_refused(asks: str) -> None:
    with pytest.raises(NotWhatItClaimsError, match=f"the pack's page asks for {asks}"):
        pack_pdf.pdf(f'<!DOCTYPE html><html lang="en"><title>x</title><body><img src="{asks}" alt="x">')
