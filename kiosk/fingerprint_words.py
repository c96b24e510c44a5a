"""The words of fingerprints: short, Indonesian, from everyday life, and no two that sound alike on the telephone."""

from functools import cache

from kiosk.domain.fingerprint import fingerprint
from kiosk.paths import resource_path


@cache
def word_list() -> tuple[str, ...]:
    """Its order is part of the protocol: both ends number the words alike."""
    return tuple(resource_path("assets/fingerprint_words.txt").read_text("utf-8").split())


def six_words(server_key: bytes, device_key: bytes) -> str:
    """As people read them to each other. Both keys are 32 raw bytes of Ed25519."""
    return " ".join(fingerprint(server_key, device_key, word_list()))
