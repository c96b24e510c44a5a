"""The root of an Indonesian word, lightly: enough that what visitors say meets what catalogues write.

Not a linguist's stemmer: it needs no dictionary, and where it cuts wrongly it cuts both sides alike.
"""

import re
from functools import lru_cache
from typing import Final

SHORTEST_ROOT: Final = 4
"""Letters. Shorter remains are abbreviations and short words that merely begin or end like an affix."""

_SUFFIXES: Final = ("nya", "kan", "lah", "an", "in", "ku")
_AROUND: Final = re.compile(r"ke(\w{4,})an")
_PREFIXES: Final = (
    (re.compile(r"memper(?=\w)"), ""),
    (re.compile(r"[mp]eng(?=[aiueoghk])"), ""),
    (re.compile(r"[mp]eny(?=[aiueo])"), "s"),
    (re.compile(r"[mp]em(?=[bpf])"), ""),
    (re.compile(r"[mp]em(?=[aiueo])"), "p"),
    (re.compile(r"[mp]en(?=[cdjtz])"), ""),
    (re.compile(r"[mp]en(?=[aiueo])"), "t"),
    (re.compile(r"(?:per|ber|ter)(?=\w)"), ""),
    (re.compile(r"me(?=[lrwy])"), ""),
    (re.compile(r"pe(?=[kstlw])"), ""),
    (re.compile(r"di(?=\w)"), ""),
)
_SPOKEN_PREFIXES: Final = (("ng", ("", "k")), ("ny", ("s", "c")), ("n", ("t",)), ("m", ("p",)), ("ke", ("",)))
"""Jakarta's spoken prefixes and what they replace: ngambil, nyari, nunggak, mutus; ketabrak."""


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """`pembayaran` -> `bayar`, `kehilangan` -> `hilang`, `KTP` in lower case and other short words as they are."""
    around = _AROUND.fullmatch(word)
    if around:
        return around[1]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_ROOT:
            word = word.removesuffix(suffix)
            break
    for prefix, replacement in _PREFIXES:
        if prefix.match(word):
            root = prefix.sub(replacement, word, count=1)
            return root if len(root) >= SHORTEST_ROOT else word
    return word


def spoken_roots(word: str) -> tuple[str, ...]:
    """What an everyday verb may stand for: `ngambil` -> `ambil`, `kambil`. Ambiguous, so only for unknown words."""
    return tuple(
        stem(root + word.removeprefix(prefix))
        for prefix, roots in _SPOKEN_PREFIXES
        if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST_ROOT - 1
        for root in roots
    )
