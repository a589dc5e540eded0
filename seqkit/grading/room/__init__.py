"""What runs inside the sandbox: copied, with stripped pages, into a folder of its own, and started from there."""
