"""Six styles of `Sequential`, six files of the same shape, made to be read side by side. None imports another.

Each has `Sequential`; `build`, `write`, `parameters` and `load` (a chain as a `Spec`, as code, as numbers); and for
`seqkit.trace`, `layers_of` and `watch` (the chains in a model), `run` (the plain call), `name` and `named_parameters`.
How a chain is edited stands in `seqkit/editing/`, again in six files of the same shape.
"""
