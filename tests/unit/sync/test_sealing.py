import base64
import gzip
import tracemalloc

import pytest

from kiosk.identity import new_identity
from kiosk.sync.sealing import SealError, seal, unseal
from kiosk.sync.wire import MAX_SNAPSHOT_BYTES, Snapshot, SnapshotKind
from tests.published_hall import keys_of

PUBLISHER = new_identity()
STRANGER = new_identity()
RAW = b'{"id": "mpp-uji"}' * 100


def sealed(raw: bytes = RAW) -> Snapshot:
    return seal(raw, "mpp-uji", SnapshotKind.SITE, 7, PUBLISHER)


def packed(raw: bytes) -> str:
    return base64.b64encode(gzip.compress(raw)).decode()


def test_what_was_sealed_is_opened_byte_for_byte() -> None:
    travelled = Snapshot.model_validate_json(sealed().model_dump_json())
    assert unseal(travelled, keys_of(STRANGER, PUBLISHER)) == RAW


@pytest.mark.parametrize(
    "change",
    [
        {"site": "mpp-lain"},
        {"site": "*"},
        {"kind": SnapshotKind.CATALOGUE},
        {"version": 8},
        {"sha256": "0" * 64},
        {"signer": STRANGER.device_id},
        {"signature": base64.b64encode(bytes(64)).decode()},
        {"content": packed(RAW[:-1])},
        {"content": packed(RAW + b" ")},
        {"content": packed(RAW)[:-40]},
        {"content": packed(b"")},
        {"content": ""},
        {"content": "not base64"},
        {"content": base64.b64encode(b"not gzip").decode()},
    ],
)
def test_nothing_of_it_can_be_changed(change: dict[str, object]) -> None:
    with pytest.raises(SealError):
        unseal(sealed().model_copy(update=change), keys_of(PUBLISHER, STRANGER))


def test_a_strangers_seal_counts_for_nothing() -> None:
    with pytest.raises(SealError, match="whom nobody here was told to trust"):
        unseal(seal(RAW, "mpp-uji", SnapshotKind.SITE, 7, STRANGER), keys_of(PUBLISHER))


def test_a_file_that_swells_is_not_unpacked_to_the_end() -> None:
    bomb = sealed().model_copy(update={"content": packed(bytes(4 * MAX_SNAPSHOT_BYTES))})
    tracemalloc.start()
    try:
        with pytest.raises(SealError, match="larger than 16 MiB"):
            unseal(bomb, keys_of(PUBLISHER))
        _, highest = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert highest < 3 * MAX_SNAPSHOT_BYTES


def test_what_no_receiver_would_take_is_not_sealed() -> None:
    with pytest.raises(SealError, match="larger than 16 MiB"):
        sealed(bytes(MAX_SNAPSHOT_BYTES + 1))
