"""What a printer calls itself, as `GS I` answers. Pure.

Source: Epson's ESC/POS command reference, "GS I (transmit printer ID)". Printers of other makers answer with the names
of the ones they imitate: an identity tells one device from another, and nothing about what it can do.
"""

from enum import IntEnum


class Name(IntEnum):
    """The `n` of `GS I n` that is answered with a block of letters."""

    FIRMWARE = 65
    MAKER = 66
    MODEL = 67
    SERIAL = 68

    @property
    def request(self) -> bytes:
        return b"\x1dI" + bytes([self.value])


def identity_of(maker: str, model: str) -> str:
    """`Profile.identity`: "EPSON TM-T82". Without the serial number, so that a printer may be swapped for its like."""
    return model if model.upper().startswith(maker.upper()) else f"{maker} {model}".strip()
