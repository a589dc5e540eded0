"""The gradebook: a database that is only ever added to."""
