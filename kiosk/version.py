"""Which program this is."""

from datetime import UTC, datetime
from typing import Final

VERSION: Final = "0.1.0"

RELEASED_AT: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No true clock can be behind this. Moved forward with every release."""
