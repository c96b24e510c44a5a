"""What a printer says it is called."""

import pytest

from printing.identity import Name, identity_of, name_in


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (b"_EPSON\x00", "EPSON"),
        (b"\x12_TM-T82  II \x00\x12", "TM-T82 II"),
        (b"_EPSON", ""),
        (b"EPSON\x00", ""),
        (b"_\x1b@\x00", ""),
        (b"_\x00", ""),
        (b"_" + b"x" * 81 + b"\x00", ""),
        (b"\x37\x220001\x00", ""),
    ],
)
def test_a_name_is_a_whole_block_of_letters(answer: bytes, name: str) -> None:
    assert name_in(answer) == name


def test_the_maker_is_not_said_twice() -> None:
    assert identity_of("EPSON", "TM-T82") == "EPSON TM-T82"
    assert identity_of("Epson", "EPSON TM-T88V") == "EPSON TM-T88V"
    assert identity_of("", "POS-80") == "POS-80"
    assert identity_of("", "") == ""
    assert Name.MODEL.request == b"\x1dIC"
