"""How an answer is to be taken: its colour and its sound. Never the only sign: each has a symbol and a sentence too."""

from enum import IntEnum


class Tone(IntEnum):
    """The numbers of DeskViewModel.Tone."""

    GOOD = 0
    """Done, go on."""
    NOTICE = 1
    """Nothing is wrong, and nothing was done."""
    MIND = 2
    """Something else must happen first, or elsewhere."""
    STOP = 3
    """Do not serve on this."""
