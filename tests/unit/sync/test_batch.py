import contextlib
import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.batch import BatchError, BatchTooLargeError, pack, unpack
from kiosk.sync.wire import MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_EXPANDED_BYTES

lines = st.binary(min_size=1, max_size=200).filter(lambda line: b"\n" not in line)


@given(st.lists(lines, min_size=1, max_size=20))
def test_exact_bytes_come_out_again(events: list[bytes]) -> None:
    assert unpack(pack(events)) == tuple(events)


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(BatchError, match=r"\w"):
        unpack(body)


@given(st.binary(max_size=300))
def test_any_gzip_of_other_bytes_is_refused_or_split_whole(raw: bytes) -> None:
    with contextlib.suppress(BatchError):
        assert b"".join(event + b"\n" for event in unpack(gzip.compress(raw))) == raw


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (pack([b"a"])[:-3], "too early"),
        (pack([b"a"]) + b"x", "follow"),
        (pack([b"a"]) * 2, "follow"),
        (gzip.compress(b""), "line feed"),
        (gzip.compress(b"a"), "line feed"),
        (gzip.compress(b"a\n\nb\n"), "line 2 is empty"),
        (b"", "too early"),
        (b"a\n", "not gzip"),
    ],
    ids=["cut off", "a byte behind", "twice", "empty", "unended line", "empty line", "nothing", "plain"],
)
def test_what_is_no_batch_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BatchError, match=reason):
        unpack(body)


@pytest.mark.parametrize(
    "events",
    [
        [b"x"] * (MAX_BATCH_EVENTS + 1),
        [b"x" * (MAX_EVENT_BYTES + 1)],
        [b"x" * MAX_EVENT_BYTES] * (MAX_EXPANDED_BYTES // MAX_EVENT_BYTES + 1),
    ],
    ids=["events", "one event", "all together"],
)
def test_more_than_a_batch_holds_is_refused(events: list[bytes]) -> None:
    with pytest.raises(BatchTooLargeError):
        unpack(pack(events))


def test_gzip_bomb_is_refused_before_memory_grows() -> None:
    bomb = gzip.compress(b"\0" * (200 * 1024 * 1024), compresslevel=1)
    tracemalloc.start()
    with pytest.raises(BatchTooLargeError):
        unpack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
