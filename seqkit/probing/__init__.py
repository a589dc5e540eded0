"""What several pages ask of a chain of one framework: a file for each, imported by the pages that need it."""
