"""What a scanner that is set to the US layout types on a computer that is set to another: key by key, with its shift.

Written from the layouts themselves, and not from the table in kiosk/desk/scanned.py that takes it back.
"""

from collections.abc import Mapping
from typing import Final

_US: Final = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./", '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?'
_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "us": _US,
    "fr-azerty": ("&é\"'(-è_çà)=azertyuiop^$qsdfghjklmùwxcvbn,;:!", "1234567890°+AZERTYUIOP¨£QSDFGHJKLM%WXCVBN?./§"),
    "be-azerty": ("&é\"'(§è!çà)-azertyuiop^$qsdfghjklmùwxcvbn,;:=", "1234567890°_AZERTYUIOP¨*QSDFGHJKLM%WXCVBN?./+"),
    "de-qwertz": ("1234567890ß´qwertzuiopü+asdfghjklöäyxcvbnm,.-", '!"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_'),
    "dvorak": ("1234567890[]',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz", '!@#$%^&*(){}"<>PYFGCRL?+AOEUIDHTNS_:QJKXBMWVZ'),
}
LAYOUTS: Final = tuple(_OTHERS)


def typed_on(layout: str, text: str, *, caps: bool = False) -> str:
    """`caps`: Caps Lock is on, which turns the letters of that layout round."""
    plain, shifted = _OTHERS[layout]
    typed = "".join(
        plain[_US[0].index(each)] if each in _US[0] else shifted[_US[1].index(each)] for each in text if each != " "
    )
    return typed.swapcase() if caps else typed
