"""The machine without a face: domain, local store, sync. Knows no Qt, no ESC/POS, no web framework."""

from kiosk.lean_imports import import_structlog_without_rich, leave_out_plugins

import_structlog_without_rich()
leave_out_plugins()
