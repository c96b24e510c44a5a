"""`giliran printer probe`: what a printer that nobody here has seen can do, by asking it and by one slip of paper."""
