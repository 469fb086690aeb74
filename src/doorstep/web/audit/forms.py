"""What the page of the audit trail can be asked for."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from doorstep.web.audit.reading import Asked


class AskForm(forms.Form):
    """Whom, what and when; everything can be left empty."""

    person = forms.CharField(max_length=200, required=False)
    action = forms.CharField(max_length=60, required=False)
    object = forms.CharField(max_length=40, required=False)
    id = forms.CharField(max_length=80, required=False)
    place = forms.CharField(max_length=80, required=False)
    since = forms.DateField(required=False, error_messages={"invalid": "Enter the first day as 2026-07-31"})
    until = forms.DateField(required=False, error_messages={"invalid": "Enter the last day as 2026-07-31"})

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["until"] < found["since"]:
            self.add_error("until", "The last day must not be before the first")
        return found

    @property
    def asked(self) -> Asked:
        """What is looked for; everything where a field is wrong."""
        found = self.cleaned_data if self.is_valid() else {}
        first, last = found.get("since"), found.get("until")
        return Asked(
            person=found.get("person", ""),
            action=found.get("action", ""),
            thing=found.get("object", ""),
            thing_id=found.get("id", ""),
            place=found.get("place", ""),
            since=_midnight(first) if first else None,
            until=_midnight(last + timedelta(days=1)) if last else None,
        )


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
