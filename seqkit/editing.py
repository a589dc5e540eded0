"""A chain edited in its own style, with undo; and a chain as a spec, and as code with its numbers."""

import importlib
import textwrap
from itertools import count
from typing import NamedTuple

import numpy as np

from seqkit import writing
from seqkit.errors import SpecError
from seqkit.spec import (
    ACTIVATIONS,
    Activation,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LayerNorm,
    Shape,
    Spec,
)

MOST = 4_000
"""As many numbers are written out in `code`; a chain with more has a line that says where they are."""


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
        self.style_name, self._style = style_name, _style(style_name)
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
            made = self._style.make(layer, shape, next(self._seeds))
        except SpecError as error:
            raise SpecError(str(error).replace("layer[0]", f"layer[{position[-1]}]", 1)) from None
        code = writing.line(layer, shape, self._style.LINES, position[-1])
        return made, FLATTEN if code == "flatten" else code

    def _edit(self, position, layers, shapes, operation, **words):
        *inside, at = position
        edited = self._at(inside)
        before = Moment(self.chain, self.given, self._style.snapshot(edited))
        said = self._line(operation, position, words)
        known = [shapes.get((*inside, i)) if i <= at else None for i in range(len(layers))]
        try:
            chain, given = self._style.edit(edited, layers, self.given, known, self._first_places(inside))
            after = Moment(self._around(inside, edited, chain), given, self._style.snapshot(chain))
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
            old, new = outer, self._style.rebuilt(outer, layers)
        return new

    def _line(self, operation, position, words):
        *inside, at = position
        said = getattr(self._style, "said_of", lambda chain: self._style.SAID)(self._at(inside))
        chains = ["chain"]
        for i in inside:
            chains.append(said["inside"].format(chain=chains[-1], i=i))
        if operation == "move" and "move" not in said:
            operation = "move on" if words["to"] > at else "move back"
        kinds = [self._kind(self._at(inside[:n])) for n in range(len(chains))]
        line = said[operation].format(chain=chains[-1], kind=kinds[-1], i=at, after=at + 1, **words)
        line = _without_empty(line, chains[-1], len(self.layers(inside)))
        for n in reversed(range(len(inside))):
            if line.startswith("chain = "):
                inner, i = line.removeprefix("chain = "), inside[n]
                line = said["replace"].format(chain=chains[n], kind=kinds[n], i=i, after=i + 1, layer=inner)
                line = _without_empty(line, chains[n], len(self.layers(inside[:n])))
        return line

    def _kind(self, chain):
        """How a chain's class is called in code."""
        home = type(chain).__module__
        if home == self._style.__name__:
            return f"sk.{self.style_name}.{type(chain).__name__}"
        ours = home == "__main__" or type(chain).__name__ != "Sequential"
        return type(chain).__name__ if ours else self._style.SAID["Sequential"]


def _without_empty(line, chain, count):
    """A line of code without the slices that hold no layer of a chain of `count` layers."""
    return line.replace(f"*{chain}.layers[:0], ", "").replace(f", *{chain}.layers[{count}:]", "")


FLATTEN = "lambda x: x.reshape(len(x), -1)"
"""`writing.flatten` in one line: a learner's page may not have its definition."""
SHAPELESS = (Activation, Dropout, Flatten)


def _style(style_name):
    return importlib.import_module(f"seqkit.styles.{style_name}")


def _check_place(position, layers, end=0):
    (i,) = position or (-1,)
    if not isinstance(i, int) or not 0 <= i < len(layers) + end:
        raise SpecError(
            f"there is no place {i} in a chain of {len(layers)} layers. It has the places 0 to {len(layers) - 1 + end}."
        )


def example_shape(style_name, array_shape):
    """The `spec.Shape` of one example in an array that a chain of this style gets; None if it is no vector, no image.

    Args:
        style_name: the style.
        array_shape: with the batch axis, where the style has one; or None.
    """
    style = _style(style_name)
    if array_shape is None:
        return None
    dims = tuple(array_shape)
    dims = dims[1:] if style.BATCHED and len(dims) > 1 else dims
    if len(dims) == 3 and style.LAYOUT.channels_first:
        dims = (*dims[1:], dims[0])
    return Shape(dims, len(dims) == 1) if len(dims) in (1, 3) and all(dims) else None


