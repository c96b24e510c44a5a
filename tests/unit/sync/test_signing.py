from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity import new_identity
from kiosk.sync.signing import SignedParts, sign, verify
from kiosk.sync.wire import SIGNATURE_HEADER

KIOSK = new_identity()
PARTS = SignedParts("POST", "/v1/hello", b"body", "hall", KIOSK.device_id, "5e", "c4", 7)
SIGNATURE = sign(PARTS, KIOSK)[SIGNATURE_HEADER]


def test_signature_fits() -> None:
    assert verify(PARTS, SIGNATURE, KIOSK.public_key)


@pytest.mark.parametrize(
    "changed",
    [
        replace(PARTS, method="PUT"),
        replace(PARTS, path="/v1/append"),
        replace(PARTS, path="/v1/hello?x=1"),
        replace(PARTS, body=b"other"),
        replace(PARTS, site="other"),
        replace(PARTS, device="0" * 16),
        replace(PARTS, session="5f"),
        replace(PARTS, challenge="c5"),
        replace(PARTS, counter=8),
    ],
    ids=lambda parts: next(name for name in parts.__slots__ if getattr(parts, name) != getattr(PARTS, name)),
)
def test_signature_covers_every_part(changed: SignedParts) -> None:
    assert not verify(changed, SIGNATURE, KIOSK.public_key)


def test_signature_of_another_device_does_not_fit() -> None:
    assert not verify(PARTS, SIGNATURE, new_identity().public_key)


@given(st.text(max_size=120))
def test_any_other_signature_does_not_fit(signature: str) -> None:
    assert not verify(PARTS, signature, KIOSK.public_key)
