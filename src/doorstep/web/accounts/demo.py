"""Accounts of a demo: one for each role, with passwords and authenticators that everybody may know."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from doorstep.errors import ConfigurationError
from doorstep.web.accounts import actions
from doorstep.web.accounts.models import User
from doorstep.web.environment import DEMO_MARK
from doorstep.web.matrix import matrix

PLACE = "sefton"  # whose sender a demo has
PASSWORD = f"{DEMO_MARK}-orchard-kettle"  # of every account: a demo is to be looked at, not kept
_NAMES = {
    "centre_analyst": "Asha Made-Up",
    "centre_lead": "Bryn Made-Up",
    "coach": "Chidi Made-Up",
    "evaluator": "Dilys Made-Up",
    "place_sender": "Ewan Made-Up",
    "administrator": "Farah Made-Up",
    "place_analyst": "Grace Made-Up",
    "programme_lead": "Hywel Made-Up",
}


@dataclass(frozen=True)
class DemoAccount:
    """One account of a demo; `key` is its authenticator's secret in hexadecimal."""

    role: str
    place: str
    name: str
    email: str
    password: str
    key: str

    def code(self, at: float | None = None) -> str:
        """Return the code that the authenticator shows at a time (seconds since 1970; default now)."""
        step = 30
        drift = 0 if at is None else int(at // step) - int(time.time() // step)
        return f"{totp(bytes.fromhex(self.key), step=step, drift=drift):06d}"


def accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts of a demo of this installation, one for each role, whether they are made or not."""
    table = matrix(settings.DOORSTEP_ROLE)
    return tuple(_account(role, PLACE if table.is_for_one_place(role) else "") for role in table.roles)


@transaction.atomic
def make() -> tuple[DemoAccount, ...]:
    """Make the accounts that are missing, and return them all; ConfigurationError in production."""
    if settings.IS_PRODUCTION:
        raise ConfigurationError("a demo's accounts have no place in production", where="DOORSTEP_PRODUCTION")
    for one in accounts():
        if not User.objects.filter(email=one.email).exists():
            user, device = actions.open_account(email=one.email, name=one.name, password=one.password, by=None)
            TOTPDevice.objects.filter(pk=device.pk).update(key=one.key)
            actions.assign(user=user, role=one.role, place=one.place, by=None)
    return accounts()


def left_over() -> int:
    """Return how many authenticators of this database are a demo's."""
    n: int = TOTPDevice.objects.filter(key__startswith=DEMO_MARK.encode().hex()).count()
    return n


def _account(role: str, place: str) -> DemoAccount:
    short = role.replace("_", "-")
    key = f"{DEMO_MARK}-{short}"[:20].ljust(20, ".").encode().hex()
    return DemoAccount(role, place, _NAMES.get(role, f"{role} Made-Up"), f"{short}@demo.example", PASSWORD, key)
