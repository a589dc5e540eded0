"""Editor: a chain edited in its own style, with undo."""

import importlib
from itertools import count
from typing import NamedTuple

from seqkit import writing
from seqkit.editing import saying
from seqkit.editing.specs import example_shape
from seqkit.errors import SpecError
from seqkit.spec import Activation, Dropout, Flatten, Shape

FLATTEN = "lambda x: x.reshape(len(x), -1)"
"""`writing.flatten` in one line: a learner's page may not have its definition."""
SHAPELESS = (Activation, Dropout, Flatten)


class Moment(NamedTuple):
    """A chain, what a call of it takes beside x, and what puts the layers back that it held then."""

    chain: object
    given: dict
    put_back: object


class Editor:
    """One chain and its history. A position is a tuple as in `Step`: (2,), or (2, 0) in a chain in the chain.

    An operation that raises leaves everything as it was.

    Args:
        style_name: the chain's style, as `seqkit.trace.style_of` says it.
        chain: Objax and PyTorch change it in place, the other styles make new ones and leave it whole.
        given: what a call takes beside x: `variables`, `state`, `key` and side inputs.

    Attributes:
        chain: the present chain.
        given: what a call of it takes beside x.
        said: the line of code of the last operation.
    """

    def __init__(self, style_name, chain, given):
        self.style_name = style_name
        self._style = importlib.import_module(f"seqkit.styles.{style_name}")
        self._editing = importlib.import_module(f"seqkit.editing.{style_name}")
        self.chain, self.given, self.said = chain, dict(given), ""
        self._done, self._undone, self._seeds = [], [], count()

    def layers(self, position=()):
        """The layers of the chain, or of the chain in it at `position`, as a new list.

        Raises:
            SpecError: there is no chain.
        """
        return self._layers(self._at(position))

    def insert(self, position, layer, shapes):
        """Put a new layer where `position` is; what stands there comes behind it.

        Args:
            position: the last number may be that of the chain's layers: the end.
            layer: of a spec.
            shapes: {position: shape of the array that reaches it, with the batch axis}, as far as known; under the
                position of the end, the shape of what comes out.

        Raises:
            SpecError: no such place, or the layer cannot take what reaches it.
        """
        at, layers = self._place(position, end=1)
        new, code = self._made(position, layer, shapes)
        self._edit(position, [*layers[:at], new, *layers[at:]], shapes, "insert", layer=code)

    def replace(self, position, layer, shapes):
        """Put a new layer in the place of the one at `position`; arguments and errors as of `insert`."""
        at, layers = self._place(position)
        new, code = self._made(position, layer, shapes)
        self._edit(position, [*layers[:at], new, *layers[at + 1 :]], shapes, "replace", layer=code)

    def remove(self, position):
        """Take the layer at `position` out.

        Raises:
            SpecError: no such place.
        """
        at, layers = self._place(position)
        self._edit(position, [*layers[:at], *layers[at + 1 :]], {}, "remove")

    def move(self, position, to):
        """Move the layer at `position` so that its number in the same chain is `to`.

        Raises:
            SpecError: no such place.
        """
        at, layers = self._place(position)
        self._place((*position[:-1], to))
        layers.insert(to, layers.pop(at))
        self._edit(position, layers, {}, "move", to=to, behind=to + 1)

    def duplicate(self, position):
        """Put the layer at `position` once more behind itself: the same object; in Equinox, whose chain is a tree, a copy.

        Raises:
            SpecError: no such place.
        """
        at, layers = self._place(position)
        self._edit(position, [*layers[: at + 1], *layers[at:]], {}, "duplicate")

    def undo(self):
        """Take the last operation back. Whether there was one."""
        return self._step(self._done, self._undone, "undo", 0)

    def redo(self):
        """Make the operation again that was taken back last. Whether there was one."""
        return self._step(self._undone, self._done, "redo", 1)

    @property
    def can_undo(self):
        """Whether there is an operation to take back."""
        return bool(self._done)

    @property
    def can_redo(self):
        """Whether there is an operation to make again."""
        return bool(self._undone)

    def _step(self, source, target, word, which):
        if not source:
            return False
        target.append(source.pop())
        *moments, said = target[-1]
        moments[which].put_back()
        self.chain, self.given = moments[which].chain, moments[which].given
        self.said = f"{word}: {said}"
        return True

    def _layers(self, chain):
        found = self._style.layers_of(chain)
        if found is None:
            raise SpecError(
                f"the {type(chain).__name__} is no chain itself, so it has no places to edit. "
                "If there is a chain in it, explore the chain itself to edit it."
            )
        return list(found[0])

    def _at(self, position):
        chain = self.chain
        for i in position:
            layers = self._layers(chain)
            _check_place((i,), layers)
            chain = layers[i]
        return chain

    def _place(self, position, end=0):
        """(the number in its chain, the layers of that chain)."""
        layers = self.layers(position[:-1])
        _check_place(position[-1:], layers, end)
        return position[-1], layers

    def _made(self, position, layer, shapes):
        """(a layer of the style, the code that makes one such)."""
        array = shapes.get(tuple(position))
        shape = example_shape(self.style_name, array)
        if shape is None and not isinstance(layer, SHAPELESS):
            got = "an array of unknown shape" if array is None else f"an array of shape {tuple(array)}"
            raise SpecError(
                f"layer[{position[-1]}] {layer!r} would get {got}, and is made for vectors or images only. "
                "Let the layers before it run first, or put it elsewhere."
            )
        shape = shape or Shape((1,), True)
        try:
            made = self._editing.make(layer, shape, next(self._seeds))
        except SpecError as error:
            raise SpecError(str(error).replace("layer[0]", f"layer[{position[-1]}]", 1)) from None
        code = writing.line(layer, shape, self._style.LINES, position[-1])
        return made, FLATTEN if code == "flatten" else code

    def _edit(self, position, layers, shapes, operation, **words):
        *inside, at = position
        edited = self._at(inside)
        before = Moment(self.chain, self.given, self._editing.snapshot(edited))
        said = self._line(operation, position, words)
        known = [shapes.get((*inside, i)) if i <= at else None for i in range(len(layers))]
        try:
            chain, given = self._editing.edit(edited, layers, self.given, known, self._first_places(inside))
            after = Moment(self._around(inside, edited, chain), given, self._editing.snapshot(chain))
        except BaseException:
            before.put_back()
            raise
        self.chain, self.given, self.said = after.chain, after.given, said
        self._done.append((before, after, said))
        self._undone.clear()

    def _first_places(self, inside):
        """`inside`, where a chain that stands twice has its first number, as styles keep what is shared."""
        found = []
        for n, i in enumerate(inside):
            layers = self.layers(inside[:n])
            found.append(next(j for j, layer in enumerate(layers) if layer is layers[i]))
        return tuple(found)

    def _around(self, inside, old, new):
        """The whole chain with `new` in the place of the chain `old`, wherever that is shared."""
        for n in reversed(range(len(inside))):
            outer = self._at(inside[:n])
            if new is old:
                return self.chain
            layers = [
                new if layer is old and (self._style.SHARES or i == inside[n]) else layer
                for i, layer in enumerate(self._layers(outer))
            ]
            old, new = outer, self._editing.rebuilt(outer, layers)
        return new

    def _line(self, operation, position, words):
        chains = [self._at(position[:n]) for n in range(len(position))]
        said = getattr(self._editing, "said_of", lambda chain: self._editing.SAID)(chains[-1])
        counts = [len(self._layers(chain)) for chain in chains]
        return saying.line(said, [*map(self._kind, chains)], counts, operation, position, words)

    def _kind(self, chain):
        """How a chain's class is called in code."""
        home = type(chain).__module__
        if home == self._style.__name__:
            return f"sk.{self.style_name}.{type(chain).__name__}"
        ours = home == "__main__" or type(chain).__name__ != "Sequential"
        return type(chain).__name__ if ours else self._editing.SAID["Sequential"]


def _check_place(position, layers, end=0):
    (i,) = position or (-1,)
    if not isinstance(i, int) or not 0 <= i < len(layers) + end:
        has = f"It has the places 0 to {len(layers) - 1 + end}." if len(layers) + end else "Insert one first."
        raise SpecError(f"there is no place {i} in a chain of {len(layers)} layers. {has}")
