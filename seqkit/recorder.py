"""The recorder that stands around the layers of a chain while the chain's own `__call__` runs.

It never runs a layer by itself. It puts itself where a call is looked up (`Recorder.watch`), notes what passes, and
takes itself away again.
"""

import functools
import sys
from contextlib import ExitStack, contextmanager
from time import perf_counter
from types import MethodType

from seqkit.errors import TraceError
from seqkit.notes import sentence
from seqkit.steps import Step, Trace, size
from seqkit.walk import by_layer


class Recorder:
    """Stands around the layers of one or more chains while they run.

    Attributes:
        calls: (`Step`, its `Chain`, the layer) of each call so far; names and parameters come with `as_trace`.

    Args:
        keep: makes of a value what may be kept of it: an array that cannot change stays as it is.
        symbolic: whether a value only stands for one, as when Keras builds a chain; such calls are not noted.
    """

    def __init__(self, keep, symbolic):
        self.calls, self.found, self.chains_run, self.keep, self.symbolic = [], [], 0, keep, symbolic
        self._running, self._position = [], ()

    def call(self, index, layer, kind, f, args, kwargs):
        """`f(*args, **kwargs)`, noted as the call of `layer`, a `kind`, which stands at `index` of the running chain."""
        if args and self.symbolic(args[0]):
            return f(*args, **kwargs)
        keep, outer, chain = self.keep, self._position, self._running[-1].chain
        self._position = (*outer, index)
        inputs = tuple([keep(value) for value in args])
        side_inputs = {name: keep(value) for name, value in kwargs.items()} if kwargs else {}
        number, position = len(self.calls), self._position
        step = Step(number=number, position=position, kind=kind, inputs=inputs, side_inputs=side_inputs)
        self.calls.append((step, chain, layer))
        self._running.append(None)
        start = perf_counter()
        try:
            output = f(*args, **kwargs)
            step.seconds = perf_counter() - start
            step.output = keep(output)
            return output
        except Exception as error:
            step.seconds, step.error = perf_counter() - start, error
            raise
        finally:
            self._running.pop()
            self._position = outer

    @contextmanager
    def running(self, chain):
        """The `Chain` runs inside this."""
        self._running.append(Running(chain))
        self.chains_run += 1
        try:
            yield
        finally:
            self._running.pop()

    def place(self, layer):
        """Where `layer` stands in the chain that runs now: at or behind the last one called, else anywhere; or None."""
        run = self._running[-1] if self._running else None
        return None if run is None else run.find(id(layer))

    def around(self, chain, index, f):
        """`f`, a plain function at `index` of the `Chain`, with the recorder around it and the same signature."""

        def recorded(*args, **kwargs):
            run = self._running[-1] if self._running else None
            if run is None or run.chain.owner is not chain.owner:
                return f(*args, **kwargs)
            run.next = index + 1
            return self.call(index, f, "function", f, args, kwargs)

        return functools.update_wrapper(recorded, f, updated=())

    def around_functions(self, chain, is_module):
        """The layers of the `Chain`, with the recorder around each plain function."""
        return [
            self.around(chain, i, layer) if callable(layer) and not is_module(layer) else layer
            for i, layer in enumerate(chain.layers)
        ]

    @contextmanager
    def watch(self, chains, is_module):
        """The recorder stands around every layer of `chains` inside this, and around none after it.

        Modules are watched where Python looks up a call, in their class; functions where the chain keeps them.
        """
        self.found = [chain.path for chain in chains]
        with ExitStack() as undo:
            for chain in chains:
                watched = self.around_functions(chain, is_module)
                if any(new is not old for new, old in zip(watched, chain.layers, strict=True)):
                    undo.callback(chain.replace(watched))
            by_id = {id(chain.owner): chain for chain in chains}
            modules = [layer for chain in chains for layer in (chain.owner, *chain.layers) if is_module(layer)]
            for cls, call in {type(module): type(module).__call__ for module in modules}.items():
                undo.callback(_set_call(cls, self._watched(call, by_id)))
            yield

    def _watched(self, original, chains):
        """The `__call__` that stands in for `original`. A layer that calls that of its superclass stands nowhere meanwhile."""

        @functools.wraps(original)
        def call(module, *args, **kwargs):
            index, run, kind = self.place(module), MethodType(original, module), "module"
            if id(module) in chains:
                run, kind = functools.partial(self._run, chains[id(module)], run), "chain"
            return run(*args, **kwargs) if index is None else self.call(index, module, kind, run, args, kwargs)

        return call

    def _run(self, chain, run, *args, **kwargs):
        with self.running(chain):
            return run(*args, **kwargs)


