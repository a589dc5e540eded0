"""The exercises, a page each: statement, reference, probes, known mistakes, hints. `seqkit.exercise` finds them."""
