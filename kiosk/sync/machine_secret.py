"""What proves that two programs run on one machine, for one user: a secret in a file that only that user can read."""

import hmac
from pathlib import Path

from kiosk.paths import private_dir


def secret_file(port: int) -> Path:
    """Where a site server that listens on this loopback port leaves its pairing secret."""
    return private_dir() / f"pairing-{port}.secret"


def pairing_proof(secret: bytes, public_key: bytes) -> str:
    """Hex HMAC-SHA-256: whoever sends it has read the secret, and the secret itself never travels."""
    return hmac.digest(secret, b"GLRP1" + public_key, "sha256").hex()
