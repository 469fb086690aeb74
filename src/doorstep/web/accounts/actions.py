"""What can be done to accounts; each writes to the audit trail in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from doorstep.errors import UsageError
from doorstep.web.accounts.models import Assignment, User
from doorstep.web.audit import actions as audit
from doorstep.web.matrix import matrix

TRIES = 5
LOCKED = timedelta(minutes=15)


@transaction.atomic
def open_account(*, email: str, name: str, password: str, by: User | None) -> tuple[User, TOTPDevice]:
    """Make an account with its second factor. Raises UsageError where the password is weak or the address is taken."""
    if User.objects.filter(email=email.strip().lower()).exists():
        raise UsageError("this e-mail address has an account", expected="an address without one")
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise UsageError("; ".join(error.messages), expected="a longer or rarer password") from error
    user = User.objects.create_user(email, name, password)
    device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)
    audit.record(actor=by, action="open", thing="account", thing_id=str(user.pk))
    return user, device


@transaction.atomic
def assign(*, user: User, role: str, place: str = "", starts_on: date | None = None, by: User | None) -> Assignment:
    """Give a role from a day on; UsageError where this installation has no such role."""
    known = matrix(settings.DOORSTEP_ROLE).roles
    if role not in known:
        raise UsageError(f"there is no role {role!r}", expected=", ".join(known))
    starts_on = starts_on or timezone.localdate()
    made = Assignment.objects.create(user=user, role=role, place=place, starts_on=starts_on, given_by=by)
    audit.record(actor=by, action="assign", thing="account", thing_id=str(user.pk), place=place, role=role)
    return made


@transaction.atomic
def end_assignment(*, assignment: Assignment, on: date, by: User | None) -> None:
    """End a role after a day; what was held before stays known."""
    assignment.ends_on = on
    assignment.save(update_fields=["ends_on"])
    user = str(assignment.user_id)
    audit.record(actor=by, action="end role", thing="account", thing_id=user, place=assignment.place)


@transaction.atomic
def note_failure(*, email: str, step: str) -> None:
    """Count a wrong password or code; five in a row lock the account for a quarter of an hour."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is not None:
        user.failed += 1
        if user.failed >= TRIES:
            user.failed, user.locked_until = 0, timezone.now() + LOCKED
        user.save(update_fields=["failed", "locked_until"])
    thing_id = str(user.pk) if user else ""
    audit.record(actor=user, action=f"log in: {step}", thing="account", thing_id=thing_id, outcome="refused")


@transaction.atomic
def note_success(*, user: User) -> None:
    """Forget earlier failures and write the log-in down."""
    User.objects.filter(pk=user.pk).update(failed=0, locked_until=None)
    audit.record(actor=user, action="log in", thing="account", thing_id=str(user.pk))
