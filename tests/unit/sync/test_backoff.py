import pytest

from kiosk.sync.backoff import backoff_s, obedient_backoff_s


@pytest.mark.parametrize(
    ("failures", "ceiling_s"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (1000, 60), (10**9, 60)]
)
def test_the_wait_is_anything_up_to_a_doubling_ceiling(failures: int, ceiling_s: float) -> None:
    assert backoff_s(failures, 0.0) == 0.0
    assert backoff_s(failures, 0.5) == ceiling_s / 2
    assert backoff_s(failures, 0.999999) < ceiling_s


@pytest.mark.parametrize(("asked_s", "least_s"), [(0, 0), (7, 7), (300, 300), (86400, 300)])
def test_what_the_server_asked_for_is_kept_within_reason(asked_s: float, least_s: float) -> None:
    assert least_s <= obedient_backoff_s(asked_s, 0.0) <= obedient_backoff_s(asked_s, 0.9) < least_s + 1
