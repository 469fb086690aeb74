"""What was counted for a Place's own pages. Each load adds; the newest is shown, and none is changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class OwnLoad(models.Model):
    """One load by `doorstep site figures`: from which snapshot, as known by which day, and what was left out."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=120)
    snapshot = models.CharField(max_length=64)
    known_by = models.DateField()
    left_out = models.JSONField(default=list, help_text="Months without figures, each with its reasons.")

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-pk"]


class OwnPage(models.Model):
    """One page's tables as they may be shown: small numbers are hidden before they come here.

    `sheets` is a list of {name, title, columns, rows}; `facts` pairs of words; `as_at` the day the facts are about.
    """

    class Name(models.TextChoices):
        """Which page."""

        COHORT = "cohort", "Cohort"
        COMPLETENESS = "completeness", "Completeness"

    load = models.ForeignKey(OwnLoad, on_delete=models.PROTECT, related_name="pages")
    name = models.CharField(max_length=20, choices=Name.choices)
    title = models.CharField(max_length=200)
    as_at = models.DateField()
    sheets = models.JSONField()
    notes = models.JSONField(default=list)
    facts = models.JSONField(default=list)

    class Meta:
        """A page is once in a load."""

        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["load", "name"], name="one_page_once")]


class OwnReturn(models.Model):
    """One version of a month's return as the ledger has it: what was printed, from what, and when it was sent.

    `lines` are as printed, after suppression. `facts` is what its provenance tells about breaks, empty where it was not
    found.
    """

    hash = models.CharField(max_length=64, unique=True, help_text="Of the ledger's row.")
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    built_at = models.DateTimeField()
    sent_on = models.DateField(null=True)
    snapshot = models.CharField(max_length=64, blank=True, default="")
    suppression = models.CharField(max_length=20, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    n_hidden = models.PositiveIntegerField()
    lines = models.JSONField()
    facts = models.JSONField(default=dict)

    class Meta:
        """Newest month first, its versions in order."""

        ordering: ClassVar[list[str]] = ["-month", "version"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["month", "version"], name="one_own_version_once")
        ]
