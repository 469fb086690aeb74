"""Submissions, what was found in them, decisions about them, and the log of issues and changes. Rows are only added."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """One workbook of one Place and month, as received. A later version supersedes; none is overwritten.

    `lines` holds the numbers as sent: by line id (`returns.printed.LINE_IDS`) 23 whole numbers or "*". It is null where
    the file could be read but its form is too broken to hold numbers. `file` is the very file.
    """

    class Window(models.TextChoices):
        """When it came, by the timetable of its month."""

        FIRST = "first", "first window"
        SECOND = "second", "second window"
        LATE = "late", "after the second window"

    class Via(models.TextChoices):
        """How it came."""

        UPLOAD = "upload", "uploaded on this site"
        FOLDER = "folder", "taken from a folder"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="submissions")
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    file = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    received_on = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    window = models.CharField(max_length=8, choices=Window.choices)
    n_faults = models.PositiveSmallIntegerField()
    n_notes = models.PositiveSmallIntegerField()
    lines = models.JSONField(null=True)
    numbers_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True, help_text="Of the numbers.")
    via = models.CharField(max_length=6, choices=Via.choices, default=Via.UPLOAD)
    run = models.PositiveSmallIntegerField(default=1, help_text="The newest run of the checks across files and months.")
    note = models.CharField(max_length=1000, blank=True, default="", help_text="The sender's words.")
    verdict: str  # the newest decision's, where it came from `reading.decided`

    class Meta:
        """Versions of a Place's month count from 1."""

        ordering: ClassVar[list[str]] = ["-month", "place", "-version"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["place", "month", "version"], name="one_version_once")
        ]


class Finding(models.Model):
    """One thing that a check found, as `returns.Fault` says it.

    `across` marks checks across files or months: they can be run again, and those of the submission's newest `run`
    hold. `other` is the submission of another Place that it is about: for the Centre only.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="findings")
    severity = models.CharField(max_length=6)
    code = models.CharField(max_length=40)
    sheet = models.CharField(max_length=60, blank=True, default="")
    cell = models.CharField(max_length=80, blank=True, default="")
    message = models.CharField(max_length=600)
    across = models.BooleanField(default=False)
    run = models.PositiveSmallIntegerField(default=1)
    other = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """In the order found."""

        ordering: ClassVar[list[str]] = ["pk"]


class Decision(models.Model):
    """What was decided about a submission; the newest holds. Whoever sent or checked a file may not sign it off."""

    class Verdict(models.TextChoices):
        """What was decided."""

        CHECKED = "checked", "checked, waiting for sign-off"
        SIGNED_OFF = "signed off", "signed off"
        SENT_BACK = "sent back", "sent back to the Place"
        WITHDRAWN = "withdrawn", "withdrawn by the Place"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    why = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Oldest first."""

        ordering: ClassVar[list[str]] = ["pk"]


class LogEntry(models.Model):
    """One line of the issues and changes log, shown beside charts. `place` empty: the whole programme.

    An entry is never changed: a later one with `closes` ends it or puts it right.
    """

    class Kind(models.TextChoices):
        """What is noted."""

        BREAK = "break", "break in series"  # a rule of the cohort, the Place's area, a provider's recording
        ISSUE = "issue", "issue with the data"
        CHANGE = "change", "change of definition or timetable"

    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="log")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    month_from = models.DateField()
    month_to = models.DateField(null=True, blank=True)
    lines = models.JSONField(default=list, help_text="Line ids it touches; empty: all.")
    words = models.CharField(max_length=1000)
    closes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="closed_by")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Newest month first."""

        ordering: ClassVar[list[str]] = ["-month_from", "-pk"]
