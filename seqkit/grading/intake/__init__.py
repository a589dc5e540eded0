"""What students hand in, as data: folders, zips and platforms' downloads → notebooks → code. Nothing is run here."""
