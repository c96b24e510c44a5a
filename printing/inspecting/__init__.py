"""What a technician wants to know of a printer, part by part, and how it is told."""
