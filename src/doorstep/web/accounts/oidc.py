"""Log-in by OpenID Connect (NHS CIS2): the code flow with PKCE, and every check of the token that comes back.

OpenID Connect Core 1.0, section 3.1.3.7, says which checks; RFC 9207 says why the issuer's name in the answer is looked
at. The provider vouches for both factors: what it says of its assurance must be level 2 or higher.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from doorstep.web.environment import OpenId

# What a provider signs with a private key. Never `none`, and never a shared secret: a client could forge its own.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
LOWEST_LEVEL = 2
_LEEWAY, _TIMEOUT, _KEPT = 60, 10, 3600  # seconds
_LONGEST = 600  # between leaving for the provider and coming back


class RefusedError(Exception):
    """The provider's answer is not taken; `reason` is a word for the audit trail, without anything of the person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Provider:
    """What a provider publishes of itself, and when it was read (seconds since 1970)."""

    authorization_endpoint: str
    token_endpoint: str
    keys: KeySet
    read_at: float


_known: dict[str, Provider] = {}


def begin(told: OpenId, back: str) -> tuple[str, dict[str, Any]]:
    """Return the address to send a person to, and what the session must remember until they come back."""
    started = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(64),
        "at": time.time(),
    }
    with _session(told, back) as session:
        address, _ = session.create_authorization_url(
            _provider(told).authorization_endpoint,
            state=started["state"],
            nonce=started["nonce"],
            code_verifier=started["verifier"],
            acr_values=told.acr,
        )
    return str(address), started


def finish(told: OpenId, back: str, answer: Mapping[str, str], started: Mapping[str, Any]) -> str:
    """Return the subject that the provider vouches for; RefusedError where any check fails."""
    _check_answer(told, answer, started)
    provider = _provider(told)
    try:
        with _session(told, back) as session:
            token = session.fetch_token(
                provider.token_endpoint,
                code=answer["code"],
                code_verifier=started["verifier"],
                timeout=_TIMEOUT,
            )
    except (AuthlibBaseError, requests.RequestException, ValueError) as error:
        raise RefusedError("code") from error
    return _subject(told, str(token.get("id_token", "")), str(started["nonce"]))


def _check_answer(told: OpenId, answer: Mapping[str, str], started: Mapping[str, Any]) -> None:
    if not started or not secrets.compare_digest(answer.get("state", ""), str(started["state"])):
        raise RefusedError("state")
    if time.time() - started["at"] > _LONGEST:
        raise RefusedError("late")
    if answer.get("iss", told.issuer).rstrip("/") != told.issuer:
        raise RefusedError("issuer")
    if "error" in answer or not answer.get("code"):
        raise RefusedError("provider")


def _subject(told: OpenId, id_token: str, nonce: str) -> str:
    claims = _verified(told, id_token)
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != told.client:
        raise RefusedError("audience")
    if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
        raise RefusedError("nonce")
    if _level(claims) < LOWEST_LEVEL:
        raise RefusedError("assurance")
    return str(claims["sub"])


def _verified(told: OpenId, id_token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature, issuer, audience and times are right."""
    wanted = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "values": [told.issuer, f"{told.issuer}/"]},
        aud={"essential": True, "value": told.client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = _decoded(told, id_token).claims
        wanted.validate(claims)
    except (JoseError, ValueError) as error:
        raise RefusedError("token") from error
    return dict(claims)


def _decoded(told: OpenId, id_token: str) -> jwt.Token:
    try:
        return jwt.decode(id_token, _provider(told).keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError):
        # The provider may have changed its keys since we read them; ask once more, but not for each forged token.
        if time.time() - _provider(told).read_at < _LEEWAY:
            raise
        return jwt.decode(id_token, _provider(told, anew=True).keys, algorithms=list(ALGORITHMS))


def _level(claims: Mapping[str, Any]) -> int:
    """Return the assurance level of the authentication: CIS2's own claim, else the lowest that `acr` allows."""
    own = str(claims.get("authentication_assurance_level", ""))
    if own.isdecimal():
        return int(own)
    return min((int(level) for level in re.findall(r"AAL(\d)", str(claims.get("acr", "")))), default=0)


def _provider(told: OpenId, *, anew: bool = False) -> Provider:
    """Return what the provider publishes, read at most once an hour."""
    known = _known.get(told.issuer)
    if known is None or anew or time.time() - known.read_at > _KEPT:
        known = _known[told.issuer] = _discover(told)
    return known


def _discover(told: OpenId) -> Provider:
    try:
        said = _json(f"{told.issuer}/.well-known/openid-configuration")
        if str(said["issuer"]).rstrip("/") != told.issuer:
            raise RefusedError("issuer")
        keys = KeySet.import_key_set(cast(Any, _json(said["jwks_uri"])))
        return Provider(said["authorization_endpoint"], said["token_endpoint"], keys, time.time())
    except (requests.RequestException, JoseError, KeyError, ValueError) as error:
        raise RefusedError("discovery") from error


def _json(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _session(told: OpenId, back: str) -> OAuth2Session:
    """Return a client that proves itself with its private key (CIS2's way) or its secret."""
    common = {"client_id": told.client, "scope": "openid", "redirect_uri": back, "code_challenge_method": "S256"}
    if not told.key:
        return OAuth2Session(client_secret=told.secret, token_endpoint_auth_method="client_secret_post", **common)  # noqa: S106
    key = Path(told.key).read_text(encoding="utf-8")
    proof = PrivateKeyJWT(_provider(told).token_endpoint, alg="RS512")
    return OAuth2Session(client_secret=key, token_endpoint_auth_method=proof, **common)