def palette(style_name, shape):
    """Layers of a spec that fit where an array of this shape is: for a vector, or for an image; what always fits else.

    Args:
        style_name: the style.
        shape: of the array, with the batch axis where the style has one; None if it is not known.
    """
    example = example_shape(style_name, shape)
    functions = [Activation(name) for name in ACTIVATIONS]
    if example is None:
        return [*(each for each in functions if "softmax" not in each.name), Dropout(0.5)]
    if example.flat:
        return [Dense(example.size), *functions, LayerNorm(), BatchNorm(), Dropout(0.5)]
    images = [each for each in functions if "softmax" not in each.name]
    return [Conv2D(example.dims[-1], 3), *images, BatchNorm(), Dropout(0.5), Flatten()]


# ---- a chain as a spec, and as code with its numbers ----


def spec_of(style_name, chain, x_shape):
    """The `Spec` that says what a chain is, for an input of this shape (with the batch axis, where the style has one).

    Raises:
        SpecError: a layer has no word in a spec, or the input is no batch of vectors or images.
    """
    style, example = _style(style_name), example_shape(style_name, x_shape)
    found = style.layers_of(chain)
    if found is None:
        raise SpecError(f"the {type(chain).__name__} is no chain itself. Take the chain in it.")
    layers = [style.describe(layer) for layer in found[0]]
    for i, layer in enumerate(layers):
        if layer is None:
            raise SpecError(
                f"layer[{i}] {style.name(found[0][i])} has no word in a spec, so there is no code for it in other "
                "styles. A spec knows Dense, Conv2D, BatchNorm, LayerNorm, Dropout, Flatten and "
                f"{', '.join(ACTIVATIONS)}, as seqkit writes them."
            )
    if example is None:
        raise SpecError(f"the input has the shape {x_shape}. A spec is for a batch of vectors or of images.")
    return Spec(layers, example.dims)


def parameters_of(style_name, chain, spec, given):
    """The canonical parameters of a chain that `spec` describes.

    Args:
        style_name: the chain's style.
        chain: not part of another.
        spec: of `spec_of`.
        given: what a call takes beside x; from it come `variables` and `state`.
    """
    outside = {key: given[key] for key in ("variables", "state") if key in given}
    return _style(style_name).parameters(chain, spec, **outside)


def code(spec, style_name, canonical=None):
    """Code that makes a chain of this spec in a style; with canonical parameters also what puts them in.

    Args:
        spec: a `Spec`.
        style_name: the style to write in, which may be another than that of the chain.
        canonical: parameters by canonical name; up to `MOST` numbers are written out, of more it is said where they are.
    """
    style = _style(style_name)
    written = style.write(spec)
    if not canonical:
        return written
    amount = sum(np.size(value) for value in canonical.values())
    keywords, call = style.loading(spec)
    load = f"sk.{style_name}.load(chain, {{}}{keywords})"
    if amount > MOST:
        where = f"chain, given = {load.format('view.parameters')}"
        return f"{written}\n# its {amount:,} numbers are too many to write out; this puts them in:\n# {where}\n"
    imports = "\nimport numpy as np\nimport seqkit as sk\n\n"
    lines = [_assigned(name, value) for name, value in canonical.items()]
    literal = "numbers = {\n" + "".join(lines) + "}\n"
    return f"{written}{imports}{literal}chain, given = {load.format('numbers')}\n# {call}\n"


def _assigned(name, value):
    """One entry of the dict of numbers, in lines of at most 79 columns."""
    text = f'"{name}": np.array({_literal(np.asarray(value, np.float32))}, np.float32),'
    return textwrap.fill(text, 79, initial_indent="    ", subsequent_indent="        ", break_on_hyphens=False) + "\n"


def _literal(value):
    """An array as nested lists, each number as short as float32 can be told apart."""
    if value.ndim:
        return f"[{', '.join(map(_literal, value))}]"
    said = str(value)
    return said if np.isfinite(value) else f"np.{said}" if said[0] != "-" else f"-np.{said[1:]}"
