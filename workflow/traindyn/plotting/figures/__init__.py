"""One file per figure: which panels it has and where they stand on the page."""
