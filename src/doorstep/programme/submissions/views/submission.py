"""One submission: what was found, what was decided, its numbers, two versions compared, and the very file."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from doorstep import clock
from doorstep.errors import DoorstepError
from doorstep.programme.submissions import actions, advice, reading, timing
from doorstep.programme.submissions.models import Decision, Submission
from doorstep.programme.submissions.parsing import read_again
from doorstep.programme.submissions.states import LOOKS, Standing, State, state_of
from doorstep.programme.submissions.views.parts import can, note_findings, submission_or_404, told
from doorstep.returns import COLUMNS, cell_changes
from doorstep.returns.compare import typed_only
from doorstep.returns.printed import LINE_IDS
from doorstep.web import downloads
from doorstep.web.audit import actions as audit
from doorstep.web.requests import KnownRequest

Verdict = Decision.Verdict


@require_GET
def submission(request: KnownRequest, id: UUID) -> HttpResponse:
    """Show a submission."""
    one = submission_or_404(request, id)
    place = one.place_id
    sees_numbers, is_centre = can(request, "as_sent", "read", place), can(request, "collection", "read")
    found = reading.findings_of(one)
    note_findings(request, len(found), place=place, month=f"{one.month:%Y-%m}", version=one.version)
    versions = list(reading.decided().filter(place=place, month=one.month).order_by("-version"))
    decisions = list(one.decisions.select_related("by").order_by("pk"))
    context = {
        "one": one,
        "state": _state(one),
        "looks": LOOKS,
        "groups": advice.groups(found, with_numbers=sees_numbers, names_others=is_centre),
        "sees_numbers": sees_numbers,
        "is_centre": is_centre,
        "versions": versions,
        "is_newest": versions[0].pk == one.pk,
        "decisions": decisions,
        "may": _may(request, one, decisions, is_newest=versions[0].pk == one.pk),
        "due": timing.dates(one.month),
    }
    return render(request, "submissions/submission.jinja", context)


def _state(one: Submission) -> State:
    found = Standing(
        id=one.pk,
        place=one.place_id,
        month=one.month,
        version=one.version,
        n_faults=one.n_faults,
        n_notes=one.n_notes,
        received_on=one.received_on,
        received_by=one.received_by_id,
        window=one.window,
        verdict=one.verdict,
        checked_by=None,
    )
    return state_of(found, one.month, clock.today())


def _may(request: KnownRequest, one: Submission, decisions: list[Decision], *, is_newest: bool) -> dict[str, bool]:
    """Return which buttons the person gets: what would be refused for sure has none."""
    now = decisions[-1].verdict if decisions else ""
    checkers = [d.by_id for d in decisions if d.verdict == Verdict.CHECKED]
    is_sound = is_newest and not one.n_faults
    is_second = request.user.pk != one.received_by_id and request.user.pk not in checkers
    signs, checks = can(request, "submission", "sign_off"), can(request, "submission", "check")
    return {
        "check": is_sound and checks and now in ("", Verdict.SENT_BACK),
        "sign_off": is_sound and signs and now == Verdict.CHECKED and is_second,
        "needs_second": is_sound and signs and now == Verdict.CHECKED and not is_second,
        "send_back": checks and now not in (Verdict.SENT_BACK, Verdict.WITHDRAWN),
        "withdraw": can(request, "submission", "withdraw", one.place_id) and now != Verdict.WITHDRAWN,
        "check_again": checks and is_newest and now in ("", Verdict.SENT_BACK),
        "log": can(request, "quality", "write"),
    }


@require_GET
def numbers(request: KnownRequest, id: UUID) -> HttpResponse:
    """Show the numbers as they were sent."""
    one = submission_or_404(request, id)
    _note("read as sent", one, request)
    rows = [(line, one.lines[line]) for line in LINE_IDS] if one.lines else []
    return render(request, "submissions/numbers.jinja", {"one": one, "rows": rows, "columns": COLUMNS})


@require_GET
def compare(request: KnownRequest, id: UUID) -> HttpResponse:
    """Show what changed from another version of the same month (`with`, else the one before) to this."""
    one = submission_or_404(request, id, with_file=True)
    others = Submission.objects.defer("file").filter(place=one.place_id, month=one.month).exclude(pk=one.pk)
    old = _other(request.GET.get("with", ""), list(others.order_by("version")), one)
    _note("compare versions", one, request)
    before, after = (read_again(v.file_name, bytes(v.file)) for v in sorted((old, one), key=lambda v: v.version))
    try:
        changes = cell_changes(before, after)
    except DoorstepError as error:
        told(request, error)
        return redirect("submission", one.pk)
    typed = typed_only(changes)
    older, newer = sorted((old, one), key=lambda v: v.version)
    context = {"one": one, "older": older, "newer": newer, "changes": typed, "n_follow": len(changes) - len(typed)}
    return render(request, "submissions/compare.jinja", {**context, "others": others.order_by("version")})


def _other(wanted: str, others: list[Submission], one: Submission) -> Submission:
    """Return the version to compare with: the one asked for, else the one before, else the one after."""
    asked = [found for found in others if str(found.pk) == wanted]
    before = [found for found in others if found.version < one.version]
    found = asked[0] if asked else before[-1] if before else others[0] if others else None
    if found is None or (wanted and not asked):
        raise Http404
    return found


@require_GET
def file(request: KnownRequest, id: UUID) -> HttpResponse:
    """Give the very file that was sent."""
    one = submission_or_404(request, id, with_file=True)
    _note("download", one, request)
    name = f"{one.place_id}-{one.month:%Y-%m}-version-{one.version}.xlsx"
    return downloads.attachment(name, bytes(one.file), downloads.XLSX)


def _note(action: str, one: Submission, request: KnownRequest) -> None:
    audit.record(
        actor=request.user,
        action=action,
        thing="as_sent",
        thing_id=str(one.pk),
        place=one.place_id,
        roles=request.roles,
    )


def _decided(request: KnownRequest, id: UUID, verdict: str) -> HttpResponse:
    one = submission_or_404(request, id)
    try:
        actions.decide(submission=one, verdict=verdict, why=request.POST.get("why", ""), by=request.user)
    except DoorstepError as error:
        told(request, error)
    return redirect("submission", one.pk)


@require_POST
def check(request: KnownRequest, id: UUID) -> HttpResponse:
    """Note that somebody looked at it."""
    return _decided(request, id, Verdict.CHECKED)


@require_POST
def sign_off(request: KnownRequest, id: UUID) -> HttpResponse:
    """Sign it off."""
    return _decided(request, id, Verdict.SIGNED_OFF)


@require_POST
def check_again(request: KnownRequest, id: UUID) -> HttpResponse:
    """Run the checks across files and months once more."""
    actions.check_again(submission=submission_or_404(request, id), by=request.user)
    return redirect("submission", id)


@require_http_methods(["GET", "POST"])
def send_back(request: KnownRequest, id: UUID) -> HttpResponse:
    """Ask why, and send it back."""
    return _with_reason(request, id, Verdict.SENT_BACK)


@require_http_methods(["GET", "POST"])
def withdraw(request: KnownRequest, id: UUID) -> HttpResponse:
    """Ask why, and withdraw it."""
    return _with_reason(request, id, Verdict.WITHDRAWN)


def _with_reason(request: KnownRequest, id: UUID, verdict: str) -> HttpResponse:
    one = submission_or_404(request, id)
    if request.method == "POST" and request.POST.get("why", "").strip():
        return _decided(request, id, verdict)
    errors = [{"text": "Enter the reason", "href": "#why"}] if request.method == "POST" else []
    context = {"one": one, "is_withdrawal": verdict == Verdict.WITHDRAWN, "errors": errors}
    return render(request, "submissions/reason.jinja", context, status=422 if errors else 200)
