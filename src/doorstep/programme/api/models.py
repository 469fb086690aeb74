"""Tokens of programs, and how often each asked in a minute."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Token(models.Model):
    """What a program shows instead of a log-in. Only the SHA-256 of its text is kept; it never outlives a year.

    `scopes` are the `object.action` of the authorisation matrix that it may use, of those its owner's roles allow.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=60))
    made_at = models.DateTimeField()
    expires_on = models.DateField(help_text="The last day it is valid.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-made_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(expires_on__gte=F("made_at__date")), name="token_ends_after_it_starts")
        ]

    @property
    def is_valid(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_on >= timezone.localdate()


class Minute(models.Model):
    """How many questions a token or a person asked in one minute; old minutes are deleted."""

    asker = models.CharField(max_length=60)
    minute = models.DateTimeField()
    n = models.PositiveIntegerField()

    class Meta:
        """One row an asker and minute."""

        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["asker", "minute"], name="one_minute_once")]
