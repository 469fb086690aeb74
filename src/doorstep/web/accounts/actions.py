"""What can be done to accounts; each writes to the audit trail in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from doorstep.errors import UsageError
from doorstep.web.accounts.models import Assignment, User
from doorstep.web.audit import actions as audit
from doorstep.web.environment import DEMO_MARK
from doorstep.web.matrix import matrix

# Sent, with `user` and `by`, in the transaction that ends all ways in which somebody could get in: apps end theirs.
access_ended = Signal()
TRIES = 5
LOCKED, LONGEST_LOCK = timedelta(minutes=15), timedelta(hours=24)
ADMINISTRATOR = "administrator"


@transaction.atomic
def open_account(*, email: str, name: str, password: str, by: User | None) -> tuple[User, TOTPDevice]:
    """Make an account that is enrolled at once, with its second factor, for a machine or a demo.

    Raises UsageError where the password is weak or the address is taken. People are invited (`enrolment.invite`).
    """
    check_password(password, email=email, name=name)
    user = _new_account(email, name, password, by)
    return user, TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)


@transaction.atomic
def new_account(*, email: str, name: str, by: User | None) -> User:
    """Make an account without a password; UsageError where the address is taken."""
    return _new_account(email, name, None, by)


def _new_account(email: str, name: str, password: str | None, by: User | None) -> User:
    if User.objects.filter(email=email.strip().lower()).exists():
        raise UsageError("This email address has an account already", expected="an address without one")
    user = User.objects.create_user(email, name, password)
    audit.record(actor=by, action="open", thing="account", thing_id=str(user.pk))
    return user


def check_password(password: str, *, email: str, name: str) -> None:
    """Raise UsageError where a password is short, common, like the person's name, or a demo's in production."""
    if settings.IS_PRODUCTION and password.startswith(DEMO_MARK):
        raise UsageError("This is the password of a demo", expected="one that nobody else knows")
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise UsageError(" ".join(error.messages), expected="a longer or rarer password") from error


@transaction.atomic
def assign(*, user: User, role: str, place: str = "", starts_on: date | None = None, by: User | None) -> Assignment:
    """Give a role from a day on.

    UsageError where this installation has no such role, the role is for one Place and none is named, it is for all of
    them and one is named, or somebody would give it to themselves.
    """
    table = matrix(settings.DOORSTEP_ROLE)
    if role not in table.roles:
        raise UsageError(f"There is no role {role!r}", expected=", ".join(table.roles))
    if table.is_for_one_place(role) and not place:
        raise UsageError("Choose the Place that the role is for", expected="a Place's slug", where="place")
    if place and not table.is_for_one_place(role):
        words = "This role is for all Places: naming one would not keep the person to it"
        raise UsageError(words, expected="no Place", where="place")
    if by is not None and by.pk == user.pk:
        raise UsageError("Nobody gives themselves a role", expected="another administrator")
    starts_on = starts_on or timezone.localdate()
    made = Assignment.objects.create(user=user, role=role, place=place, starts_on=starts_on, given_by=by)
    audit.record(actor=by, action="assign", thing="account", thing_id=str(user.pk), place=place, role=role)
    return made


@transaction.atomic
def end_assignment(*, assignment: Assignment, on: date, by: User | None) -> None:
    """End a role: `on` is the first day without it. What was held before stays known."""
    _keep_an_administrator(assignment.user, assignment.role)
    assignment.ends_on = max(on, assignment.starts_on)
    assignment.save(update_fields=["ends_on"])
    user, role = str(assignment.user_id), assignment.role
    audit.record(actor=by, action="end role", thing="account", thing_id=user, place=assignment.place, role=role)


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Close an account: its sessions and tokens end at once, its history stays.

    UsageError for one's own account, or the last administrator's.
    """
    if by.pk == user.pk:
        raise UsageError("Nobody closes their own account", expected="another administrator")
    _keep_an_administrator(user, *user.roles_on())
    User.objects.filter(pk=user.pk).update(is_active=False, sessions_of=F("sessions_of") + 1)
    access_ended.send(sender=User, user=user, by=by)
    audit.record(actor=by, action="deactivate", thing="account", thing_id=str(user.pk))


@transaction.atomic
def activate(*, user: User, by: User) -> None:
    """Open a closed account again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.record(actor=by, action="activate", thing="account", thing_id=str(user.pk))


@transaction.atomic
def unlock(*, user: User, by: User) -> None:
    """Let somebody try again who typed a wrong password or code too often."""
    User.objects.filter(pk=user.pk).update(failed=0, lockouts=0, locked_until=None)
    audit.record(actor=by, action="unlock", thing="account", thing_id=str(user.pk))


@transaction.atomic
def link_subject(*, user: User, subject: str, by: User) -> None:
    """Say which identity of the log-in provider is this person's; an empty text takes it away."""
    if subject and User.objects.filter(oidc_subject=subject).exclude(pk=user.pk).exists():
        raise UsageError("Another account has this identity", expected="an identity without an account")
    User.objects.filter(pk=user.pk).update(oidc_subject=subject or None, sessions_of=F("sessions_of") + 1)
    audit.record(actor=by, action="link" if subject else "unlink", thing="account", thing_id=str(user.pk))


@transaction.atomic
def note_failure(*, email: str, step: str) -> None:
    """Count a wrong password or code: five in a row lock the account, each time for twice as long, up to a day."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is not None:
        user.failed += 1
        if user.failed >= TRIES:
            user.locked_until = timezone.now() + min(LOCKED * 2**user.lockouts, LONGEST_LOCK)
            user.failed, user.lockouts = 0, min(user.lockouts + 1, 20)
        user.save(update_fields=["failed", "lockouts", "locked_until"])
    thing_id = str(user.pk) if user else ""
    audit.record(actor=user, action=f"log in: {step}", thing="account", thing_id=thing_id, outcome="refused")


@transaction.atomic
def note_success(*, user: User, factor: str = "code") -> None:
    """Forget earlier failures and write the log-in down, with the second factor that was used."""
    User.objects.filter(pk=user.pk).update(failed=0, lockouts=0, locked_until=None)
    audit.record(actor=user, action="log in", thing="account", thing_id=str(user.pk), factor=factor)


def note_end(*, user: User) -> None:
    """Write down that somebody ended their session."""
    audit.record(actor=user, action="log out", thing="account", thing_id=str(user.pk))


def _keep_an_administrator(user: User, *roles: str) -> None:
    """Refuse to take the last administrator away: nobody could give the role again."""
    if ADMINISTRATOR not in roles:
        return
    # All administrators are locked in one order, so that two who end each other's role at once cannot both succeed.
    held = Assignment.objects.select_for_update().filter(Assignment.holds_on(), role=ADMINISTRATOR).order_by("pk")
    left = {one.user_id for one in held.select_related("user") if one.user.is_active}
    if left <= {user.pk}:
        raise UsageError("This is the last administrator", expected="another active administrator first")
