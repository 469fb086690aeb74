"""Making, revoking and recognising tokens; counting questions."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from doorstep.errors import UsageError
from doorstep.programme.api.models import Minute, Token
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit
from doorstep.web.matrix import matrix

LONGEST = timedelta(days=365)
MOST = 20  # tokens of one person that are valid at a time
BYTES = 32  # 256 bits: as random as its hash is wide, so the hash needs no salt and no slowness
START = "doorstep_"  # so that a scanner of code for secrets can know one


def scopes_of(role: str) -> tuple[str, ...]:
    """Return what tokens of an installation can be made for: what the interface's addresses need."""
    needed = (what for name, what in matrix(role).addresses.items() if what and name.startswith("api-"))
    return tuple(dict.fromkeys(f"{thing}.{action}" for thing, action in needed))


@transaction.atomic
def make(*, owner: User, name: str, scopes: tuple[str, ...], expires_on: date) -> tuple[Token, str]:
    """Make a token and return it with its text, which is kept nowhere.

    Raises UsageError where the name is empty, a scope is none that the owner's roles allow, or it would outlive a year.
    """
    today = timezone.localdate()
    if not name.strip():
        raise UsageError("the token has no name", expected="what uses it, such as `monthly report`")
    if not scopes or not set(scopes) <= set(allowed(owner)):
        raise UsageError("your roles do not allow what the token is for", expected=" or ".join(allowed(owner)))
    if not today <= expires_on <= today + LONGEST:
        raise UsageError(f"the token would end on {expires_on}", expected=f"a day from {today} to {today + LONGEST}")
    if owner.tokens.filter(revoked_at=None, expires_on__gte=today).count() >= MOST:
        raise UsageError(f"you have {MOST} tokens", do="revoke one that is no longer used")
    text = START + secrets.token_urlsafe(BYTES)
    made = Token.objects.create(
        owner=owner, name=name.strip()[:80], sha256=_hash(text), scopes=list(scopes), made_at=timezone.now(),
        expires_on=expires_on,
    )  # fmt: skip
    audit.record(actor=owner, action="make", thing="token", thing_id=str(made.pk), expires=expires_on.isoformat())
    return made, text


def allowed(owner: User) -> tuple[str, ...]:
    """Return the scopes that a person's roles allow today."""
    table, roles = matrix(settings.DOORSTEP_ROLE), owner.roles_on()
    return tuple(s for s in scopes_of(settings.DOORSTEP_ROLE) if table.scope(roles, *s.split(".", 1)))


@transaction.atomic
def revoke(*, token_id: uuid.UUID, by: User) -> None:
    """End one of a person's own tokens; UsageError where they have none of that id, as where it is another's."""
    found = Token.objects.select_for_update().filter(pk=token_id, owner=by, revoked_at=None).first()
    if found is None:
        raise UsageError("you have no such token", do="look at the list: it may be revoked already")
    _end(found, by)


def revoke_all(*, user: User, by: User, **_: Any) -> None:
    """End all of a person's tokens, whoever made them: the account was closed, or enrolled anew."""
    for found in Token.objects.select_for_update().filter(owner=user, revoked_at=None):
        _end(found, by)


def _end(found: Token, by: User) -> None:
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    audit.record(actor=by, action="revoke", thing="token", thing_id=str(found.pk))


def recognised(text: str) -> Token | None:
    """Return the valid token of this text whose owner is active, and note the day it was used."""
    found = Token.objects.select_related("owner").filter(sha256=_hash(text)).first()
    if found is None or not found.is_valid or not found.owner.is_active:
        return None
    if found.used_on != timezone.localdate():
        Token.objects.filter(pk=found.pk).update(used_on=timezone.localdate())
    return found


def count(asker: str, now: datetime | None = None) -> int:
    """Count a question, and return how many this asker asked in this minute. Any number of processes may count."""
    minute = (now or timezone.now()).replace(second=0, microsecond=0)
    table = connection.ops.quote_name(Minute._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} as m (asker, minute, n) values (%s, %s, 1) "
            "on conflict (asker, minute) do update set n = m.n + 1 returning n",
            [asker, minute],
        )
        n = int(cursor.fetchone()[0])
    if n == 1:
        Minute.objects.filter(asker=asker, minute__lt=minute).delete()
    return n


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
