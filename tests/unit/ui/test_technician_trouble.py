"""Why a machine is out of service, for whoever is to mend it."""

import pytest

from kiosk.errors import DataFileError, KioskError, Problem, StoreError, StoreFullError, SyncError
from ui.technician.trouble import explained


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (StoreFullError("The disk is full."), "Diska penuh."),
        (DataFileError("site.json", (Problem("queues.0", "is twice there"),)), "Ada berkas yang isinya salah."),
    ],
)
def test_known_kinds_are_told_in_indonesian_with_the_detail_below(trouble: KioskError, meaning: str) -> None:
    text = explained(trouble)
    assert text.en == str(trouble)
    assert text.id.startswith(meaning)
    assert text.id.endswith(f"\n{trouble}")


@pytest.mark.parametrize("trouble", [StoreError("Odd."), SyncError("Odd.")])
def test_other_kinds_keep_their_own_sentence(trouble: KioskError) -> None:
    assert explained(trouble).id == explained(trouble).en == "Odd."
