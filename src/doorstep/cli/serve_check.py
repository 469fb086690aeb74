"""What `doorstep serve --check` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from doorstep.cli.serve_site import Site

SEAL_AGE = timedelta(hours=25)  # sealing is to run at least once a day


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `note` or `fault`, what was found, and what to do."""

    state: str
    what: str
    found: str
    do: str = ""


def examine(site: Site) -> list[Finding]:
    """Look at everything that a running site needs; the settings themselves were checked before."""
    return [_settings(site), _assets(), *_database(site)]


def _settings(site: Site) -> Finding:
    told = site.settings
    found = f"{told.role}, answers to {', '.join(told.hosts)}"
    if told.is_production:
        return Finding("ok", "settings", f"{found}; production")
    return Finding("note", "settings", f"{found}; not production", "set DOORSTEP_PRODUCTION=1 where data are real")


def _assets() -> Finding:
    from doorstep.web.layout import ASSETS

    if (ASSETS / "doorstep.css").exists():
        return Finding("ok", "assets", "built")
    return Finding("fault", "assets", "not built", "in a checkout run `make assets`; a released wheel carries them")


def _database(site: Site) -> Iterator[Finding]:
    from django.db import OperationalError, connection

    from doorstep.web.migrating import waiting

    try:
        connection.ensure_connection()
    except OperationalError:
        yield Finding("fault", "database", "does not answer", "check DATABASE_URL and that the server runs")
        return
    yield _way(site)
    if names := waiting():
        yield Finding("fault", "migrations", f"{len(names)} wait", "take a backup, then run `doorstep migrate`")
        return
    yield Finding("ok", "migrations", "all applied")
    yield from (_administrators(), _demo(site), _seals())


def _way(site: Site) -> Finding:
    from doorstep.web.environment import is_checked_way

    if site.folder or is_checked_way(site.url):
        return Finding("ok", "database", "a laptop's own" if site.folder else "answers")
    do = "add ?sslmode=verify-full to DATABASE_URL, so that no other server can answer in its stead"
    return Finding("note", "database", "answers, and TLS does not check that it is the right one", do)


def _administrators() -> Finding:
    from doorstep.web.accounts.models import Assignment

    held = Assignment.objects.filter(Assignment.holds_on(), role="administrator", user__is_active=True)
    n = held.values("user").distinct().count()
    do = "run `doorstep migrate --administrator EMAIL --name NAME`"
    return Finding("ok", "administrators", f"{n}") if n else Finding("note", "administrators", "none", do)


def _demo(site: Site) -> Finding:
    from doorstep.web.accounts.demo import left_over

    n = left_over()
    if not n:
        return Finding("ok", "demo accounts", "none")
    state = "fault" if site.settings.is_production else "note"
    return Finding(state, "demo accounts", f"{n}", "a database of a demo never goes into production: make a new one")


def _seals() -> Finding:
    from django.utils import timezone

    from doorstep.web.audit.models import Event, Seal

    newest = Seal.objects.order_by("-last").first()
    oldest = Event.objects.filter(pk__gt=newest.last if newest else 0).order_by("pk").first()
    if oldest is None or timezone.now() - oldest.at < SEAL_AGE:
        return Finding("ok", "audit trail", "sealed" if newest else "no event is older than a day")
    return Finding(
        "note", "audit trail", f"unsealed since {oldest.at:%d %B %Y %H:%M}", "run `doorstep audit seal` daily"
    )
