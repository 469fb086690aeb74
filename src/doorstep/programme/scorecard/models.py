"""Packs as they were made. What was handed out can be shown again, byte for byte."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Pack(models.Model):
    """The pack of an edition, of all Places or of one, made once and kept. `place` is empty for all Places.

    `program` is the version of this program that made it; `sha256` are of the HTML (UTF-8) and of the PDF.
    """

    edition = models.ForeignKey("figures.Edition", on_delete=models.PROTECT, related_name="packs")
    place = models.CharField(max_length=80, blank=True, default="")
    html = models.TextField()
    html_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    program = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Newest edition first, all Places before each of them."""

        ordering: ClassVar[list[str]] = ["-edition", "place"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["edition", "place"], name="one_pack_of_an_edition_and_place")
        ]


class Wanted(models.Model):
    """A pack that is asked for and not made: by a person, or by publishing. The row goes when the pack is there.

    `why` says why it could not be made; it then waits until somebody asks again.
    """

    edition = models.ForeignKey("figures.Edition", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_of_publishing = models.BooleanField(default=False)
    n_tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Asked for once."""

        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["edition", "place"], name="one_pack_wanted_once")
        ]

    @property
    def failure(self) -> str:
        """Why it is not tried any more, or an empty text."""
        from doorstep.programme.scorecard.making import ENDED, MOST_TRIES

        return self.why or (ENDED if self.n_tries >= MOST_TRIES else "")
