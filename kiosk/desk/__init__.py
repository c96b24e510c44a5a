"""An officer's counter without a face: link to the site server, own log, what goes on when cut off. No Qt."""
