"""Letting go of what central has held for long, in steps so small that no visitor notices."""

import asyncio
from functools import partial
from typing import Final

import structlog

from kiosk.errors import StoreError
from kiosk.store.pruning import prune
from kiosk.store.writer import Store

log = structlog.get_logger(__name__)

_BETWEEN_STEPS_S: Final = 0.05
"""A step takes the store for some milliseconds; whoever presses meanwhile is served before the next."""


async def keep_house(store: Store, every_s: float) -> None:
    """For ever: now, and then again. Without a trusted clock nobody knows what is old."""
    while True:
        try:
            gone = await _let_go(store)
            if gone:
                log.info("events_pruned", count=gone)
        except StoreError:  # whoever writes a ticket will tell
            pass
        except Exception:  # what is kept too long must not end the sync, whose task this is
            log.exception("housekeeping_failed")
        await asyncio.sleep(every_s)


async def _let_go(store: Store) -> int:
    gone = 0
    while (reading := store.clock.read()).is_trusted:
        step = await asyncio.wrap_future(store.submit(partial(prune, now=reading.at)))
        if step == 0:
            break
        gone += step
        await asyncio.sleep(_BETWEEN_STEPS_S)
    return gone
