"""Who an account belongs to: by password (the second factor follows on a page of its own), or by a provider's word."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from doorstep.web.accounts.models import User
from doorstep.web.environment import DEMO_MARK


class _Accounts(BaseBackend):
    """Finds the account of a session."""

    def get_user(self, user_id: Any) -> User | None:
        """Return an active account by its id."""
        return User.objects.filter(pk=user_id, is_active=True).first()


class Password(_Accounts):
    """Checks a password; an unknown address takes as long as a known one."""

    def authenticate(self, request: HttpRequest | None, email: str = "", password: str = "", **_: Any) -> User | None:
        """Return the account where address and password are right, it is active and not locked."""
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            User().set_password(password)
            return None
        # A demo's passwords are known to everybody; a demo's database may have been taken into production.
        is_right = user.check_password(password) and not (settings.IS_PRODUCTION and password.startswith(DEMO_MARK))
        return user if is_right and user.is_active and not user.is_locked else None


class OpenIdConnect(_Accounts):
    """Takes the subject of a token that `oidc` has checked; it never makes an account."""

    def authenticate(self, request: HttpRequest | None, oidc_subject: str = "", **_: Any) -> User | None:
        """Return the active account that an administrator linked to this subject."""
        return User.objects.filter(oidc_subject=oidc_subject, is_active=True).first() if oidc_subject else None
