"""Six styles of `Sequential`, six files of the same shape, made to be read side by side. None imports another.

Each has `Sequential`; `build`, `write`, `parameters` and `load` (a chain as a `Spec`, as code, as numbers); for
`seqkit.trace`, `find` (the chains in a model), `run` (the plain call), `name` and `named_parameters`; and for
`seqkit.editing`, `make` and `describe` (a layer of a spec, there and back), `edit` and `SAID` (the line that does it).
"""
