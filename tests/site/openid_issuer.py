"""A small OpenID Connect provider: it hands out codes, holds the client to PKCE, and signs what a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "doorstep-client", "a-secret-of-the-client"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Issuer:
    """The provider. `claims` are put over the right ones in the next token; `key` signs it."""

    def __init__(self) -> None:
        self.own_key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.reset()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def reset(self) -> None:
        """Be as right as at the start."""
        self.key = self.published = self.own_key
        self.claims: dict[str, Any] = {}
        self.left_out: tuple[str, ...] = ()
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.asked: dict[str, str] = {}
        self.proofs: list[dict[str, str]] = []

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def went_to(self, address: str) -> dict[str, str]:
        """Take note of what a person was sent here with, and return the answer they bring back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"state": self.asked["state"], "code": "the-code"}

    def token(self) -> str:
        now = int(time.time())
        right = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "991200307199",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked.get("nonce", ""),
            "authentication_assurance_level": "3",
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if name not in self.left_out}
        if self.header["alg"] in ("none", "HS256"):
            return self._signed_by_anybody(claims)
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])

    def _signed_by_anybody(self, claims: dict[str, Any]) -> str:
        """Return a token without a signature, or with one over the public key as if that were a shared secret."""
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (self.header, claims))
        public = self.published.as_pem(private=False)
        is_signed = self.header["alg"] == "HS256"
        signature = hmac.digest(public, signed.encode(), "sha256") if is_signed else b""
        return f"{signed}.{_base64(signature)}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            here = self.address
            return 200, {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/keys",
            }
        if path == "/keys":
            return 200, dict(KeySet([self.published]).as_dict(private=False))
        if path == "/token" and self._may_have(form):
            return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.token()}
        return 400, {"error": "invalid_grant"}

    def _may_have(self, form: dict[str, str]) -> bool:
        self.proofs.append(form)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _base64(digest)
        has_proof = form.get("client_secret") == SECRET or "client_assertion" in form
        return form.get("code") == "the-code" and has_proof and challenge == self.asked.get("code_challenge")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say({})

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say({name: values[0] for name, values in parse_qs(sent).items()})

            def _say(self, form: dict[str, str]) -> None:
                status, said = issuer.answer(self.path, form)
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
