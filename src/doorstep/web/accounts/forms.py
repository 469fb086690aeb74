"""The forms of logging in."""

from __future__ import annotations

from django import forms


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
