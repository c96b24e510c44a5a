"""The byte stream as a printer takes it: in pieces of any size, with commands it does not know."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.escpos_parser import TEXT, UNKNOWN, Command, EscposParser, parse


@pytest.mark.parametrize(
    ("stream", "names"),
    [
        (b"\x1b@Halo\n", ["ESC @", TEXT, "LF"]),
        (b"\x1b!\x30\x1d!\x11\x1ba\x01\x1bE\x01\x1bt\x10", ["ESC !", "GS !", "ESC a", "ESC E", "ESC t"]),
        (b"\x1bd\x05\x1bJ\x60\x1d\x56\x00\x1dVB\x10", ["ESC d", "ESC J", "GS V", "GS V"]),
        (b"\x1dv0\x00\x01\x00\x02\x00\x1b@\x1dr\x01", ["GS v 0", "GS r"]),
        (b"\x1b*\x21\x01\x00\x1b@@\x1b2", ["ESC *", "ESC 2"]),
        (b"\x1d(k\x03\x001C\x06\x1d(H\x06\x00000001", ["GS ( k", "GS ( H"]),
        (b"\x10\x04\x01\x10\x05\x02\x1da\xff\x1dI\x43", ["DLE EOT", "DLE ENQ", "GS a", "GS I"]),
        (b"\x1b\x99x\x07y", [UNKNOWN, TEXT, UNKNOWN, TEXT]),
        (b"\x1dv0\x00\x10", [UNKNOWN]),
    ],
)
def test_stream_is_read_command_by_command(stream: bytes, names: list[str]) -> None:
    assert [command.name for command in parse(stream)] == names


def test_picture_carries_its_dots() -> None:
    (command,) = parse(b"\x1dv0\x00\x02\x00\x01\x00\xf0\x0f")
    assert command == Command("GS v 0", b"\x1dv0\x00\x02\x00\x01\x00\xf0\x0f", b"0\x00\x02\x00\x01\x00", b"\xf0\x0f")


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_no_byte_is_lost_however_the_stream_is_cut(stream: bytes, cuts: list[int]) -> None:
    parser = EscposParser()
    taken = b""
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for begin, end in pairwise(edges):
        parser.feed(stream[begin:end])
        while command := parser.take():
            taken += command.raw
    assert len(taken) + parser.pending == len(stream)
    assert stream.startswith(taken)
    assert b"".join(command.raw for command in parse(stream)) == stream
