"""The practices of each team: chosen in a table or brought as a list, saved as a version."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.errors import DoorstepError
from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.neighbourhoods.facts import flows, likely_teams, teams
from doorstep.geography.neighbourhoods.ground import practices_of_pcn
from doorstep.geography.neighbourhoods.teams import listed_teams, only_these
from doorstep.geography.site.drawing import actions, changing, practices, reading, starting
from doorstep.geography.site.drawing.actions import ChangedMeanwhileError
from doorstep.geography.site.drawing.changing import Changes
from doorstep.geography.site.drawing.forms import TeamsForm
from doorstep.geography.site.drawing.views.meanwhile import base_of, meanwhile
from doorstep.geography.site.drawing.views.parts import crumbs, version_or_404, words_of
from doorstep.geography.site.models import SetVersion
from doorstep.web.downloads import csv_answer
from doorstep.web.requests import KnownRequest

AS_BELOW = "as-below"  # a network whose practices each have a choice of their own


@dataclass(frozen=True)
class _Shown:
    """What the page shows beside the set: changes that are not saved, and what was wrong with them."""

    asked: Changes = field(default_factory=Changes)
    why: str = ""
    is_checked: bool = False
    form: TeamsForm = field(default_factory=TeamsForm)
    errors: tuple[dict[str, str], ...] = ()


@require_http_methods(["GET", "POST"])
def practices_page(request: KnownRequest, slug: str) -> HttpResponse:
    """Show which practices each team has, say what a change would cover, or save it."""
    one = version_or_404(slug)
    if one.valid_to is not None:
        messages.error(request, "This set has ended, so it is not changed any more.")
        return redirect("neighbourhoods-set", slug)
    if request.method == "GET":
        return _page(request, one, _Shown())
    return _list_brought(request, one) if request.POST.get("way") == "list" else _table_sent(request, one)


def _table_sent(request: KnownRequest, one: SetVersion) -> HttpResponse:
    asked, why = Changes(), request.POST.get("why", "")
    try:
        base = version_or_404(one.area_set_id, base_of(request))
        asked = _asked(request, reading.content(base))
        if request.POST.get("way") != "check":
            return _saved(request, one, asked, why)
        return _page(request, base, _Shown(asked, why, is_checked=True))  # saving says what has changed since
    except DoorstepError as error:
        field = "why" if error.where == "why" else "teams"
        words = "Enter why, or where it is written" if field == "why" else words_of(error)
        return _page(request, one, _Shown(asked, why, errors=({"text": words, "href": f"#{field}"},)))


def _asked(request: KnownRequest, made: NeighbourhoodSet) -> Changes:
    """Return what the fields say that is different; a network that goes as a whole takes all its practices along."""
    if request.POST.get("changes"):  # from the page that says what somebody saved meanwhile
        return changing.read(request.POST["changes"])
    sent = [(key, str(value)) for key, value in request.POST.items()]
    wanted = {key[5:]: tuple(value.split()) for key, value in sent if key.startswith("team-")}
    for key, value in sent:
        if key.startswith("whole-") and value != AS_BELOW:
            wanted |= dict.fromkeys(practices_of_pcn().get(key[6:], ()), tuple(value.split()))
    was = teams(made)
    return Changes(teams={practice: ids for practice, ids in wanted.items() if ids != was.get(practice, ())})


def _list_brought(request: KnownRequest, one: SetVersion) -> HttpResponse:
    form = TeamsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, one, _Shown(form=form, errors=_faults(form)))
    told = form.cleaned_data
    try:
        made = reading.content(version_or_404(one.area_set_id, base_of(request)))
        wanted = starting.as_file(
            told["file"].name, told["file"].read(), lambda path: listed_teams(made, path, told["units"])
        )
        asked = Changes(teams=only_these(made, wanted) if told["is_whole"] else wanted)
        return _saved(request, one, asked, told["why"])
    except DoorstepError as error:
        form.add_error("file", words_of(error))
        return _page(request, one, _Shown(form=form, errors=_faults(form)))


def _faults(form: TeamsForm) -> tuple[dict[str, str], ...]:
    ids = {"why": "#list-why"}
    return tuple(
        {"text": str(text), "href": ids.get(name, f"#{name}")} for name, texts in form.errors.items() for text in texts
    )


def _saved(request: KnownRequest, one: SetVersion, asked: Changes, why: str) -> HttpResponse:
    try:
        saved = actions.save_version(
            slug=one.area_set_id, base=base_of(request), changes=asked, why=why, by=request.user
        )  # fmt: skip
    except ChangedMeanwhileError as error:
        return meanwhile(request, error, asked, why)
    messages.success(request, f"Version {saved.version.number} was saved. {saved.difference.sentence}.")
    return redirect("neighbourhoods-set", one.area_set_id)


def _page(request: KnownRequest, one: SetVersion, shown: _Shown) -> HttpResponse:
    made = reading.content(one)
    who = reading.audited(one).flows
    # Where nobody has said anything yet, the page begins with what the lists suggest: to be checked and saved.
    is_proposal = not who.is_stated and not shown.asked.teams and not shown.errors
    wanted = likely_teams(who) if is_proposal else shown.asked.teams
    words = request.GET.get("q", "").strip()[:100]
    networks, n_found = practices.listed(made, who, words)
    seen = {line.code for network in networks for line in network.lines}
    checked = changing.changed(made, shown.asked) if shown.is_checked else None
    context = {
        "one": one,
        "made": made,
        "covered": practices.covered(checked, flows(checked)) if checked else practices.covered(made, who),
        "shown": shown,
        "is_stated": who.is_stated,
        "is_proposal": is_proposal,
        "chosen": {**teams(made), **wanted},
        "labels": {n.id: changing.label_of(n) for n in made.neighbourhoods},
        "networks": networks,
        "unseen": {practice: ids for practice, ids in wanted.items() if practice not in seen},
        "n_found": n_found,
        "n_shown": sum(len(network.lines) for network in networks),
        "words": words,
        "errors": list(shown.errors),
        "crumbs": crumbs(one),
    }
    return render(request, "where/neighbourhoods_practices.jinja", context, status=422 if shown.errors else 200)


@require_safe
def practices_csv(request: KnownRequest, slug: str, number: int) -> HttpResponse:
    """Give the teams' practices of a version as CSV, in the form of a list that is brought."""
    made = reading.content(version_or_404(slug, number))
    return csv_answer(f"{slug}-v{number}-practices.csv", practices.HEADER, practices.rows(made))
