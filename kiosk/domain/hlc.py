"""Hybrid logical clock: wall time that never runs backwards, so that stamps order events whatever the clock does.

A stamp is one integer: 48 bits of milliseconds since 1970, then 16 bits of counter (Kulkarni et al., 2014).
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def next_stamp(last: int, now: datetime) -> int:
    """The first stamp that is after `last` and not before `now`. A full counter carries into the milliseconds."""
    return max(last + 1, milliseconds(now) << 16)


def following(own: int, followed: int) -> int:
    """Where an event of this stamp belongs that is known to come after `followed`, a stamp of a clock that is ahead."""
    return max(own, followed + 1)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _MILLISECOND


def time_of(stamp: int) -> datetime:
    """The aware UTC wall time of a stamp, to the millisecond."""
    return _EPOCH + (stamp >> 16) * _MILLISECOND


def to_hex(stamp: int) -> str:
    """As an event carries it: 16 lower-case hex digits, which sort like the stamps."""
    return f"{stamp:016x}"
