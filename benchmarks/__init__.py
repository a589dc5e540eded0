"""What seqkit costs, beside what a user would pick instead, paired in one run and printed as a ratio."""
