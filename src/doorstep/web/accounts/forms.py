"""The forms of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from doorstep.reference import places
from doorstep.web.matrix import matrix


class LogIn(forms.Form):
    """An e-mail address and a password; both can be pasted or filled by a password manager."""

    email = forms.EmailField(max_length=254, error_messages={"required": "Enter your email address"})
    password = forms.CharField(max_length=200, strip=False, error_messages={"required": "Enter your password"})


class Code(forms.Form):
    """The six digits of the authenticator app."""

    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        error_messages={
            "required": "Enter the 6 digits your authenticator app shows",
            "invalid": "The code is 6 digits, like 123456",
        },
    )


class Recovery(forms.Form):
    """One of the recovery codes, with or without its hyphens."""

    code = forms.CharField(max_length=40, error_messages={"required": "Enter one of your recovery codes"})


class NewPassword(forms.Form):
    """A password, twice."""

    new = forms.CharField(max_length=200, strip=False, error_messages={"required": "Enter a password"})
    again = forms.CharField(max_length=200, strip=False, error_messages={"required": "Enter the password again"})

    def clean(self) -> dict[str, Any]:
        """Hold the two to each other."""
        found = self.cleaned_data
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "The two passwords differ")
        return found


class WithPassword(forms.Form):
    """A form that asks for the present password again, before a change to how one logs in."""

    password = forms.CharField(max_length=200, strip=False, error_messages={"required": "Enter your present password"})


class ChangePassword(WithPassword, NewPassword):
    """The present password and a new one, twice."""


class ChangeAuthenticator(WithPassword, Code):
    """The present password, and the code that the new authenticator shows."""


class Invite(forms.Form):
    """Somebody's name and e-mail address."""

    name = forms.CharField(max_length=120, error_messages={"required": "Enter the person's name"})
    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Enter the person's email address",
            "invalid": "Enter an email address, like name@example.nhs.uk",
        },
    )


class GiveRole(forms.Form):
    """A role, and the Place it is for where it is for one."""

    role = forms.ChoiceField(error_messages={"required": "Choose a role", "invalid_choice": "Choose a role"})
    place = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Choose a Place"})

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        table = matrix(settings.DOORSTEP_ROLE)
        choice = [("", "Choose")]
        self.fields["role"].choices = choice + [(role, role.replace("_", " ")) for role in table.roles]  # type: ignore[attr-defined]
        known = [(place.slug, place.name.strip()) for place in places.all_places()]
        self.fields["place"].choices = choice + known  # type: ignore[attr-defined]


class Subject(forms.Form):
    """Which identity of the log-in provider is this person's."""

    subject = forms.CharField(max_length=200, required=False)
