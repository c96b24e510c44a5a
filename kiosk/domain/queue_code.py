"""Queue codes, and whether two of them can be mistaken for each other in a noisy hall.

Codes are called by the Indonesian names of their letters (research/domain.md, 3.1): "D-045" is heard as
"de, empat puluh lima". A, F, H, K, L, M, R, S and X are the clear letters; those named on a bare -e rhyme.
"""

import re
from functools import lru_cache
from typing import Final

CODE_PATTERN: Final = re.compile(r"[A-Z]{1,2}")

LETTER_NAMES: Final = {
    "A": "a", "B": "be", "C": "ce", "D": "de", "E": "e", "F": "ef", "G": "ge", "H": "ha", "I": "i",
    "J": "je", "K": "ka", "L": "el", "M": "em", "N": "en", "O": "o", "P": "pe", "Q": "ki", "R": "er",
    "S": "es", "T": "te", "U": "u", "V": "fe", "W": "we", "X": "eks", "Y": "ye", "Z": "zet",
}  # fmt: skip

_ALIKE_LETTERS: Final = ("BCDEGJPTVWY", "MN", "IQ")
"""Letters of one group are one sound: all that end in -e, the two nasals, and i with ki."""


def sounds_alike(one: str, other: str) -> bool:
    """Whether two codes of letters A to Z may be mistaken for each other when called; a code is like itself."""
    return heard(one) == heard(other)


@lru_cache(maxsize=1024)
def heard(code: str) -> tuple[str, ...]:
    """What remains of a code through noise: codes that sound alike, and only they, give the same.

    A vowel that merely prolongs the letter before it is not heard: "KA" is spoken "ka-a", like "K".
    """
    sounds: list[str] = []
    previous = ""
    for letter in code:
        name = LETTER_NAMES[letter]
        if not (len(name) == 1 and previous.endswith(name)):
            sounds.append(_sound(letter))
        previous = name
    return tuple(sounds)


def _sound(letter: str) -> str:
    return next((group for group in _ALIKE_LETTERS if letter in group), letter)
