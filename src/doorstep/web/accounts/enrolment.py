"""How a person comes to a password, an authenticator and recovery codes; each step is audited."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from doorstep.errors import UsageError
from doorstep.web.accounts import actions
from doorstep.web.accounts.models import Invitation, RecoveryCode, User
from doorstep.web.audit import actions as audit

LINK_LASTS = timedelta(hours=72)
N_CODES, CODE_BYTES = 10, 10  # ten codes of 80 random bits: too many to try, so that a plain hash is enough
_STEP = 30  # seconds, as every authenticator app has it


@transaction.atomic
def invite(*, email: str, name: str, by: User | None) -> tuple[User, str]:
    """Make an account and the secret of its enrolment link, which is shown once and kept only as a hash."""
    user = actions.new_account(email=email, name=name, by=by)
    return user, new_link(user=user, by=by)


@transaction.atomic
def new_link(*, user: User, by: User | None) -> str:
    """Return the secret of a new enrolment link; earlier ones end.

    UsageError for one's own account, or a closed one.
    """
    if by is not None and by.pk == user.pk:
        raise UsageError("Change your own password on your account page", expected="another person's account")
    if not user.is_active:
        raise UsageError("This account is closed", expected="an open account")
    now = timezone.now()
    user.invitations.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, hash=hash_of(secret), made_at=now, made_by=by, expires_at=now + LINK_LASTS)
    audit.record(actor=by, action="invite", thing="account", thing_id=str(user.pk))
    return secret


def invitation(secret: str) -> Invitation | None:
    """Return the invitation of a link that can still be used."""
    return Invitation.objects.filter(Invitation.is_open(), hash=hash_of(secret)).select_related("user").first()


@transaction.atomic
def enrol(*, secret_of_link: str, password_hash: str, key: str, code: str) -> tuple[User, list[str]] | None:
    """Set password and authenticator with a link, use the link up, and return the recovery codes.

    Whoever had the account before is out of it: sessions, tokens and recovery codes of before have ended.
    `key` is the authenticator's secret in hexadecimal. Returns None where the code is not the one of now; UsageError
    where the link was used meanwhile.
    """
    found = Invitation.objects.select_for_update().filter(Invitation.is_open(), hash=hash_of(secret_of_link)).first()
    if found is None:
        raise UsageError("This link was used or has ended", expected="a new link from an administrator")
    if (step := step_of(key, code)) is None:
        return None
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    user = found.user
    user.password = password_hash
    user.save(update_fields=["password"])
    actions.unlock(user=user, by=user)
    codes = _set_authenticator(user, key, step)
    actions.access_ended.send(sender=User, user=user, by=user)
    audit.record(actor=user, action="enrol", thing="account", thing_id=str(user.pk))
    return user, codes


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Set another password; every other session of the account ends. UsageError where it is weak."""
    actions.check_password(password, email=user.email, name=user.name)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(actor=user, action="change password", thing="account", thing_id=str(user.pk))


@transaction.atomic
def change_authenticator(*, user: User, key: str, code: str) -> list[str] | None:
    """Take another authenticator and return new recovery codes; None where the code is not the one of now."""
    if (step := step_of(key, code)) is None:
        return None
    codes = _set_authenticator(user, key, step)
    audit.record(actor=user, action="change authenticator", thing="account", thing_id=str(user.pk))
    return codes


@transaction.atomic
def use_recovery_code(*, user: User, code: str) -> bool:
    """Use a recovery code up; False where it is none of this person's, or was used."""
    plain = code.replace("-", "").replace(" ", "").upper()
    unused = RecoveryCode.objects.filter(user=user, used_at__isnull=True, hash=hash_of(plain))
    return bool(unused.update(used_at=timezone.now()))


def _set_authenticator(user: User, key: str, step: int) -> list[str]:
    """Replace authenticator and recovery codes, and end all sessions."""
    TOTPDevice.objects.filter(user=user).delete()
    # The code just used is never taken again.
    TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True, key=key, last_t=step)
    user.recovery_codes.all().delete()
    plain = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _ in range(N_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=hash_of(code)) for code in plain)
    User.objects.filter(pk=user.pk).update(sessions_of=F("sessions_of") + 1)
    user.refresh_from_db(fields=["sessions_of"])
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in plain]


def hash_of(secret: str) -> str:
    """Return the hash under which a link or a code is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_key() -> str:
    """Return a new secret for an authenticator: 160 random bits in hexadecimal."""
    return secrets.token_hex(20)


def step_of(key: str, code: str) -> int | None:
    """Return the time step whose code this is (now, or one step either side), None where it is of none."""
    clock = TOTP(bytes.fromhex(key), step=_STEP)
    clock.time = time.time()
    digits = code.replace(" ", "")
    if not digits.isdecimal() or not clock.verify(int(digits), tolerance=1):
        return None
    return int(clock.t())


def address_of_key(key: str, email: str) -> str:
    """Return the otpauth address that a QR code carries to an authenticator app."""
    issuer = quote("Doorstep centre" if settings.DOORSTEP_ROLE == "national" else "Doorstep")
    return f"otpauth://totp/{issuer}:{quote(email)}?secret={typed_key(key)}&issuer={issuer}&digits=6&period={_STEP}"


def typed_key(key: str) -> str:
    """Return an authenticator's secret as people type it into an app."""
    return base64.b32encode(bytes.fromhex(key)).decode().rstrip("=")
