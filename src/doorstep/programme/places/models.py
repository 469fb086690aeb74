"""Places and the dated facts about them. A fact is never changed: it ends, or another is recorded in its stead."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Place(models.Model):
    """One Place of the programme. `name` is the return's own lookup string, trailing blank included."""

    slug = models.SlugField(max_length=80, primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    order = models.PositiveSmallIntegerField(help_text="Position in the return's own list.")

    class Meta:
        """In the order of the return's list."""

        ordering: ClassVar[list[str]] = ["order"]

    def __str__(self) -> str:
        return self.name.strip()


class PlaceFact(models.Model):
    """One fact about a Place, held from a day to a day (open where `valid_to` is empty), as we learnt it.

    `place` is empty for a fact about the whole programme. `replaces` names the fact that this one corrects or ends; a
    corrected fact stays and is shown struck through.
    """

    class Kind(models.TextChoices):
        """What the fact is about."""

        COUNT = "count", "Number of Places"  # of the whole programme only
        STATUS = "status", "Status in the programme"  # planned, named, joined, left
        ICB = "icb", "Integrated care board"
        REGION = "region", "NHS region"
        WAVE = "wave", "Wave"
        COUNCILS = "councils", "Councils"
        CONTACT = "contact", "Contact (a role and a shared mailbox, never a person)"

    class Sureness(models.TextChoices):
        """How far the fact has been checked."""

        VERIFIED = "verified", "verified"
        INFERRED = "inferred", "inferred"
        RECALLED = "recalled", "recalled, unverified"

    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    sureness = models.CharField(max_length=10, choices=Sureness.choices)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    why = models.CharField(max_length=300, blank=True, default="", help_text="Of a correction: what was wrong.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """A fact ends on or after the day it starts."""

        ordering: ClassVar[list[str]] = ["place", "kind", "valid_from", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="fact_ends_after_start",
            )
        ]
