"""Editions of safe figures. An edition is what everybody could see from the day it was made; none is ever changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Edition(models.Model):
    """One publication of all months so far. On a Place's own installation an edition holds its true numbers.

    `through` is the newest month in it; `rules` names the suppression it was made by.
    """

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    through = models.DateField()
    rules = models.CharField(max_length=200)
    note = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-number"]


class SafeLine(models.Model):
    """One line (a metric, `patients` or `P1`) of one Place and month as shown in editions `since` to before `until`.

    Three arrays of 23, in the order of `returns.COLUMNS`: the number, or null where hidden, and what a reader may know
    of it: `lows` and `highs` (null where nothing bounds it). Of a shown number both are the number itself.
    """

    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)
    place = models.CharField(max_length=80)
    month = models.DateField()
    line = models.CharField(max_length=8)
    values = ArrayField(models.IntegerField(null=True), size=23)
    lows = ArrayField(models.IntegerField(), size=23)
    highs = ArrayField(models.IntegerField(null=True), size=23)
    version = models.PositiveSmallIntegerField(help_text="Of the submission it comes from.")
    received_on = models.DateField()
    # For the Centre alone: these tell which hidden numbers are small.
    n_sent_hidden = models.PositiveSmallIntegerField(default=0)
    n_shown_before = models.PositiveSmallIntegerField(default=0)
    withheld = models.CharField(max_length=200, blank=True, default="", help_text="Why the whole line is hidden.")

    class Meta:
        """A line is shown once in an edition."""

        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["place", "month", "line", "since"], name="one_line_once"),
            models.UniqueConstraint(
                fields=["place", "month", "line"], condition=models.Q(until__isnull=True), name="one_line_now"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="shown_before_ended",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["line", "month", "place"]),
            models.Index(fields=["place", "line", "month"]),
            models.Index(fields=["month", "place"]),
            models.Index(fields=["since"]),
            models.Index(fields=["until"]),
            models.Index(fields=["month"], condition=~models.Q(withheld=""), name="lines_withheld"),
        ]


class MonthSum(models.Model):
    """One line and month of all Places, as an edition shows it: see `sums`, which makes these rows and reads them."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sums")
    line = models.CharField(max_length=8)
    month = models.DateField()
    places = ArrayField(models.CharField(max_length=80))
    version = models.PositiveSmallIntegerField()
    received_on = models.DateField()
    events = models.BigIntegerField(null=True)
    events_low = models.BigIntegerField()
    events_high = models.BigIntegerField(null=True)
    patients = models.BigIntegerField(null=True)
    patients_low = models.BigIntegerField(null=True)
    patients_high = models.BigIntegerField(null=True)
    stays_low = models.BigIntegerField(null=True)
    n_left_out = models.PositiveIntegerField()
    n_hidden = models.PositiveIntegerField()
    n_sent_hidden = models.PositiveIntegerField()
    n_shown_before = models.PositiveIntegerField()
    n_withheld = models.PositiveIntegerField()

    class Meta:
        """One sum a line and month; the constraint's index is how a page finds them."""

        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["edition", "line", "month"], name="one_sum_once")
        ]
