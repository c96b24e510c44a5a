"""The technician's corner."""
