"""Right answers written differently, a file for each exercise: `ANSWERS`, a list. Each must pass."""
