"""Walks every address of one role of installation as everybody, and holds each answer to the authorisation matrix.

An address with arguments needs an example. What Django's own converters take has one here; for the rest each app's
tests register theirs in a file `addresses_of_….py` beside them: `EXAMPLES` maps an address's name to its arguments.
"""

from __future__ import annotations

import importlib.util
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

NOBODY, NO_ROLE = "nobody", "no role"
_OF_CONVERTERS: dict[str, Any] = {
    "UUIDConverter": uuid.UUID(int=5),
    "SlugConverter": "sefton",
    "IntConverter": 987654321,
    "StringConverter": "some-text",
}


@dataclass(frozen=True)
class Address:
    """One address: its name, an example of it, and what the matrix says it is (None where it is public)."""

    name: str
    path: str
    needed: tuple[str, str] | None


def examples() -> dict[str, dict[str, Any]]:
    """Return what the apps' tests registered."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(__file__).parent.glob("*/addresses_of_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= module.EXAMPLES
    return found


def patterns(found: Any = None) -> Iterator[Any]:
    """Yield every pattern of the installation's addresses."""
    from django.urls import URLPattern, get_resolver

    for one in get_resolver().url_patterns if found is None else found:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from patterns(one.url_patterns)


def addresses() -> list[Address]:
    """Return every address with its example; AssertionError names those without one, or not in the matrix."""
    from django.conf import settings
    from django.urls import reverse

    from doorstep.web.matrix import matrix

    table, registered = matrix(settings.DOORSTEP_ROLE).addresses, examples()
    made, lacking = [], []
    for pattern in patterns():
        words = registered.get(pattern.name, _words(pattern))
        if pattern.name not in table or words is None:
            lacking.append(f"{pattern.name or pattern.pattern} has no {'example' if words is None else 'line'}")
        else:
            made.append(Address(pattern.name, reverse(pattern.name, kwargs=words), table[pattern.name]))
    assert not lacking, "; ".join(lacking)
    return made


def _words(pattern: Any) -> dict[str, Any] | None:
    """Return arguments made up from the converters; None where one is not Django's own."""
    converters = getattr(pattern.pattern, "converters", {})
    named = set(getattr(pattern.pattern, "regex", re.compile("")).groupindex)
    found = {name: _OF_CONVERTERS.get(type(one).__name__) for name, one in converters.items()}
    return None if named - set(found) or None in found.values() else found


def faults_of_walk(member: Any, *only: str) -> list[str]:
    """Return every answer that is not as the matrix says, as words.

    `member` makes people who are logged in; `only` are the roles to walk as, by default all, and without any.
    """
    from django.conf import settings
    from django.test import Client

    from doorstep.web.matrix import matrix

    table, everywhere = matrix(settings.DOORSTEP_ROLE), addresses()
    people: dict[str, Any] = {} if only else {NOBODY: Client(), NO_ROLE: member()}
    for role in only or table.roles:
        people[role] = member(role, place="sefton" if table.is_for_one_place(role) else "")
    found = []
    for who, browser in people.items():
        browser.raise_request_exception = False
        roles = (who,) if who in table.roles else ()
        for address in everywhere:
            scope = "" if address.needed is None or who == NOBODY else table.scope(roles, *address.needed)
            found += [f"{who}: {address.name}: {fault}" for fault in _faults(browser, address, who, scope)]
    return found


def _faults(browser: Any, address: Address, who: str, scope: str) -> Iterator[str]:
    if address.name == "log-out":
        return  # it would end the walk; its own test holds it
    answer = browser.get(address.path)
    yield from page_faults(answer)
    if answer.status_code >= 500:
        yield f"fails with {answer.status_code}"
    elif address.needed is None:
        return
    elif who == NOBODY:
        for asked in (answer, browser.post(address.path)):
            if not _asks_to_log_in(asked):
                yield f"answers {asked.status_code} to who has not logged in"
    elif not scope:
        for asked in (answer, browser.post(address.path)):
            if asked.status_code != 403:
                yield f"answers {asked.status_code} where the matrix refuses"
    elif _asks_to_log_in(answer) or (answer.status_code == 403 and scope == "any"):
        yield f"answers {answer.status_code} where the matrix allows"


def _asks_to_log_in(answer: Any) -> bool:
    is_sent = answer.status_code == 302 and answer.headers["Location"].startswith("/log-in?next=")
    return bool(is_sent or answer.status_code == 401)


class _Page(HTMLParser):
    """Counts what a page must have, and what it must not."""

    def __init__(self) -> None:
        super().__init__()
        self.main = self.headings = self.titles = 0
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.main += tag == "main"
        self.headings += tag == "h1"
        self.titles += tag == "title"
        if "style" in told or (tag == "style" and "nonce" not in told):
            self.wrong.append(f"a style in <{tag}>")
        if tag == "script" and "src" not in told and "nonce" not in told:
            self.wrong.append("a script without the nonce")
        self.wrong += [f"{name} of <{tag}>" for name in told if name.startswith("on")]
        for name in ("src", "action") + (("href",) if tag == "link" else ()):
            if (told.get(name) or "").startswith(("http:", "https:", "//")):
                self.wrong.append(f"{name} of <{tag}> leads to another host")


def page_faults(answer: Any) -> Iterator[str]:
    """Yield what an answer lacks that every one must have, and of a page what it must not have."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "has no strict content security policy"
    if answer.headers.get("Cache-Control") is None or answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "says nothing of caches, or lets its kind be guessed"
    if answer.headers.get("Content-Type", "").startswith("text/html") and answer.content:
        page = _Page()
        page.feed(answer.content.decode())
        if (page.main, page.headings) != (1, 1):
            yield f"has {page.main} <main> and {page.headings} <h1>"
        yield from page.wrong
