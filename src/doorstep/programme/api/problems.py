"""What the interface answers where something is wrong: RFC 9457, Problem Details for HTTP APIs."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

TYPE = "application/problem+json"
_WORDS = {
    400: "The question could not be read.",
    401: "Show a token in the header Authorization: Bearer …, or log in.",
    403: "Your roles, or the token's scopes, do not include this.",
    404: "There is nothing at this address.",
    405: "This interface is read-only: ask with GET.",
    429: "Too many questions in a minute: wait, then go on.",
    500: "This is a fault of ours; nothing was changed.",
}


def problem(status: int, detail: str = "", **headers: str) -> HttpResponse:
    """Return a problem; `headers` have underscores for hyphens."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _WORDS.get(status, HTTPStatus(status).phrase),
    }
    made = JsonResponse(body, status=status, content_type=TYPE, json_dumps_params={"ensure_ascii": False})
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


def as_problem(response: HttpResponse) -> HttpResponse:
    """Return a refusal that was made for people as one for programs."""
    if response.status_code < 400 or response.headers.get("Content-Type") == TYPE:
        return response
    kept = {"Allow": response["Allow"]} if "Allow" in response else {}
    return problem(response.status_code, **kept)
