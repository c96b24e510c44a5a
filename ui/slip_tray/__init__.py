"""What `giliran run` shows beside the kiosk: the simulated printer, with its slips, its cover and its roll."""
