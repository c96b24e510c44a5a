"""Reading the fields of an event's body: what one database can keep and another cannot is refused by all alike.

Each raises KeyError, TypeError or ValueError for what is not there or not so.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

HEX_16: Final = re.compile(r"[0-9a-f]{16}\Z")
STAMP: Final = re.compile(r"[0-7][0-9a-f]{15}\Z")
"""Of a hybrid clock, as signed columns keep it."""
TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}\Z")
QUEUE_CODE: Final = re.compile(r"[A-Z]{1,2}\Z")
WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
STAFF_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,11}\Z")

HIGHEST_COUNTER: Final = 9999


def match(pattern: re.Pattern[str], value: Any) -> str:
    """A zero byte, a text without end: neither is kept anywhere."""
    if not isinstance(value, str) or not pattern.match(value):
        raise ValueError(f"{value!r:.80}")
    return value


def number(value: Any, lowest: int, highest: int) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{value!r:.80}")
    return value


def boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"{value!r:.80}")
    return value


def counter(value: Any) -> int:
    return number(value, 1, HIGHEST_COUNTER)


def positions(value: Any, highest: int) -> tuple[int, ...]:
    """Of stops, each once, in their order."""
    if not isinstance(value, list) or len(value) > highest:
        raise ValueError(f"{value!r:.80}")
    return tuple(sorted({number(each, 1, highest) for each in value}))


def given(body: Mapping[str, Any], name: str) -> bool:
    """Whether the body says anything of it: a field that is not there is one that is null."""
    return body.get(name) is not None
