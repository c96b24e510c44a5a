"""What a printer says it is called."""

from printing.identity import Name, identity_of


def test_the_maker_is_not_said_twice() -> None:
    assert identity_of("EPSON", "TM-T82") == "EPSON TM-T82"
    assert identity_of("Epson", "EPSON TM-T88V") == "EPSON TM-T88V"
    assert identity_of("", "POS-80") == "POS-80"
    assert identity_of("", "") == ""


def test_a_name_is_asked_for_by_its_number() -> None:
    assert Name.MODEL.request == b"\x1dIC"
