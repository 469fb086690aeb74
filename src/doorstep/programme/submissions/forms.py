"""The forms of an entry in the log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from doorstep.programme.places.models import Place
from doorstep.programme.submissions.models import LogEntry
from doorstep.reference.policy import lookup_months
from doorstep.returns.printed import LINE_IDS


def _months() -> list[tuple[str, str]]:
    return [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in lookup_months()]


class CloseForm(forms.Form):
    """What holds in an entry's stead. Of what kind too: a break that was none must not split charts any more."""

    kind = forms.ChoiceField(choices=LogEntry.Kind.choices, error_messages={"required": "Select what kind it is"})
    month_from = forms.ChoiceField(choices=_months, error_messages={"required": "Select the first month"})
    month_to = forms.ChoiceField(choices=lambda: [("", ""), *_months()], required=False)
    words = forms.CharField(min_length=10, max_length=1000, error_messages={"required": "Enter what happened"})

    def clean(self) -> dict[str, Any]:
        """Return the months as days, the last not before the first."""
        found = super().clean() or {}
        for name in ("month_from", "month_to"):
            found[name] = date.fromisoformat(f"{found[name]}-01") if found.get(name) else None
        if found["month_to"] and found["month_from"] and found["month_to"] < found["month_from"]:
            self.add_error("month_to", "The last month must not be before the first")
        return found


class EntryForm(CloseForm):
    """What happened, where, since when."""

    place = forms.ChoiceField(required=False)
    lines = forms.MultipleChoiceField(choices=[(line, line) for line in LINE_IDS], required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        places = [(place.slug, str(place)) for place in Place.objects.all()]
        self.fields["place"].choices = [("", "The whole programme"), *places]  # type: ignore[attr-defined]
