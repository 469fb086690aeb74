"""Sets of neighbourhoods that people keep here, as versions that are only added."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class AreaSet(models.Model):
    """How some ground is made up of neighbourhoods. What it is stands in its versions; this row never changes."""

    slug = models.SlugField(primary_key=True, max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """By name."""

        ordering: ClassVar[list[str]] = ["slug"]


class SetVersion(models.Model):
    """One version of a set: `content` is the whole set as canonical JSON, the rest says what a list of sets shows.

    `made_from` is the version that was changed, by its number; 0 where the set began.
    """

    class Did(models.TextChoices):
        """What somebody did to make it."""

        CREATED = "created", "made the set"
        CHANGED = "changed", "changed areas or names"
        RECOGNISED = "recognised", "recorded who recognises an area"
        TEAMS = "teams", "said which practices teams have"
        REASONED = "reasoned", "recorded a reason"
        RETIRED = "retired", "ended the set"

    area_set = models.ForeignKey(AreaSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_from = models.PositiveIntegerField(default=0)
    did = models.CharField(max_length=10, choices=Did.choices)
    why = models.CharField(max_length=500)
    title = models.CharField(max_length=120)
    scope = models.CharField(max_length=300)
    n_areas = models.PositiveIntegerField(help_text="Neighbourhoods, or what may become one.")
    n_recognised = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Versions of a set count from 1; the newest first."""

        ordering: ClassVar[list[str]] = ["area_set", "-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["area_set", "number"], name="one_number_once")
        ]
