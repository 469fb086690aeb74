"""Decisions about a return: checked, signed off by a second person, sent back, withdrawn."""

from __future__ import annotations

from django.db import transaction

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.programme.places.models import Place
from doorstep.programme.submissions.models import Decision, Submission
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit

Verdict = Decision.Verdict
# verdict -> what may stand before it ("" where nothing was decided yet)
_AFTER: dict[str, tuple[str, ...]] = {
    Verdict.CHECKED: ("", Verdict.SENT_BACK),
    Verdict.SIGNED_OFF: (Verdict.CHECKED,),
    Verdict.SENT_BACK: ("", Verdict.CHECKED, Verdict.SIGNED_OFF),
    Verdict.WITHDRAWN: ("", Verdict.CHECKED, Verdict.SIGNED_OFF, Verdict.SENT_BACK),
}
_NEEDS_REASON = (Verdict.SENT_BACK, Verdict.WITHDRAWN)


@transaction.atomic
def decide(*, submission: Submission, verdict: str, why: str = "", by: User | None) -> Decision:
    """Decide about a submission; the newest decision holds.

    Signing off needs the newest version, no fault, somebody's check before, and a person who neither sent nor checked
    it. Sending back and withdrawing need a reason. Raises UsageError with what is missing.
    """
    Place.objects.select_for_update().get(pk=submission.place_id)  # one decision about a Place at a time
    found = Submission.objects.defer("file").get(pk=submission.pk)
    past = list(found.decisions.order_by("pk"))
    _check_order(found, verdict, past)
    if verdict in (Verdict.CHECKED, Verdict.SIGNED_OFF):
        _check_state(found)
        _check_person(found, verdict, by, past)
    if verdict in _NEEDS_REASON and not why.strip():
        raise UsageError("no reason was given", expected="a sentence that the Place can act on", where="why")
    made = Decision.objects.create(submission=found, verdict=verdict, why=why.strip()[:1000], at=clock.now(), by=by)
    audit.record(
        actor=by,
        action=str(verdict),
        thing="submission",
        thing_id=str(found.pk),
        place=found.place_id,
        month=f"{found.month:%Y-%m}",
        version=found.version,
    )
    return made


def _check_order(found: Submission, verdict: str, past: list[Decision]) -> None:
    if verdict not in _AFTER:
        raise UsageError(f"there is no verdict {verdict!r}", expected=", ".join(_AFTER))
    now = past[-1].verdict if past else ""
    if now not in _AFTER[verdict]:
        needed = " or ".join(f"“{before}”" if before else "received" for before in _AFTER[verdict])
        raise UsageError(
            f"{_name(found)} is {f'“{now}”' if now else 'not checked yet'}",
            expected=f"{needed}, to become “{verdict}”",
        )


def _check_state(found: Submission) -> None:
    if found.n_faults:
        raise UsageError(
            f"{_name(found)} has {found.n_faults} fault{'s' if found.n_faults > 1 else ''}",
            expected="a version without faults",
            do="send it back, and the Place sends another",
        )
    newest = Submission.objects.filter(place=found.place_id, month=found.month).order_by("-version").first()
    if newest is not None and newest.version != found.version:
        raise UsageError(
            f"{_name(found)} is not the newest: version {newest.version} came", expected="the newest version"
        )


def _check_person(found: Submission, verdict: str, by: User | None, past: list[Decision]) -> None:
    if by is None:
        raise UsageError(f"nobody is named who would make this “{verdict}”", expected="a person of the Centre")
    if verdict == Verdict.CHECKED:
        return
    checkers = [one.by_id for one in past if one.verdict == Verdict.CHECKED]
    if by.pk == found.received_by_id:
        raise UsageError(f"you sent {_name(found)}", expected="a sign-off by somebody who did not")
    if by.pk in checkers:
        raise UsageError(f"you checked {_name(found)}", expected="a sign-off by a second person")


def _name(found: Submission) -> str:
    return f"version {found.version} of {found.place}, {found.month:%B %Y}"
