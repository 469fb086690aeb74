"""The forms of making a set, and of what is recorded about one."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from doorstep.geography.neighbourhoods.importing import KINDS
from doorstep.geography.neighbourhoods.model import WHO
from doorstep.geography.site.drawing.changing import LONGEST_NAME
from doorstep.geography.site.drawing.starting import STARTS

UNITS: Final = {
    "lsoa2021": "LSOAs of 2021 (column lsoa21)",
    "lsoa2011": "LSOAs of 2011 (column lsoa11)",
    "practices": "GP practices (column practice)",
    "wards": "Wards of 2024 (column ward)",
    "pcns": "Primary care networks (column pcn)",
}
TOWARDS: Final = {"none": "Neither", "wards": "Wards", "pcns": "Primary care networks"}
MOST_BYTES: Final = 2_000_000
_DAY: Final = {"required": "Enter the day", "invalid": "Enter a day such as 9 September 2025"}


def _named(scope: bool) -> dict[str, forms.Field]:
    ground = forms.CharField(max_length=120, error_messages={"required": "Enter a council, a Place or a system"})
    title = forms.CharField(max_length=120, error_messages={"required": "Enter a title"})
    day = forms.DateField(error_messages=_DAY)
    return {**({"scope": ground} if scope else {}), "title": title, "valid_from": day}


class DrawForm(forms.Form):
    """What the optimiser is asked."""

    low = forms.IntegerField(min_value=1_000, max_value=1_000_000, error_messages={"required": "Enter a number"})
    high = forms.IntegerField(min_value=1_000, max_value=1_000_000, error_messages={"required": "Enter a number"})
    towards = forms.ChoiceField(choices=TOWARDS.items())

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields.update(_named(scope=True))

    def clean(self) -> dict[str, Any]:
        """Return the choices, the fewest residents not over the most."""
        found = super().clean() or {}
        if found.get("low") and found.get("high") and found["low"] > found["high"]:
            self.add_error("high", "The most residents must not be fewer than the fewest")
        return found


class HandForm(forms.Form):
    """What a set that is drawn by hand begins with."""

    start = forms.ChoiceField(choices=STARTS.items(), error_messages={"required": "Select what to begin with"})
    names = forms.CharField(required=False, max_length=10_000, strip=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields.update(_named(scope=True))

    def clean_names(self) -> list[str]:
        """Return the names, one a line, each once."""
        names = [" ".join(line.split()) for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError(f"A name has at most {LONGEST_NAME} characters")
        if len({name.casefold() for name in names}) < len(names):
            raise forms.ValidationError("Enter each name once")
        return names

    def clean(self) -> dict[str, Any]:
        """Return the choices; who begins with nothing names what there shall be."""
        found = super().clean() or {}
        if found.get("start") == "none" and not found.get("names") and "names" not in self.errors:
            self.add_error("names", "Enter one name or more, or begin with something else")
        return found


class ImportForm(forms.Form):
    """A list that somebody brings."""

    file = forms.FileField(error_messages={"required": "Select a CSV file", "empty": "The file is empty"})
    units = forms.ChoiceField(
        choices=[(kind, UNITS[kind]) for kind in KINDS], error_messages={"required": "Select what it lists"}
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields.update(_named(scope=False))

    def clean_file(self) -> Any:
        """Return the file, where it is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file must be smaller than {MOST_BYTES // 1_000_000} MB")
        return file


class TeamsForm(forms.Form):
    """A list of the teams' practices that somebody brings, against the version that they looked at."""

    file = forms.FileField(error_messages={"required": "Select a CSV file", "empty": "The file is empty"})
    units = forms.ChoiceField(
        choices=[(kind, UNITS[kind]) for kind in ("practices", "pcns")],
        error_messages={"required": "Select what it lists"},
    )
    is_whole = forms.BooleanField(required=False)
    why = forms.CharField(max_length=500, error_messages={"required": "Enter where the list comes from"})

    clean_file = ImportForm.clean_file


class EvidenceForm(forms.Form):
    """A sign that people recognise a neighbourhood."""

    who = forms.ChoiceField(
        choices=[(one, one.capitalize()) for one in WHO], error_messages={"required": "Select who recognises it"}
    )
    what = forms.CharField(max_length=400, error_messages={"required": "Enter what they did"})
    on = forms.DateField(error_messages=_DAY)
    source = forms.CharField(max_length=300, error_messages={"required": "Enter where it is written"})


class ReasonForm(forms.Form):
    """Why a neighbourhood is outside the range of its tier."""

    text = forms.CharField(max_length=400, error_messages={"required": "Enter the reason"})


class RetireForm(forms.Form):
    """The last day of a set, and why."""

    last_day = forms.DateField(error_messages=_DAY)
    why = forms.CharField(max_length=400, error_messages={"required": "Enter why it ends"})
