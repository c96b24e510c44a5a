"""The kiosk's SQLite file: one writer, the append-only log, tickets, print jobs, the catalogue in force."""
