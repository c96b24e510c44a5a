"""The machine without a face: domain, local store, sync. Knows no Qt, no ESC/POS, no web framework."""
