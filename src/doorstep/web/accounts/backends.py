"""Log-in by password; the second factor follows on a page of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from doorstep.web.accounts.models import User
from doorstep.web.environment import DEMO_MARK


class Password(BaseBackend):
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

    def get_user(self, user_id: Any) -> User | None:
        """Return an active account by its id."""
        return User.objects.filter(pk=user_id, is_active=True).first()
