"""A PIN on its way: for its server alone, once, for one officer at one desk."""

import base64

import pytest

from kiosk.identity import new_identity
from kiosk.sync.desk_wire import SealKey
from kiosk.sync.pin_seal import LASTS_S, MOST_OPENED, PinOpener, PinSealError, sealed_pin

DESK = "0123456789abcdef"
OTHER_DESK = "fedcba9876543210"


class Steady:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady() -> Steady:
    return Steady()


SERVER = new_identity()


@pytest.fixture
def opener(steady: Steady) -> PinOpener:
    return PinOpener(SERVER, steady)


def seal(opener: PinOpener, pin: str = "482915", staff: str = "P-017", device: str = DESK) -> str:
    return sealed_pin(pin, staff, device, opener.key_for(device), SERVER.public_key)


def test_the_server_reads_what_the_desk_sealed(opener: PinOpener) -> None:
    assert opener.open(seal(opener), "P-017", DESK) == "482915"


def test_the_pin_is_not_in_it_and_no_two_are_alike(opener: PinOpener) -> None:
    one, other = seal(opener), seal(opener)
    assert b"482915" not in base64.b64decode(one)
    assert not set(base64.b64decode(one)[:32]) <= {0}
    assert one != other


def test_it_opens_once(opener: PinOpener) -> None:
    sealed = seal(opener)
    opener.open(sealed, "P-017", DESK)
    with pytest.raises(PinSealError, match="used before"):
        opener.open(sealed, "P-017", DESK)


@pytest.mark.parametrize(("staff", "device"), [("P-018", DESK), ("P-017", OTHER_DESK)])
def test_it_opens_for_nobody_else(opener: PinOpener, staff: str, device: str) -> None:
    with pytest.raises(PinSealError):
        opener.open(seal(opener), staff, device)


def test_who_stands_between_gets_no_pin(opener: PinOpener, steady: Steady) -> None:
    stranger = PinOpener(new_identity(), steady)
    with pytest.raises(PinSealError, match="does not carry the signature"):
        sealed_pin("482915", "P-017", DESK, stranger.key_for(DESK), SERVER.public_key)
    for_another = opener.key_for(OTHER_DESK)
    with pytest.raises(PinSealError, match="does not carry the signature"):
        sealed_pin("482915", "P-017", DESK, for_another, SERVER.public_key)
    nonsense = SealKey(key=for_another.key, signature="nonsense!")
    with pytest.raises(PinSealError):
        sealed_pin("482915", "P-017", DESK, nonsense, SERVER.public_key)


def test_a_restarted_server_opens_nothing_of_before(opener: PinOpener, steady: Steady) -> None:
    with pytest.raises(PinSealError, match="ask for one again"):
        PinOpener(SERVER, steady).open(seal(opener), "P-017", DESK)


@pytest.mark.parametrize("sealed", ["", "not base64!", "AAAA", base64.b64encode(bytes(32 + 12 + 22)).decode()])
def test_what_is_damaged_opens_nothing(opener: PinOpener, sealed: str) -> None:
    opener.key_for(DESK)
    with pytest.raises(PinSealError):
        opener.open(sealed, "P-017", DESK)


def test_every_bit_counts(opener: PinOpener) -> None:
    raw = bytearray(base64.b64decode(seal(opener)))
    for at in range(len(raw)):
        changed = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
        with pytest.raises(PinSealError):
            opener.open(base64.b64encode(changed).decode(), "P-017", DESK)


def test_keys_are_renewed_and_the_last_one_still_opens(opener: PinOpener, steady: Steady) -> None:
    first, sealed, late = opener.key_for(DESK), seal(opener), seal(opener)
    steady.now = LASTS_S - 1
    assert opener.key_for(DESK).key == first.key
    steady.now = LASTS_S
    assert opener.key_for(DESK).key != first.key
    assert opener.open(sealed, "P-017", DESK) == "482915"
    steady.now = 2 * LASTS_S
    with pytest.raises(PinSealError, match="ask for one again"):
        opener.open(late, "P-017", DESK)


def test_what_is_remembered_of_a_key_is_bounded(opener: PinOpener) -> None:
    first = opener.key_for(DESK)
    for _ in range(MOST_OPENED):
        sealed = sealed_pin("482915", "P-017", DESK, first, SERVER.public_key)
        opener.open(sealed, "P-017", DESK)
    assert opener.key_for(DESK).key != first.key
