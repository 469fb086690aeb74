"""The forms of the register."""

from __future__ import annotations

from typing import Any

from django import forms

from doorstep.programme.places.models import PlaceFact

_DAY = {"required": "Enter the day", "invalid": "Enter a day such as 9 September 2025"}


def day_field(**more: Any) -> forms.DateField:
    """Return a field for a day, as the browser's own control."""
    return forms.DateField(error_messages=_DAY, **more)


class FactForm(forms.Form):
    """One fact: what, from when to when, how it is known."""

    kind = forms.ChoiceField()
    value = forms.CharField(max_length=300, error_messages={"required": "Enter what is known"})
    valid_from = day_field()
    valid_to = day_field(required=False)
    source = forms.CharField(max_length=300, error_messages={"required": "Enter how it is known"})
    sureness = forms.ChoiceField(
        choices=PlaceFact.Sureness.choices, error_messages={"required": "Select how far it has been checked"}
    )

    def __init__(self, *given: Any, of_programme: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        is_count = PlaceFact.Kind.COUNT
        kinds = [choice for choice in PlaceFact.Kind.choices if (choice[0] == is_count) == of_programme]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class CorrectionForm(FactForm):
    """The right fact, and what was wrong with the other."""

    why = forms.CharField(max_length=300, error_messages={"required": "Enter what was wrong"})

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        del self.fields["kind"]


class EndForm(forms.Form):
    """The last day on which a fact held."""

    on = day_field()
    source = forms.CharField(max_length=300, error_messages={"required": "Enter how it is known"})
