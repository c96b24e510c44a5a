"""Six words that two people compare, each at one end: who sees the same six talks to the same machine."""

import hashlib
from collections.abc import Sequence
from typing import Final

WORDS: Final = 6
LIST_LENGTH: Final = 256
"""One byte a word: 48 bits in all."""


def fingerprint(server_key: bytes, device_key: bytes, word_list: Sequence[str]) -> tuple[str, ...]:
    """Both keys are 32 raw bytes of Ed25519. `word_list`: LIST_LENGTH words, in the order both ends have them."""
    digest = hashlib.sha256(b"GLRF1" + server_key + device_key).digest()
    return tuple(word_list[byte] for byte in digest[:WORDS])
