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
