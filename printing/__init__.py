"""Paper: layout, bytes, devices, spooler. Knows no Qt."""
