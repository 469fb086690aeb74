"""`doorstep migrate`: bring the site's database to this version, and make the first administrator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import json_option, n_of, report
from doorstep.cli.serve_site import Site, database_option, site
from doorstep.errors import UsageError


@click.command()
@click.option("--administrator", "email", default="", help="Email address of the first administrator.")
@click.option("--name", default="", help="The administrator's name.")
@click.option("--check", "only_check", is_flag=True, help="Only say what waits; exit code 1 where something does.")
@database_option
@json_option
def migrate(email: str, name: str, only_check: bool, database: Path | None, as_json: bool) -> int:
    """Bring the site's database to this version; take a backup first.

    With --administrator and --name, on a site without one: make the account and print the link with which that person
    chooses a password. Later administrators are invited on the site.
    """
    if bool(email) != bool(name):
        raise UsageError("an administrator has an address and a name", expected="--administrator EMAIL --name NAME")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email.strip()):
        raise UsageError(f"{email!r} is no email address", where="--administrator", expected="as in ana@example.nhs.uk")
    from doorstep.web import migrating

    with site(folder=database) as found:
        if only_check:
            names = migrating.waiting()
            report(as_json, {"waiting": names}, [*names, f"{n_of(len(names), 'migration')} wait"])
            return 1 if names else 0
        names = migrating.migrate()
        result: dict[str, Any] = {"applied": names}
        lines = [*names, f"{n_of(len(names), 'migration')} applied"]
        if email:
            result["link"] = _first_administrator(found, email, name)
            lines += ["The administrator opens this link within 72 hours; it works once:", f"  {result['link']}"]
        report(as_json, result, lines)
    return 0


def _first_administrator(found: Site, email: str, name: str) -> str:
    from django.db import transaction
    from django.urls import reverse

    from doorstep.web.accounts import actions, enrolment
    from doorstep.web.accounts.models import Assignment

    with transaction.atomic():
        held = Assignment.objects.filter(Assignment.holds_on(), role=actions.ADMINISTRATOR)
        if held.filter(user__is_active=True, user__invitations__used_at__isnull=False).exists():
            raise UsageError("this site has an administrator", do="let them invite others on the site, under People")
        user, secret = enrolment.invite(email=email, name=name, by=None)
        actions.assign(user=user, role=actions.ADMINISTRATOR, by=None)
    host = found.settings.hosts[0]
    start = f"https://{host}" if found.settings.is_production else f"http://{host}:8000"
    return start + reverse("enrol", kwargs={"secret": secret})
