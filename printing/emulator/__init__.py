"""A receipt printer without the metal, written from Epson's ESC/POS command reference and not from our driver."""
