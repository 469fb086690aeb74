"""The form of a new token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

DAYS = (30, 90, 180, 365)


class NewToken(forms.Form):
    """What uses it, what it may see, how long it is valid."""

    name = forms.CharField(max_length=80, error_messages={"required": "Enter what will use the token"})
    scopes = forms.MultipleChoiceField(error_messages={"required": "Select what the token may see"})
    days = forms.TypedChoiceField(
        choices=[(n, f"{n} days") for n in DAYS],
        coerce=int,
        error_messages={"required": "Select how long it is valid", "invalid_choice": "Select one of the times listed"},
    )

    def __init__(self, *args: Any, scopes: tuple[str, ...], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["scopes"].choices = [(scope, scope) for scope in scopes]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Return what `actions.make` takes."""
        found = self.cleaned_data
        until = timezone.localdate() + timedelta(days=found["days"])
        return {"name": found["name"], "scopes": tuple(found["scopes"]), "expires_on": until}
