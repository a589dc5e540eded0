"""Six styles of `Sequential`, six files of the same shape, made to be read side by side. None imports another.

Each has `Sequential`; `build`, `write`, `parameters` and `load` (a chain as a `Spec`, as code, as numbers); and for
`seqkit.trace`, `layers_of` and `watch` (the chains in a model), `run` (the plain call), `name` and `named_parameters`.
How a chain is edited stands in `seqkit/editing/`, again in six files of the same shape.

`from seqkit.styles.linen import Sequential` in place of the framework's own class changes nothing for correct code: the same
results to the bit, names of parameters, keys to each layer, and the same program under `jit`. Where the framework's class
trips people, this one says what is the matter:

- a layer fails (all): the error keeps its type and gains a sentence: which layer, what it got, from where, what to try;
- a tracer error of JAX comes out as it is, not as `AttributeError: … '_error_repr'` (Objax);
- a misspelt keyword, dropped without a word (Objax, Keras): a warning that names the close match;
- a class for an instance, a list where layers are unpacked, or the reverse (all): said when the chain is made;
- a function among the layers, or a layer without `key` (Equinox): it is called without a key;
- `len`, index, slice and loop, which Linen and NNX lack: they are there; a slice shares its layers;
- an edit that fails (NNX, Keras): the chain is whole, or the edit is made;
- a function without arguments, `StopIteration` (Objax): a sentence;
- signatures read at each call (Objax, NNX): read once for each class or function;
- a slice, then `append`, which overwrites a layer (PyTorch): the next free number.
"""
