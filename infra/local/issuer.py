"""A loopback OIDC issuer: discovery and JWKS over HTTP, with a signing key kept in the stack's folder.

The newest key signs; older ones stay in the JWKS, so that tokens signed before a rotation remain valid.
Run as a process: `python -m infra.local.issuer FOLDER PORT`. It reads the keys at every request.
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from infra.local.state import write_private

AUDIENCE = "cafe-ai"


def ensure_key(folder: Path) -> Path:
    """The private key that signs now, as a PEM file; made on first use."""
    keys = _keys(folder)
    return keys[-1] if keys else rotate_key(folder)


def rotate_key(folder: Path) -> Path:
    """Add a key that signs from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"key-{len(_keys(folder)) + 1:04d}.pem"
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, pem.decode("ascii"))
    return path


def key_id_of(pem: bytes) -> str:
    return hashlib.sha256(pem).hexdigest()[:16]


def jwks(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {"keys": [_public_jwk(path.read_bytes()) for path in _keys(folder)]}


def _keys(folder: Path) -> list[Path]:
    return sorted(folder.glob("key-*.pem"))


def _public_jwk(pem: bytes) -> dict[str, Any]:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the issuer's key is not an RSA key")
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": key_id_of(pem), "alg": "RS256", "use": "sig", "key_ops": ["verify"]}


def serve(folder: Path, port: int) -> None:
    issuer = f"http://127.0.0.1:{port}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents: dict[str, Any] = {
                "/.well-known/openid-configuration": {
                    "issuer": issuer,
                    "jwks_uri": f"{issuer}/.well-known/jwks.json",
                    "id_token_signing_alg_values_supported": ["RS256"],
                },
                "/.well-known/jwks.json": jwks(folder) if self.path.endswith("jwks.json") else {},
            }
            document = documents.get(self.path)
            body = json.dumps(document if document is not None else {"error": "not found"}).encode()
            self.send_response(200 if document is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