class Running:
    """One run of a chain that goes on; knows where a layer stands that may stand there twice."""

    def __init__(self, chain):
        self.chain, self.next = chain, 0
        self.ids = [id(layer) for layer in chain.layers]

    def find(self, layer_id):
        """The position of a layer: at or behind the last one called, else the first; None if it is not in the chain."""
        if self.next < len(self.ids) and self.ids[self.next] == layer_id:
            self.next += 1
            return self.next - 1
        places = [i for i, other in enumerate(self.ids) if other == layer_id]
        found = next((i for i in places if i >= self.next), places[0] if places else None)
        self.next = self.next if found is None else found + 1
        return found


def _set_call(cls, call):
    """Give `cls` another `__call__`; returns what puts the old state back."""
    own = vars(cls).get("__call__")
    type.__setattr__(cls, "__call__", call)
    if own is not None:
        return lambda: type.__setattr__(cls, "__call__", own)
    return lambda: type.__delattr__(cls, "__call__")


def path_of(step, chain):
    """The path of a layer, as its `Chain` knows it in the end."""
    return chain.paths[step.position[-1]]


def as_trace(style_name, style, named, recorder, output, error):
    """What the recorder saw, as a `Trace`."""
    _name(recorder.calls, style, named)
    arrays = {id(array): array for array in named.values()}
    return Trace(
        style_name,
        tuple([step for step, _, _ in recorder.calls]),
        output,
        sum(map(size, arrays.values())),
        error,
        _sentence(style, recorder) if error else None,
    )


def _name(calls, style, named):
    """Put into each step what its layer is called, and what it owns."""
    around, outer = {step.position[:-1] for step, _, _ in calls}, set()
    for step, chain, layer in calls:
        step.chain, step.path, step.layer = chain.path, path_of(step, chain), style.name(layer)
        if step.position in around:
            outer.add(step.path)
    owned = by_layer(named, {step.path for step, _, _ in calls}, outer)
    for step, _, _ in calls:
        step.parameters = owned[step.path]


def _sentence(style, recorder):
    """About the innermost layer that raised, if the error left the chain."""
    failed = [(step, chain) for step, chain, _ in recorder.calls if step.error is not None]
    if not failed:
        return None
    step, chain = failed[-1]
    return sentence(step.position, chain.layers, step.inputs, style.name, style.takes)


def own_arrays(held):
    """{name: array} of {name: (its owner, array)}: an array of two owners, as a clone leaves it, is one for each."""
    named, own, taken = {}, {}, set()
    for name, (owner, array) in held.items():
        if id(owner) not in own:
            own[id(owner)] = array.copy() if id(array) in taken else array
            taken.add(id(array))
        named[name] = own[id(owner)]
    return named


def never(value):
    """False: a style in which no value only stands for one."""
    return False


_CONSTANT = {type(None), bool, int, float, str}
"""Types that nobody can change. Those of arrays are added as they are seen, since asking JAX takes its time."""


def keep_jax(value):
    """What may be kept of a value of JAX: arrays as they are, numpy's copied; of a traced one its shape and dtype."""
    if type(value) in _CONSTANT:
        return value
    jax = sys.modules["jax"]
    if isinstance(value, jax.core.Tracer):
        return jax.ShapeDtypeStruct(value.shape, value.dtype)
    if isinstance(value, jax.Array):
        _CONSTANT.add(type(value))
        return value
    return keep_containers(value, keep_jax)


def keep_containers(value, keep):
    """`value` with its lists, tuples, dicts and numpy arrays copied, and `keep` applied inside."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(keep, value))
    if isinstance(value, list | tuple):
        return type(value)(map(keep, value)) if type(value) in (list, tuple) else value
    if isinstance(value, dict):
        return {key: keep(part) for key, part in value.items()}
    return value.copy() if type(value).__module__ == "numpy" and hasattr(value, "copy") else value


def refuse_inside_jit(style):
    """Raise if JAX is tracing: inside jit, grad or vmap there are no numbers to show.

    Raises:
        TraceError: it says so.
    """
    if "jax" in sys.modules and not sys.modules["jax"].core.trace_ctx.is_top_level():
        raise TraceError(
            f"trace of a {style} chain was called inside jit, grad or vmap, where arrays have shapes and no values. "
            "Call trace outside of the transformed function."
        )
