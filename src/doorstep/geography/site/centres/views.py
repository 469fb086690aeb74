"""The planner's pages and files. A question is in the address alone, so that it can be kept and sent on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorstep.errors import DoorstepError
from doorstep.geography.site.centres import answering, by_hand, presenting
from doorstep.geography.site.centres.answering import TooMuchError
from doorstep.geography.site.centres.asking import DEFAULTS, Asked, QuestionForm, references
from doorstep.geography.site.centres.sites import names
from doorstep.geography.siting import by_council, by_quintile
from doorstep.geography.siting.writing import geojson, rows_of
from doorstep.web.downloads import attachment, csv_answer
from doorstep.web.requests import KnownRequest

View = Callable[[KnownRequest, Asked], HttpResponse]


@require_safe
def ask(request: KnownRequest) -> HttpResponse:
    """Show the form, filled in with the question of the address."""
    return _form(request, [])


def _form(request: KnownRequest, errors: list[dict[str, str]], **more: Any) -> HttpResponse:
    given = request.GET
    values = {**DEFAULTS, **{name: given[name] for name in given}}
    kinds = given.getlist("kinds") or ([] if "where" in given else ["library", "hospital", "practice"])
    shown = {
        "values": values,
        "kinds": kinds,
        "fixed": sorted(set(given.getlist("fixed"))),
        "names": names(),
        **presenting.chosen_words(),
    }
    return render(request, "where/centres.jinja", {**shown, "errors": errors, **more}, status=422 if errors else 200)


def with_question(view: View) -> Callable[[KnownRequest], HttpResponse]:
    """Give a view the question of the address; where it is none, show the form with what is wrong, in words (422)."""

    @wraps(view)
    def answer(request: KnownRequest) -> HttpResponse:
        form = QuestionForm(request.GET)
        if not form.is_valid():
            return _form(request, [_error(str(text), name) for name, texts in form.errors.items() for text in texts])
        try:
            return view(request, form.asked)
        except TooMuchError as error:
            return _form(request, [_error(_sentence(error))], command=error.command)
        except ValidationError as error:
            return _form(request, [_error(text) for text in error.messages])
        except DoorstepError as error:
            return _form(request, [_error(_sentence(error), _field_of(error))])

    return answer


def _error(text: str, field: str = "") -> dict[str, str]:
    return {"text": text, "href": f"#{field}"} if field not in ("", "__all__", "fixed") else {"text": text}


def _field_of(error: DoorstepError) -> str:
    """Return the field that an error of the siting room is about."""
    return "where" if error.seen.startswith("there is no council") else ""


def _sentence(error: DoorstepError) -> str:
    told = ". ".join(part[:1].upper() + part[1:] for part in (error.seen, error.do) if part)
    return f"{told} (expected: {error.expected})" if error.expected else told


@require_safe
@with_question
def answered(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Show the best choice found and what it means for people."""
    found = answering.answer_of(asked)
    told = {
        "asked": asked,
        "found": found,
        "question": presenting.question_rows(asked, found),
        "cards": presenting.summary(found),
        "kinds": presenting.KIND,
        "sites": presenting.site_rows(found),
        "quintiles": by_quintile(found),
        "councils": by_council(found),
        "caveats": presenting.caveats(asked),
        "query": asked.query(),
        "by_hand_query": asked.query([site.id for site in found.chosen]),
    }
    return render(request, "where/centres_answer.jinja", told)


@require_safe
@with_question
def placed_by_hand(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Show what centres placed by hand mean, beside the best found; or take them as fixed and ask again."""
    spot = request.GET.get("spot", "").replace(" ", "")
    picks = references([*request.GET.getlist("pick"), spot])
    if request.GET.get("do") == "fix":
        return redirect(f"{reverse('centres-answer')}?{_with_fixed(asked, picks).query()}")
    best = answering.answer_of(asked)
    mine = by_hand.placed(asked, picks, best)
    offered = {site.id for site in best.question.candidates}
    told = {
        "asked": asked,
        "best": best,
        "mine": mine,
        "picked": {site.id for site in mine.sites},
        "others": presenting.candidate_rows(best, [site for site in mine.sites if site.id not in offered]),
        "candidates": presenting.candidate_rows(best, best.question.candidates),
        "quintiles": by_quintile(mine.counted) if mine.counted.open_sites else [],
        "of_best": by_quintile(best),
        "caveats": presenting.caveats(asked),
        "query": asked.query(),
        "map_query": asked.query(picks),
        "hidden": parse_qsl(asked.query()),
    }
    return render(request, "where/centres_by_hand.jinja", told)


def _with_fixed(asked: Asked, picks: tuple[str, ...]) -> Asked:
    return replace(asked, fixed=references([*asked.fixed, *picks]))


@require_safe
@with_question
def map_data(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Answer what the map of an answer needs."""
    best = answering.answer_of(asked)
    mine = by_hand.placed(asked, references(request.GET.getlist("pick")), best)
    return JsonResponse(presenting.map_data(asked, best, mine.sites))


@require_safe
@with_question
def sites_csv(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Answer the open centres as CSV."""
    return _csv(asked, "centres", presenting.site_rows(answering.answer_of(asked)))


@require_safe
@with_question
def people_csv(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Answer what the choice means for groups of people and councils as CSV."""
    return _csv(asked, "people", presenting.people_rows(answering.answer_of(asked)))


def _csv(asked: Asked, what: str, rows: list[dict[str, Any]]) -> HttpResponse:
    return csv_answer(f"{what}-{asked.where}.csv", list(rows[0]), [list(row.values()) for row in rows])


@require_safe
@with_question
def sites_geojson(request: KnownRequest, asked: Asked) -> HttpResponse:
    """Answer the open centres as GeoJSON, with the sentence and the question."""
    found = answering.answer_of(asked)
    made = geojson(found, rows_of(found)) | {"question": asked.query(), "caveats": presenting.caveats(asked)}
    content = json.dumps(made, ensure_ascii=False).encode()
    return attachment(f"centres-{asked.where}.geojson", content, "application/geo+json")
