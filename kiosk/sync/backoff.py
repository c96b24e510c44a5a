"""How long to wait after a failure: full jitter, so that kiosks that were cut off together do not return together."""

from typing import Final

_LONGEST_OBEYED_S: Final = 300.0
"""Whoever asks for a longer pause than this (a portal, a broken proxy) is asked again all the same."""


def backoff_s(failures: int, chance: float, *, first_s: float = 1.0, longest_s: float = 60.0) -> float:
    """Seconds to wait after so many failures in a row, at least one; `chance` is random in [0, 1)."""
    ceiling = min(longest_s, first_s * 2.0 ** min(failures - 1, 30))
    return chance * ceiling


def obedient_backoff_s(asked_s: float, chance: float, *, first_s: float = 1.0) -> float:
    """Never less than the server asked for, and not all at the same moment."""
    return min(asked_s, _LONGEST_OBEYED_S) + chance * first_s
