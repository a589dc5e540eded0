"""Many submissions, for whoever teaches: hand out, take in, grade in a closed room, keep, report. `__main__` is its door."""
