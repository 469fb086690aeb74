"""The form of publishing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms


class PublishForm(forms.Form):
    """What somebody who has looked at a preview agrees to."""

    through = forms.CharField()
    note = forms.CharField(max_length=1000, required=False)
    fingerprint = forms.CharField(max_length=16)

    def clean_through(self) -> date:
        """Return the newest month as a day."""
        return month_of(self.cleaned_data["through"])

    def clean(self) -> dict[str, Any]:
        """Return what was entered, without blanks around it."""
        found = super().clean() or {}
        return {**found, "note": found.get("note", "").strip()}


def month_of(text: str) -> date:
    """Return a month written as 2026-04; ValidationError where it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise forms.ValidationError("Select the newest month") from error
