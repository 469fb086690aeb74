"""Pages and files of exhibits: choose the edition, build the exhibit once, render it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorstep.programme.scorecard import asking, building, csv_files, editions, holdings, presenting
from doorstep.programme.scorecard.asking import Address, NothingYetError, UnknownError
from doorstep.programme.scorecard.conditional import unchanged
from doorstep.programme.scorecard.exhibits import Asked
from doorstep.programme.scorecard.titles import titles
from doorstep.programme.scorecard.unknown import in_words, nothing_yet
from doorstep.web.requests import KnownRequest


@require_safe
@in_words
def landing(request: KnownRequest) -> HttpResponse:
    """Show the overview: of the country, or on a Place's own installation of that Place; else the list of exhibits."""
    try:
        shown = edition_of(request)
    except NothingYetError:
        return nothing_yet(request)
    held = holdings.holdings(shown[0])
    if settings.DOORSTEP_ROLE == "place" and len(held.places) == 1:
        return _page(request, "overview-place", f"{next(iter(held.places))}/", shown)
    return _page(request, "overview", "", shown)


@require_safe
@in_words
def exhibit(request: KnownRequest, kind: str, words: str) -> HttpResponse:
    """Show an exhibit; where the address lacks something it needs, the form that chooses it."""
    return _page(request, kind, words, edition_of(request))


def _page(request: KnownRequest, kind: str, words: str, shown: tuple[Any, tuple[Any, ...]]) -> HttpResponse:
    found = asking.kind_of(kind, settings.DOORSTEP_ROLE)
    edition, among = shown
    held = holdings.holdings(edition)
    address = asking.address(found, split(words), edition, held, own_of(request, held))
    query, kinds = presenting.query_of(edition, among[0]), asking.kinds(settings.DOORSTEP_ROLE)
    shared = {
        "address": address,
        "edition": edition,
        "editions": among,
        "query": query,
        "fields": presenting.fields(address, held, titles()),
        "ways_on": presenting.ways_on(address, kinds, query),
        "choose": reverse("exhibit-choose", args=[kind]),
    }
    if not address.is_whole:
        return render(request, "scorecard/choose.jinja", shared)
    made = building.exhibit(address)
    links = presenting.links_of(address, held, {one.id for one in kinds}, query)
    return render(request, "scorecard/exhibit.jinja", shared | presenting.page(made, address, query, links))


@require_safe
@in_words
def choose(request: KnownRequest, kind: str) -> HttpResponse:
    """Lead to the address of what was chosen in the form."""
    found = asking.kind_of(kind, settings.DOORSTEP_ROLE)
    edition, among = edition_of(request)
    held = holdings.holdings(edition)
    asked = Asked(edition)
    for need in found.needs:
        if word := request.GET.get(need, ""):
            asked = asking.with_word(asked, need, word, held)
    path = presenting.leading(Address(found, asked))
    return redirect(reverse("exhibit", args=[kind, path]) + presenting.query_of(edition, among[0]))


@require_safe
@in_words
def csv_file(request: KnownRequest, kind: str, words: str, table: str) -> HttpResponse:
    """Answer a table of an exhibit as CSV."""
    address, made, position = _table(request, kind, words, table)
    name = csv_files.file_name(address, table)
    beside = reverse("exhibit-csv-metadata", args=[kind, words, table])
    query = urlencode({"edition": address.asked.edition.number})

    def answer() -> HttpResponse:
        written = csv_files.written(csv_files.sheets(made)[position])
        response = HttpResponse(written, content_type="text/csv; charset=utf-8; header=present")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Link"] = f'<{beside}?{query}>; rel="describedby"; type="application/csvm+json"'
        return response

    return unchanged(request, address, answer)


@require_safe
@in_words
def csv_metadata(request: KnownRequest, kind: str, words: str, table: str) -> HttpResponse:
    """Answer what stands beside a CSV: its edition, notes, sources and columns."""
    address, made, position = _table(request, kind, words, table)
    sheet, name = csv_files.sheets(made)[position], csv_files.file_name(address, table)
    return unchanged(
        request,
        address,
        lambda: JsonResponse(
            csv_files.metadata(made, sheet, address, name),
            content_type="application/csvm+json",
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={"Content-Disposition": f'attachment; filename="{name}-metadata.json"'},
        ),
    )


def _table(request: KnownRequest, kind: str, words: str, table: str) -> tuple[Address, Any, int]:
    address = whole_address(request, kind, words)
    made = building.exhibit(address)
    for position in range(len(csv_files.sheets(made))):
        if csv_files.table_name(position) == table:
            return address, made, position
    raise UnknownError(f"This exhibit has no {table}", expected=f"table-1 to table-{len(csv_files.sheets(made))}")


def whole_address(request: KnownRequest, kind: str, words: str) -> Address:
    """Return what an address asks for; UnknownError where it names nothing, or lacks something."""
    found = asking.kind_of(kind, settings.DOORSTEP_ROLE)
    edition, _ = edition_of(request)
    held = holdings.holdings(edition)
    address = asking.address(found, split(words), edition, held, own_of(request, held))
    if not address.is_whole:
        raise UnknownError(f"{found.title} needs {' and '.join(found.needs)}")
    return address


def edition_of(request: KnownRequest) -> tuple[Any, tuple[Any, ...]]:
    """Return the edition asked for, and all that this person may see, newest first."""
    among = editions.shown_to(request.roles)
    return editions.chosen(request.GET.get("edition", ""), among), among


def own_of(request: KnownRequest, held: holdings.Holdings) -> str:
    """Return the Place whose true numbers are shown; nothing where safe figures are."""
    return next(iter(held.places), "") if editions.sees_true_numbers(request.roles) else ""


def split(words: str) -> tuple[str, ...]:
    """Return the words of an address."""
    return tuple(filter(None, words.split("/")))
