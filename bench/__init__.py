"""How fast and how small: one module a subject, each with `measure() -> tuple[Measurement, ...]`."""
