import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.errors import IdentityError, StoreLockedError
from kiosk.identity import load_or_create_identity, new_identity
from kiosk.lock import FolderLock


def test_a_kiosk_keeps_its_identity(tmp_path: Path) -> None:
    first = load_or_create_identity(tmp_path)
    assert load_or_create_identity(tmp_path).public_key == first.public_key
    assert {path.name for path in tmp_path.iterdir()} == {"identity.pem", "kiosk.lock"}


def test_of_two_kiosks_on_a_new_folder_only_one_makes_a_key(tmp_path: Path) -> None:
    other = FolderLock(tmp_path)
    with pytest.raises(StoreLockedError, match="already running"):
        load_or_create_identity(tmp_path)
    assert not (tmp_path / "identity.pem").exists()
    other.release()
    load_or_create_identity(tmp_path)


def test_the_key_is_readable_by_its_owner_alone_even_after_a_restore(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    for mode in (None, 0o644):
        if mode is not None:
            path.chmod(mode)
        load_or_create_identity(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_names_follow_from_the_public_key() -> None:
    identity = new_identity()
    digest = hashlib.sha256(identity.public_key).digest()
    assert identity.device_id == digest[:8].hex()
    assert identity.key_id == digest[8] * 256 + digest[9]
    Ed25519PublicKey.from_public_bytes(identity.public_key).verify(identity.sign(b"said"), b"said")


def test_the_key_is_in_no_repr() -> None:
    assert repr(new_identity()) == "Identity()"


def test_a_damaged_key_is_refused_and_left_there(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    path.write_text("-----BEGIN NOTHING-----")
    with pytest.raises(IdentityError, match="is damaged"):
        load_or_create_identity(tmp_path)
    assert path.read_text() == "-----BEGIN NOTHING-----"


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "identity.pem").write_bytes(
        X25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(IdentityError, match="another kind"):
        load_or_create_identity(tmp_path)


def test_a_folder_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="check the permissions"):
        load_or_create_identity(tmp_path / "nowhere")


def test_a_torn_first_write_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "identity.new").write_text("half a ke")
    load_or_create_identity(tmp_path)
    assert not (tmp_path / "identity.new").exists()
