"""Pages with a form: its faults at the top and beside each field, and a status that says so."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, template: str, form: BaseForm, **more: Any) -> HttpResponse:
    """Render a page with a form; with faults in it the status is 422.

    The template finds `form`, `errors` (for the summary: text and a link to the field) and what else is given.
    """
    errors = [
        {"text": text, "href": f"#{name}"} if name in form.fields else {"text": text}
        for name, texts in form.errors.items()
        for text in texts
    ]
    return render(request, template, {"form": form, "errors": errors, **more}, status=422 if errors else 200)
