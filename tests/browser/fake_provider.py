"""An identity provider that signs in whomever the test says, without asking: discovery, authorization, token, keys."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
CLIENT = "luxe"


class Provider(ThreadingHTTPServer):
    """`email` is who signs in next; `nonces` by the code that was given out."""

    daemon_threads = True
    email = "manager@example.com"
    verified = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.nonces: dict[str, str] = {}
        self.prompts: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def id_token(self, code: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "sub": "u-17", "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": self.nonces.pop(code), "email": self.email, "email_verified": self.verified}
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k1"})


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/authorize":
            self._authorize({name: values[0] for name, values in parse_qs(asked.query).items()})
        elif asked.path == "/keys":
            numbers = KEY.public_key().public_numbers()
            self._json(
                {
                    "keys": [
                        {
                            "kty": "RSA",
                            "kid": "k1",
                            "use": "sig",
                            "n": _number(numbers.n),
                            "e": _number(numbers.e),
                        }
                    ]
                }
            )
        else:
            url = self.server.url
            self._json(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "jwks_uri": f"{url}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        token = self.server.id_token(sent["code"][0])
        self._json({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _authorize(self, asked: dict[str, str]) -> None:
        self.server.nonces["c-1"] = asked["nonce"]
        self.server.prompts.append(asked.get("prompt", ""))
        self.send_response(302)
        query = urlencode({"code": "c-1", "state": asked["state"]})
        self.send_header("Location", f"{asked['redirect_uri']}?{query}")
        self.end_headers()

    def _json(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def provider() -> Iterator[Provider]:
    """It listens on this machine until the block ends."""
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
