"""What a site is told by its environment, and what a production site refuses.

| variable | what it says | default |
|---|---|---|
| DOORSTEP_ROLE | `national` or `place`: which apps, addresses and database | place |
| DOORSTEP_PRODUCTION | `1`: the rules of production hold | off |
| DATABASE_URL | the site's PostgreSQL; a demo or laptop may have none | |
| DOORSTEP_SECRET_KEY | signs sessions; at least 50 characters | made up where not in production |
| DOORSTEP_HOSTS | names the site answers to, with commas between | localhost |
| DOORSTEP_OIDC_ISSUER, DOORSTEP_OIDC_CLIENT | log-in by OpenID Connect (NHS CIS2): whose, and our id there | off |
| DOORSTEP_OIDC_SECRET or DOORSTEP_OIDC_KEY | the client's secret, or the file of its private key (PEM) | |
| DOORSTEP_OIDC_ACR, DOORSTEP_OIDC_NAME | assurance asked for; its name | AAL2_OR_AAL3_ANY, NHS Care Identity |
| DOORSTEP_DEMO | `1`: every page says that its data are made up | off |
| DOORSTEP_PROXIES | how many proxies stand before the site, each adding to X-Forwarded-For | 0 |
| DOORSTEP_DATABASE_FOLDER | where a laptop without DATABASE_URL keeps its own database | a folder of the account |
| DOORSTEP_IDLE_MINUTES, DOORSTEP_HOURS | when a session ends | 15, 12 |
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from doorstep.errors import ConfigurationError

ROLES = ("place", "national")
DEMO_MARK = "demo-only"  # every secret that a demo makes up begins so, and production refuses it
SHORTEST_KEY = 50
FEWEST_DIFFERENT = 10  # 50 random characters, even hexadecimal ones, never have fewer
IDLE_MINUTES, HOURS = 15, 12  # when a session ends, at the latest in production


@dataclass(frozen=True)
class OpenId:
    """How the site speaks to an OpenID Connect provider; `key` is the file of a private key, `secret` else."""

    issuer: str
    client: str
    secret: str
    key: str
    acr: str
    name: str


@dataclass(frozen=True)
class Environment:
    """The settings of one site, checked."""

    role: str
    is_production: bool
    database: str
    secret_key: str
    hosts: tuple[str, ...]
    oidc: OpenId | None
    idle_minutes: int
    hours: int
    is_demo: bool
    proxies: int


def read(values: Mapping[str, str]) -> Environment:
    """Read a site's settings; ConfigurationError names each that is missing or unsafe, all at once."""
    faults: list[str] = []
    role = values.get("DOORSTEP_ROLE", "place")
    if role not in ROLES:
        faults.append(f"DOORSTEP_ROLE is {role!r}, not one of {', '.join(ROLES)}")
    is_production = _switch(values, "DOORSTEP_PRODUCTION", faults)
    key = values.get("DOORSTEP_SECRET_KEY", "") or ("" if is_production else f"{DEMO_MARK}-{secrets.token_urlsafe(50)}")
    hosts = tuple(h.strip() for h in values.get("DOORSTEP_HOSTS", "").split(",") if h.strip())
    made = Environment(
        role,
        is_production,
        values.get("DATABASE_URL", ""),
        key,
        hosts or ("localhost", "127.0.0.1"),
        _openid(values, is_production, faults),
        _whole(values, "DOORSTEP_IDLE_MINUTES", IDLE_MINUTES, faults),
        _whole(values, "DOORSTEP_HOURS", HOURS, faults),
        _switch(values, "DOORSTEP_DEMO", faults),
        _whole(values, "DOORSTEP_PROXIES", 0, faults, least=0),
    )
    faults += _production_faults(made, bool(hosts)) if is_production else []
    if is_production and values.get("DOORSTEP_TODAY"):
        faults.append("DOORSTEP_TODAY is set: a production site keeps the real day")
    if faults:
        raise ConfigurationError(
            "; ".join(faults),
            expected="the settings of docs/how-to/run-the-site.md",
            where="environment",
            do="set them for the service that runs the site, never in a file that is committed",
        )
    return made


