"""Accounts, the roles they hold, the links by which people enrol and the codes that stand in for a lost phone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an e-mail address is one whatever its capitals."""

    def create_user(self, email: str, name: str, password: str | None = None) -> User:
        """Make an account without any role."""
        user = self.model(email=email.strip().lower(), name=name.strip())
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the account of an e-mail address."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """One person who may log in. What they may do stands in their assignments."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    failed = models.PositiveSmallIntegerField(default=0)
    lockouts = models.PositiveSmallIntegerField(default=0, help_text="Since the last log-in; each lasts twice as long.")
    locked_until = models.DateTimeField(null=True, blank=True)
    sessions_of = models.PositiveIntegerField(default=0, help_text="Raised to end every session of the account.")
    oidc_subject = models.CharField(max_length=200, null=True, blank=True, unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def roles_on(self, day: date | None = None) -> tuple[str, ...]:
        """Return the roles held on a day (default today), in order."""
        found = self.assignments.filter(Assignment.holds_on(day)).values_list("role", flat=True)
        return tuple(sorted(set(found)))

    def places_on(self, role: str, day: date | None = None) -> tuple[str, ...]:
        """Return the Places that a role was given for."""
        found = self.assignments.filter(Assignment.holds_on(day), role=role).exclude(place="")
        return tuple(sorted(set(found.values_list("place", flat=True))))

    @property
    def is_locked(self) -> bool:
        """Too many wrong passwords or codes, not long ago."""
        return self.locked_until is not None and self.locked_until > timezone.now()

    @property
    def is_enrolled(self) -> bool:
        """The person has set a password, or logs in with a provider."""
        return self.has_usable_password() or self.oidc_subject is not None

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Return what a session is held to: it ends with another password, or when all sessions were ended."""
        salt = "doorstep.web.accounts.User.session"
        return salted_hmac(salt, f"{self.password}|{self.sessions_of}", secret=secret, algorithm="sha256").hexdigest()


class Assignment(models.Model):
    """One role of one person; `place` (a Place's slug) where the role is for one Place. Never deleted.

    It holds from `starts_on` up to the day before `ends_on`: a role that ends today is gone at once.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40)
    place = models.CharField(max_length=80, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Two assignments of one role and Place may follow each other."""

        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")), name="ends_after_it_starts"
            )
        ]

    @staticmethod
    def holds_on(day: date | None = None) -> Q:
        """Return the condition that an assignment holds on a day."""
        day = day or timezone.localdate()
        return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


class Invitation(models.Model):
    """A link with which one person enrols once; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def is_open() -> Q:
        """Return the condition that a link can still be used."""
        return Q(used_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator once; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)


class Source(models.Model):
    """Wrong tries from one network address in one stretch of time; only a keyed hash of the address is kept."""

    hash = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    tries = models.PositiveIntegerField()
