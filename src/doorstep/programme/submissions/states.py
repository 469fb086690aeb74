"""Where each Place's return of a month stands: one state, in words that say what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from doorstep.programme.submissions import timing


class State(StrEnum):
    """The state of one Place's month."""

    NOT_EXPECTED = "not expected"
    NOT_DUE = "not due"
    AWAITED = "awaited"
    LATE = "late"
    NEEDS_CORRECTING = "needs correcting"
    SENT_BACK = "sent back"
    WAITING_CHECK = "waiting for check"
    WAITING_SIGN_OFF = "waiting for sign-off"
    SIGNED_OFF = "signed off"


# state -> (a sign that is not colour, the tag's colour, what it means). The colour is never alone.
LOOKS: Final[dict[State, tuple[str, str, str]]] = {
    State.NOT_EXPECTED: ("–", "white", "The Place was not in the programme in this month."),
    State.NOT_DUE: ("·", "white", "The month has not ended."),
    State.AWAITED: ("○", "grey", "The month has ended, and the first window is open."),
    State.LATE: ("!", "red", "The first window has closed, and nothing has come."),
    State.NEEDS_CORRECTING: ("✕", "orange", "The newest version has faults. The Place sends another."),
    State.SENT_BACK: ("↩", "purple", "The Centre sent the newest version back. The Place sends another."),
    State.WAITING_CHECK: ("?", "yellow", "It came without faults. Somebody at the Centre looks at its notes."),
    State.WAITING_SIGN_OFF: ("½", "blue", "It was checked. A second person signs it off."),
    State.SIGNED_OFF: ("✓", "green", "It counts in figures of the next edition."),
}


@dataclass(frozen=True)
class Standing:
    """The newest version of a Place's month and the newest decision about it; `checked_by` is who checked it last."""

    id: UUID
    place: str
    month: date
    version: int
    n_faults: int
    n_notes: int
    received_on: date
    received_by: UUID | None
    window: str
    verdict: str
    checked_by: UUID | None


def state_of(found: Standing | None, month: date, today: date, *, is_expected: bool = True) -> State:
    """Return the state of a Place's month on a day; `found` is None where nothing came."""
    if found is None or found.verdict == "withdrawn":
        return _without(month, today) if is_expected else State.NOT_EXPECTED
    decided = {
        "signed off": State.SIGNED_OFF,
        "sent back": State.SENT_BACK,
        "checked": State.WAITING_SIGN_OFF,
    }
    if found.verdict in decided and not (found.n_faults and found.verdict == "checked"):
        return decided[found.verdict]
    return State.NEEDS_CORRECTING if found.n_faults else State.WAITING_CHECK


def _without(month: date, today: date) -> State:
    due = timing.dates(month)
    if today <= due.period_end:
        return State.NOT_DUE
    return State.AWAITED if today <= due.first_submission else State.LATE
