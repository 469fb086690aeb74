"""One row an event, a seal, and a check of the seals; the database itself refuses to change any."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Somebody looked at or changed something, or was refused. No name, no value of the thing is kept."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    roles = models.CharField(max_length=200, blank=True, default="")
    action = models.CharField(max_length=60)
    thing = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80, blank=True, default="")
    place = models.CharField(max_length=80, blank=True, default="")
    outcome = models.CharField(max_length=20, default="allowed")
    request = models.CharField(max_length=40, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        """Read by person, by thing and by day."""

        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["thing", "thing_id", "at"]),
            models.Index(fields=["at", "id"]),
            models.Index(fields=["action", "at"]),
            models.Index(fields=["thing", "at"]),
            models.Index(fields=["place", "at"]),
        ]


class Seal(models.Model):
    """The hash over a run of events and the seal before it: to change an event, all later seals must be forged."""

    at = models.DateTimeField()
    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField(unique=True)
    n_events = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, unique=True)


class Check(models.Model):
    """All seals were computed again: up to which event (`last`) the trail was whole, or what was wrong."""

    at = models.DateTimeField()
    n_seals = models.PositiveIntegerField()
    n_sealed = models.PositiveBigIntegerField()
    last = models.BigIntegerField()
    hash = models.CharField(max_length=64, blank=True, default="")
    faults = models.JSONField(default=list)