def database_settings(url: str) -> dict[str, Any]:
    """Return Django's settings of a database address (postgresql://user:password@host:port/name?host=…)."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
        is_one = parts.scheme in ("postgres", "postgresql") and len(parts.path) > 1
    except ValueError:  # a port that is no number, or half a bracket
        is_one = False
    if not is_one:
        raise ConfigurationError(
            "DATABASE_URL is no address of a PostgreSQL database",
            expected="postgresql://user:password@host:5432/name",
            where="environment",
            do="write %2F for a slash, %40 for an @ and %3A for a colon in the password",
        )
    options = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def is_checked_way(url: str) -> bool:
    """True where the way to the database stays on this machine, or TLS checks whose server answers."""
    found = database_settings(url)
    is_here = found["HOST"].startswith("/") or found["HOST"] in ("", "localhost", "127.0.0.1", "::1")
    return is_here or found["OPTIONS"].get("sslmode", "") in ("verify-ca", "verify-full")


def _openid(values: Mapping[str, str], is_production: bool, faults: list[str]) -> OpenId | None:
    issuer = values.get("DOORSTEP_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    made = OpenId(
        issuer,
        values.get("DOORSTEP_OIDC_CLIENT", ""),
        values.get("DOORSTEP_OIDC_SECRET", ""),
        values.get("DOORSTEP_OIDC_KEY", ""),
        values.get("DOORSTEP_OIDC_ACR", "AAL2_OR_AAL3_ANY"),
        values.get("DOORSTEP_OIDC_NAME", "NHS Care Identity"),
    )
    if is_production and not issuer.startswith("https://"):
        faults.append("DOORSTEP_OIDC_ISSUER does not begin with https://")
    if not made.client or bool(made.secret) == bool(made.key):
        faults.append("DOORSTEP_OIDC_ISSUER needs DOORSTEP_OIDC_CLIENT and one of DOORSTEP_OIDC_SECRET and _KEY")
    return made


def _switch(values: Mapping[str, str], name: str, faults: list[str]) -> bool:
    """Return whether a setting is on. Any other word is a fault: `yes` must not quietly be no."""
    text = values.get(name, "")
    if text not in ("", "0", "1"):
        faults.append(f"{name} is {text!r}, neither 1 nor 0")
    return text == "1"


def _whole(values: Mapping[str, str], name: str, default: int, faults: list[str], *, least: int = 1) -> int:
    text = values.get(name, str(default))
    if text.isdecimal() and int(text) >= least:
        return int(text)
    faults.append(f"{name} is {text!r}, not a whole number of at least {least}")
    return default


def _production_faults(made: Environment, has_hosts: bool) -> list[str]:
    faults = []
    if not made.database:
        faults.append("DATABASE_URL is missing: production never starts a database of its own")
    if len(made.secret_key) < SHORTEST_KEY:
        faults.append(f"DOORSTEP_SECRET_KEY has {len(made.secret_key)} characters, fewer than {SHORTEST_KEY}")
    elif len(set(made.secret_key)) < FEWEST_DIFFERENT:
        faults.append(f"DOORSTEP_SECRET_KEY has {len(set(made.secret_key))} different characters: it is not random")
    if made.idle_minutes > IDLE_MINUTES or made.hours > HOURS:
        faults.append(f"sessions may not last longer than {IDLE_MINUTES} idle minutes and {HOURS} hours")
    if DEMO_MARK in made.secret_key or DEMO_MARK in made.database:
        faults.append("a secret of a demo is set: make a new one")
    if not made.proxies:
        faults.append("DOORSTEP_PROXIES is 0: TLS ends in a proxy of yours, whose word on the address is then believed")
    if made.is_demo:
        faults.append("DOORSTEP_DEMO is set: a demo's accounts and made-up data have no place in production")
    if not has_hosts or "*" in made.hosts:
        faults.append("DOORSTEP_HOSTS must name the site's own names")
    return faults
