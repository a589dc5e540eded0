"""Editing a chain in its own style, and writing it as code: every style, the frameworks' own classes and ours."""

import importlib
import random
import subprocess
import sys
from collections import OrderedDict

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from seqkit.editing.code import MOST, code
from seqkit.editing.describing import alone
from seqkit.editing.editor import Editor
from seqkit.editing.specs import example_shape, palette, parameters_of, spec_of
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
    draw,
)
from seqkit.trace import trace
from tests.style_cases import MLP, NAMES, X, every_style, load, native, numbers, written
from tests.test_spec import SPECS, drawn, inputs

VECTOR, IMAGE, FLATTENED = Shape((4,), True), Shape((5, 4, 3), False), Shape((5, 4, 3), True)
ON_VECTORS = [Dense(4), Dense(4, bias=False), BatchNorm(), LayerNorm(), Dropout(0.3), Flatten()]
ON_VECTORS += [Activation(name) for name in ACTIVATIONS]
ON_IMAGES = [Conv2D(2, 3), Conv2D(2, 2, "valid", bias=False), BatchNorm(), Dropout(0.1), Flatten()]
each_class = pytest.mark.parametrize("made", ["framework", "seqkit"])


def editing(style):
    """How chains of a style are edited."""
    return importlib.import_module(f"seqkit.editing.{style}")


def chain_of(style, made, spec=MLP):
    """(a chain of the framework's class or of ours, what a call takes beside x), with the numbers of `drawn`."""
    chain, given = written(style, spec) if made == "framework" else load(style).build(spec)
    return load(style).load(chain, drawn(spec), **given)


def batch(style, *dims):
    """The shape of a batch of examples, as a chain of the style gets it."""
    return dims if style == "equinox" else (2, *dims)


def reaching(style, editor, x):
    """{position: shape of what reaches it}, and of what leaves the chain, as a trace sees it."""
    seen = trace(editor.chain, x, **editor.given)
    found = {step.position: tuple(step.inputs[0].shape) for step in seen.steps}
    output = seen.output[0] if isinstance(seen.output, tuple) else seen.output
    return found | ({(len(seen.steps),): tuple(output.shape)} if seen.error is None else {})


def words(style, layers):
    """The layers as a spec has them."""
    return [editing(style).describe(layer) for layer in layers]


def of(*layers):
    """Layers of a spec, functions by name."""
    return [Activation(layer) if isinstance(layer, str) else layer for layer in layers]


def own_numbers(style, editor):
    """For each layer its parameters and state, by canonical name."""
    layers = [layer or Activation("relu") for layer in words(style, editor.layers())]
    canonical = load(style).parameters(
        editor.chain, None, **{k: v for k, v in editor.given.items() if k in ("variables", "state")}
    )
    return [{k.split(".")[1]: v for k, v in canonical.items() if k.startswith(f"{i}.")} for i in range(len(layers))]


def same(one, other):
    """Whether two layers have the same numbers."""
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


# ---- a layer, there and back ----


@every_style
def test_a_layer_is_described_as_the_word_it_was_made_of(style):
    for shape, layers in ((VECTOR, ON_VECTORS), (IMAGE, ON_IMAGES), (FLATTENED, [Dense(3)])):
        for layer in layers:
            assert editing(style).describe(editing(style).make(layer, shape)) == layer


@every_style
def test_a_layer_that_cannot_take_its_input_is_not_made(style):
    with pytest.raises(SpecError, match=r"Dense.*Put Flatten\(\) before it"):
        editing(style).make(Dense(3), IMAGE)


def others():
    """Layers that compute something else than any layer of a spec, and some that are none at all."""
    import equinox as eqx
    import objax
    from flax import linen as nn
    from flax import nnx

    from seqkit.styles.keras import keras

    key, rngs, k = jax.random.key(0), nnx.Rngs(0), keras.layers
    found = {
        "objax": [
            objax.nn.Conv2D(3, 2, 3, strides=2),
            objax.nn.Conv2D(3, 2, 3, dilations=2),
            objax.nn.Conv2D(2, 2, 3, groups=2),
            objax.nn.Conv2D(2, 2, (3, 2)),
            objax.nn.Conv2D(2, 2, 3, padding=2),
            objax.nn.BatchNorm0D(3, eps=1e-3),
            objax.nn.GroupNorm0D(4, groups=2, eps=1e-5),
            objax.nn.BatchNorm1D(3, eps=1e-5),
            objax.nn.Sequential([]),
            jnp.sin,
            lambda x: x.reshape(len(x), 2, -1),
        ],
        "linen": [
            nn.Dense(3, dtype=jnp.bfloat16),
            nn.Conv(3, (3,)),
            nn.Conv(3, (3, 3), strides=2),
            nn.Conv(3, (3, 3), padding="CIRCULAR"),
            nn.Conv(3, (3, 3), feature_group_count=3),
            nn.Conv(3, (3, 3), kernel_dilation=2),
            nn.Conv(3, 3),
            nn.BatchNorm(epsilon=1e-3),
            nn.BatchNorm(use_scale=False),
            nn.LayerNorm(),
            nn.LayerNorm(epsilon=1e-5, use_bias=False),
            nn.LayerNorm(epsilon=1e-5, axis_name="batch"),
            nn.LayerNorm(epsilon=1e-5, reduction_axes=0),
            nn.LayerNorm(epsilon=1e-5, feature_axes=0),
            nn.Sequential([nn.relu]),
            nn.gelu,
            lambda x: nn.relu(x),
        ],
        "nnx": [
            nnx.Linear(2, 3, dtype=jnp.bfloat16, rngs=rngs),
            nnx.Conv(2, 3, (3, 3), strides=2, rngs=rngs),
            nnx.Conv(2, 3, (3, 3), kernel_dilation=2, rngs=rngs),
            nnx.BatchNorm(3, epsilon=1e-3, rngs=rngs),
            nnx.LayerNorm(3, rngs=rngs),
            nnx.LayerNorm(3, epsilon=1e-5, use_scale=False, rngs=rngs),
            nnx.Sequential(),
            nnx.gelu,
        ],
        "equinox": [
            eqx.nn.Linear("scalar", 3, key=key),
            eqx.nn.Conv2d(2, 3, 3, stride=2, padding="SAME", key=key),
            eqx.nn.Conv2d(2, 3, 3, padding=2, key=key),
            eqx.nn.Conv2d(2, 3, 3, padding="SAME", padding_mode="REFLECT", key=key),
            eqx.nn.Conv2d(2, 2, 3, padding="SAME", groups=2, key=key),
            eqx.nn.Conv1d(2, 3, 3, key=key),
            eqx.nn.LayerNorm(3, eps=1e-3),
            eqx.nn.LayerNorm(3, use_bias=False),
            eqx.nn.Lambda(lambda x: x),
            eqx.nn.PReLU(),
            eqx.nn.Sequential([]),
        ],
        "keras": [
            k.Dense(3, activation="relu"),
            k.Dense(3, dtype="bfloat16"),
            k.Conv2D(3, 3, strides=2),
            k.Conv2D(3, 3, data_format="channels_first"),
            k.Conv2D(3, (3, 2)),
            k.BatchNormalization(),
            k.BatchNormalization(epsilon=1e-5, center=False),
            k.LayerNormalization(),
            k.LeakyReLU(),
            k.Activation("leaky_relu"),
            k.Activation("gelu"),
            k.ReLU(max_value=6),
            k.ELU(alpha=0.5),
            keras.Sequential([]),
        ],
    }
    return found | ({"torch": torch_others()} if "torch" in sys.modules else {})


def torch_others():
    """The same of PyTorch."""
    from torch import nn

    return [
        nn.Conv2d(2, 3, 3, stride=2),
        nn.Conv2d(2, 3, 3, padding=2),
        nn.Conv2d(2, 2, 3, groups=2, padding=1),
        nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"),
        nn.BatchNorm1d(3, eps=1e-3),
        nn.BatchNorm1d(3, affine=False),
        nn.BatchNorm1d(3, track_running_stats=False),
        nn.LayerNorm((2, 3)),
        nn.LayerNorm(3, bias=False),
        nn.LeakyReLU(0.2),
        nn.ELU(0.5),
        nn.Softplus(beta=2),
        nn.Softmax(0),
        nn.Flatten(0),
        nn.GELU(),
        nn.Sequential(),
        nn.Dropout(1.0),
    ]


@every_style
def test_a_layer_that_computes_something_else_has_no_word(style):
    load(style)
    for layer in [*others()[style], None, 3, len]:
        assert editing(style).describe(layer) is None, layer


@every_style
def test_a_subclass_of_a_known_layer_has_no_word_since_it_may_compute_anything(style):
    layer = editing(style).make(Dense(3), VECTOR)
    cls = type(layer)
    own = type("Own", (cls,), {})
    if style == "equinox":
        object.__setattr__(layer, "__class__", own)
    elif style == "linen":
        layer = own(3)
    else:
        layer.__class__ = own
    assert editing(style).describe(layer) is None


def test_what_learners_write_for_the_same_layer_has_the_same_word():
    import equinox as eqx
    import objax
    from flax import linen as nn

    key = jax.random.key(0)
    assert (
        editing("objax").describe(jax.nn.relu) == editing("objax").describe(objax.functional.relu) == Activation("relu")
    )
    assert editing("linen").describe(jnp.tanh) == editing("linen").describe(nn.tanh) == Activation("tanh")
    assert editing("linen").describe(lambda batch: batch.reshape((batch.shape[0], -1))) == Flatten()
    assert editing("linen").describe(nn.Conv(2, (3, 3), padding=1, strides=(1, 1))) == Conv2D(2, 3)
    assert editing("equinox").describe(eqx.nn.Conv2d(2, 3, 3, key=key)) == Conv2D(3, 3, "valid")
    assert editing("equinox").describe(jax.nn.relu) == Activation("relu")
    assert editing("equinox").describe(eqx.nn.Dropout(0.5)) == Dropout(0.5)


# ---- operations ----


@every_style
@each_class
def test_an_insert_keeps_every_other_parameter(style, made):
    chain, given = chain_of(style, made)
    editor = Editor(style, chain, given)
    before = own_numbers(style, editor)
    editor.insert((1,), Dense(5), {(1,): batch(style, 5)})
    after = own_numbers(style, editor)
    assert words(style, editor.layers()) == of(Dense(5), Dense(5), "relu", Dropout(0.5), Dense(3))
    assert all(same(*pair) for pair in zip(before, [after[0], *after[2:]], strict=True))
    assert after[1]["weight"].shape == (5, 5) and not np.array_equal(after[1]["weight"], after[0]["weight"])
    assert trace(editor.chain, native(style, X), **editor.given).error is None


@every_style
@each_class
def test_every_operation_leaves_the_other_layers_as_they_are(style, made):
    """Against the same operations on a plain list of (layer, its numbers)."""
    rng, x = random.Random(1), native(style, X)
    editor = Editor(style, *chain_of(style, made))
    for _ in range(14):
        known = list(zip(words(style, editor.layers()), own_numbers(style, editor), strict=True))
        shapes = reaching(style, editor, x)
        at, to = rng.randrange(len(known)), rng.randrange(len(known))
        new = rng.choice(of("tanh", "relu", Dropout(0.2), LayerNorm(), BatchNorm(), Dense(5)))
        operation = rng.choice(["insert", "replace", "move", "duplicate", "remove"] if len(known) > 3 else ["insert"])
        if operation in ("insert", "replace") and (at,) in shapes:
            getattr(editor, operation)((at,), new, shapes)
            known[at : at + (operation == "replace")] = [(new, None)]
        elif operation == "move":
            editor.move((at,), to)
            known.insert(to, known.pop(at))
        elif operation == "duplicate":
            editor.duplicate((at,))
            known.insert(at + 1, known[at])
        elif operation == "remove":
            editor.remove((at,))
            known.pop(at)
        assert words(style, editor.layers()) == [layer for layer, _ in known]
        pairs = zip(known, own_numbers(style, editor), strict=True)
        assert all(values is None or same(values, after) for (_, values), after in pairs)


@every_style
@each_class
def test_undo_gives_back_the_same_layers_and_the_same_variables_and_redo_the_edited_ones(style, made):
    chain, given = chain_of(style, made)
    editor = Editor(style, chain, given)
    steps = [(editor.layers(), editor.chain, editor.given)]
    for operation in (
        lambda: editor.insert((1,), BatchNorm(), {(1,): batch(style, 5)}),
        lambda: editor.move((0,), 2),
        lambda: editor.duplicate((2,)),
        lambda: editor.replace((0,), LayerNorm(), {(0,): batch(style, 4)}),
        lambda: editor.remove((1,)),
    ):
        operation()
        steps.append((editor.layers(), editor.chain, editor.given))
    for layers, kept, beside in steps[-2::-1]:
        assert editor.can_undo and editor.undo() and editor.chain is kept and editor.given is beside
        assert all(one is other for one, other in zip(editor.layers(), layers, strict=True))
    assert not editor.can_undo and not editor.undo() and editor.chain is chain
    assert editor.given.keys() == given.keys() and all(editor.given[key] is given[key] for key in given)
    for layers, kept, beside in steps[1:]:
        assert editor.can_redo and editor.redo() and editor.chain is kept and editor.given is beside
        assert all(one is other for one, other in zip(editor.layers(), layers, strict=True))
    assert not editor.can_redo and not editor.redo()


@every_style
def test_an_operation_after_undo_takes_away_what_could_be_made_again(style):
    editor = Editor(style, *chain_of(style, "framework"))
    editor.remove((1,))
    removed = editor.said
    editor.undo()
    assert editor.said == f"undo: {removed}"
    editor.redo()
    assert editor.said == f"redo: {removed}"
    editor.undo()
    editor.remove((2,))
    assert not editor.can_redo


@every_style
@each_class
def test_an_operation_that_raises_leaves_chain_given_and_history_as_they_were(style, made):
    editor = Editor(style, *chain_of(style, made))
    editor.move((0,), 1)
    chain, given, said, layers = editor.chain, editor.given, editor.said, editor.layers()
    for operation, said_why in (
        (lambda: editor.insert((1,), Dense(3), {}), r"layer\[1\] Dense.*would get an array of unknown shape"),
        (lambda: editor.insert((1,), Dense(3), {(1,): (2, 3, 4, 5, 6)}), r"an array of shape \(2, 3, 4, 5, 6\)"),
        (lambda: editor.insert((2,), LayerNorm(), {(2,): batch(style, 3, 4, 5)}), r"layer\[2\] LayerNorm.*image"),
        (lambda: editor.replace((0,), Dense(0), {(0,): batch(style, 4)}), "features takes a whole number"),
        (lambda: editor.insert((5,), Dense(3), {(5,): batch(style, 3)}), "no place 5 in a chain of 4 layers"),
        (lambda: editor.replace((4,), Dense(3), {(4,): batch(style, 3)}), "no place 4 .* places 0 to 3"),
        (lambda: editor.remove((-1,)), "no place -1"),
        (lambda: editor.move((0,), 4), "no place 4"),
        (lambda: editor.duplicate((1, 0)), "no chain itself.*explore the chain itself"),
    ):
        with pytest.raises(SpecError, match=said_why):
            operation()
        assert editor.chain is chain and editor.given is given and editor.said == said
        assert all(one is other for one, other in zip(editor.layers(), layers, strict=True))
    assert editor.undo() and not editor.undo()


@every_style
def test_a_fault_in_the_middle_of_an_edit_leaves_the_chain_as_it_was(style, monkeypatch):
    editor = Editor(style, *chain_of(style, "framework"))
    chain, layers, real = editor.chain, editor.layers(), editing(style).edit

    def breaks(*args):
        real(*args)
        raise MemoryError

    monkeypatch.setattr(editing(style), "edit", breaks)
    with pytest.raises(MemoryError):
        editor.remove((0,))
    assert editor.chain is chain and not editor.can_undo
    assert all(one is other for one, other in zip(editor.layers(), layers, strict=True))


@every_style
@each_class
def test_all_layers_can_be_taken_out_and_put_back(style, made):
    editor = Editor(style, *chain_of(style, made))
    for _ in range(4):
        editor.remove((0,))
    assert editor.layers() == []
    editor.insert((0,), Dense(2), {(0,): batch(style, 4)})
    assert numbers(trace(editor.chain, native(style, X), **editor.given).output).shape == batch(style, 2)
    while editor.undo():
        pass
    assert words(style, editor.layers()) == list(MLP.layers)


@every_style
@each_class
def test_a_mismatch_is_a_step_of_the_trace_and_the_chain_runs_again_once_it_is_mended(style, made):
    chain, given = chain_of(style, made)
    expected = numbers(trace(chain, native(style, X), **given).output)
    editor = Editor(style, chain, given)
    editor.replace((0,), Dense(7), {(0,): batch(style, 4)})
    seen = trace(editor.chain, native(style, X), **editor.given)
    assert seen.error is not None and seen.steps[-1].position == (3,) and len(seen.steps) == 4
    editor.insert((3,), Activation("tanh"), reaching(style, editor, native(style, X)))
    editor.replace((4,), Dense(3), {(4,): batch(style, 7)})
    assert trace(editor.chain, native(style, X), **editor.given).error is None
    while editor.undo():
        pass
    assert np.array_equal(numbers(trace(editor.chain, native(style, X), **editor.given).output), expected)


@every_style
def test_the_old_chain_stays_whole_where_the_style_makes_a_new_one_and_is_the_same_where_it_is_a_list(style):
    chain, given = chain_of(style, "framework")
    editor = Editor(style, chain, given)
    editor.insert((1,), LayerNorm(), {(1,): batch(style, 5)})
    assert type(editor.chain) is type(chain)
    in_place = style in ("objax", "torch")
    assert (editor.chain is chain) == in_place and len(list(load(style).layers_of(chain)[0])) == 4 + in_place
    if not in_place:
        assert trace(chain, native(style, X), **given).error is None


@every_style
def test_a_new_layer_begins_with_the_numbers_that_draw_gives(style):
    editor = Editor(style, *chain_of(style, "framework"))
    editor.insert((2,), Dense(6), {(2,): batch(style, 5)})
    weight = own_numbers(style, editor)[2]["weight"]
    assert any(np.array_equal(weight, draw(alone(Dense(6), Shape((5,), True)), seed)["0.weight"]) for seed in range(9))
    editor.insert((2,), BatchNorm(), {(2,): batch(style, 5)})
    found = own_numbers(style, editor)[2]
    assert found["scale"].tolist() == found["variance"].tolist() == [1] * 5 and not any(found["mean"])


@every_style
def test_two_new_layers_of_a_kind_have_different_numbers(style):
    editor = Editor(style, *chain_of(style, "framework"))
    for _ in range(2):
        editor.insert((1,), Dense(5), {(1,): batch(style, 5)})
    found = own_numbers(style, editor)
    assert not np.array_equal(found[1]["weight"], found[2]["weight"])


# ---- what is said ----


def scope(style, chain):
    """What a learner's page has under its names."""
    import equinox as eqx
    import objax
    from flax import linen, nnx

    from seqkit.styles.keras import keras

    nn = linen
    if style == "torch":
        from torch import nn
    names = {"chain": chain, "jax": jax, "jnp": jnp, "objax": objax, "nnx": nnx, "eqx": eqx, "keras": keras, "nn": nn}
    import seqkit as sk

    return names | {
        "sk": sk,
        "layers": keras.layers,
        "rngs": nnx.Rngs(0),
        "keys": jax.random.split(jax.random.key(1), 12),
    }


def pattern(layers):
    """For each layer where the same object stands first."""
    return [next(j for j, other in enumerate(layers) if other is layer) for layer in layers]


@every_style
@each_class
def test_the_line_that_is_said_does_the_same_to_an_equal_chain(style, made):
    editor, names = Editor(style, *chain_of(style, made)), scope(style, chain_of(style, made)[0])
    shape = {(i,): batch(style, 5) for i in range(9)}
    for operation in (
        lambda: editor.insert((1,), Dense(5), shape),
        lambda: editor.insert((5,), Flatten(), shape),
        lambda: editor.insert((0,), LayerNorm(), shape),
        lambda: editor.replace((0,), BatchNorm(), shape),
        lambda: editor.replace((6,), Activation("silu"), shape),
        lambda: editor.move((0,), 3),
        lambda: editor.move((6,), 4),
        lambda: editor.move((2,), 0),
        lambda: editor.move((1,), 6),
        lambda: editor.duplicate((4,)),
        lambda: editor.duplicate((7,)),
        lambda: editor.remove((0,)),
        lambda: editor.remove((7,)),
        lambda: editor.remove((3,)),
    ):
        operation()
        exec(editor.said, names)
        same_chain = load(style).layers_of(names["chain"])[0]
        assert words(style, same_chain) == words(style, editor.layers()), editor.said
        assert pattern(same_chain) == pattern(editor.layers())
        assert type(names["chain"]) is type(editor.chain)
        assert ":0]" not in editor.said


# ---- a chain in a chain ----


def nested(style, made="framework"):
    """(Dense(5), [relu, Dense(5)], Dense(3)), the same numbers in every style; and what a call takes beside x."""
    inner, outer = Spec(["relu", Dense(5)], 5), Spec([Dense(5), Dense(3)], 5)
    (one, _), (two, _) = (chain_of(style, made, spec) for spec in (inner, outer))
    first, last = load(style).layers_of(two)[0]
    chain = editing(style).rebuilt(two, [first, one, last])
    given = {"variables": chain.init(jax.random.key(0), jnp.ones((1, 5)))} if style == "linen" else {}
    return chain, given


X5 = np.random.default_rng(2).normal(size=(2, 5)).astype(np.float32)


@every_style
@each_class
def test_a_chain_in_the_chain_is_edited_where_it_is(style, made):
    chain, given = nested(style, made)
    editor, x = Editor(style, chain, given), native(style, X5)
    expected = numbers(trace(chain, x, **given).output)
    editor.insert((1, 1), LayerNorm(), {(1, 1): batch(style, 5), (1, 0): batch(style, 5)})
    assert words(style, editor.layers((1,))) == of("relu", LayerNorm(), Dense(5))
    seen = trace(editor.chain, x, **editor.given)
    assert [step.position for step in seen.steps] == [(0,), (1,), (1, 0), (1, 1), (1, 2), (2,)] and seen.error is None
    editor.remove((1, 1))
    assert np.array_equal(numbers(trace(editor.chain, x, **editor.given).output), expected)
    editor.move((1,), 2)
    editor.replace((2, 0), Activation("tanh"), {})
    assert words(style, editor.layers((2,))) == of("tanh", Dense(5))
    while editor.undo():
        pass
    assert editor.chain is chain and words(style, editor.layers((1,))) == of("relu", Dense(5))
    assert np.array_equal(numbers(trace(editor.chain, x, **editor.given).output), expected)


@every_style
def test_the_line_said_of_a_chain_in_the_chain_does_the_same(style):
    editor, names = Editor(style, *nested(style)), scope(style, nested(style)[0])
    for operation in (
        lambda: editor.insert((1, 2), Activation("tanh"), {}),
        lambda: editor.move((1, 0), 2),
        lambda: editor.duplicate((1, 1)),
        lambda: editor.remove((1, 0)),
    ):
        operation()
        exec(editor.said, names)
        inner = load(style).layers_of(load(style).layers_of(names["chain"])[0][1])[0]
        assert words(style, inner) == words(style, editor.layers((1,))), editor.said


@every_style
def test_a_chain_that_stands_twice_is_edited_in_both_places_unless_its_style_makes_two_of_it(style):
    chain, given = nested(style)
    editor, x = Editor(style, chain, given), native(style, X5)
    editor.duplicate((1,))
    editor.insert((2, 0), Dense(5), {(2, 0): batch(style, 5)})
    shared = load(style).SHARES
    assert len(editor.layers((1,))) == (3 if shared else 2) and len(editor.layers((2,))) == 3
    assert (editor.layers()[1] is editor.layers()[2]) == shared
    assert trace(editor.chain, x, **editor.given).error is None


def test_a_model_that_is_no_chain_is_not_edited():
    from flax import linen as nn

    class Model(nn.Module):
        @nn.compact
        def __call__(self, x):
            return nn.Sequential([nn.Dense(3)])(x)

    with pytest.raises(SpecError, match=r"the Model is no chain itself.*explore the chain itself to edit it"):
        Editor("linen", Model(), {}).remove((0,))


# ---- what is particular to a style ----


def test_linen_keeps_every_collection_of_a_layer_that_moves_and_all_that_is_no_layers():
    spec = Spec([Dense(4), BatchNorm(), "relu", Dense(2)], 4)
    chain, given = chain_of("linen", "framework", spec)
    given["variables"]["kept"] = {"own": jnp.ones(2), "layers": {"layers_1": jnp.zeros(1)}}
    editor = Editor("linen", chain, given)
    old = given["variables"]
    editor.insert((0,), LayerNorm(), {(0,): (2, 4)})
    new = editor.given["variables"]
    assert new["batch_stats"]["layers_2"]["mean"] is old["batch_stats"]["layers_1"]["mean"]
    assert new["params"]["layers_4"]["kernel"] is old["params"]["layers_3"]["kernel"]
    assert new["kept"]["own"] is old["kept"]["own"] and "layers_1" in new["kept"]["layers"]
    assert set(new["params"]) == {"layers_0", "layers_1", "layers_2", "layers_4"}


def test_linen_keeps_a_shared_layer_under_its_first_place():
    from flax import linen as nn

    dense = nn.Dense(4)
    chain = nn.Sequential([nn.relu, dense, nn.Dense(4), dense])
    variables = chain.init(jax.random.key(0), jnp.ones((2, 4)))
    expected = chain.apply(variables, X)
    editor = Editor("linen", chain, {"variables": variables})
    editor.insert((0,), Activation("relu"), {})
    assert np.array_equal(editor.chain.apply(editor.given["variables"], X), expected)
    assert set(editor.given["variables"]["params"]) == {"layers_2", "layers_3"}
    editor.remove((2,))
    assert set(editor.given["variables"]["params"]) == {"layers_2", "layers_3"}
    editor.duplicate((2,))
    spec = spec_of("linen", editor.chain, (2, 4))
    assert len(parameters_of("linen", editor.chain, spec, editor.given)) == 6
    assert editor.chain.apply(editor.given["variables"], X).shape == (2, 4)


def test_linen_walks_the_shapes_to_a_new_layer_from_the_last_that_is_known():
    from flax import linen as nn

    chain, given = chain_of("linen", "framework")
    layers = [*chain.layers[:2], nn.Dense(6), lambda x: (x, x), lambda a, b: a + b, nn.Dense(5), *chain.layers[2:]]
    new, given = editing("linen").edit(chain, layers, given, [(2, 4)])
    assert given["variables"]["params"]["layers_5"]["kernel"].shape == (6, 5)
    assert new.apply(given["variables"], X).shape == (2, 3)


def test_linen_leaves_a_layer_without_variables_while_its_input_is_unknown_and_gives_them_later():
    from flax import linen as nn

    chain, given = chain_of("linen", "framework")
    broken, given = editing("linen").edit(chain, [nn.Dense(9), *chain.layers], given)
    assert "layers_0" not in given["variables"]["params"]
    assert trace(broken, X, **given).error is not None
    mended, given = editing("linen").edit(broken, [*broken.layers, nn.relu], given, [(2, 4)])
    assert given["variables"]["params"]["layers_0"]["kernel"].shape == (4, 9)
    with pytest.raises(SpecError, match="bound to its variables"):
        editing("linen").edit(mended.bind(given["variables"]), [nn.relu], given)


def test_linen_measures_anew_what_comes_behind_an_edit():
    chain, given = chain_of("linen", "framework", Spec([Dense(5), "relu", Dense(3)], 4))
    params = {name: own for name, own in given["variables"]["params"].items() if name != "layers_2"}
    editor = Editor("linen", chain, {"variables": {"params": params}})
    editor.replace((0,), Dense(7), {(0,): (2, 4), (1,): (2, 5), (2,): (2, 5), (3,): (2, 3)})
    assert editor.given["variables"]["params"]["layers_2"]["kernel"].shape == (7, 3)


def test_objax_hands_training_to_a_new_layer_that_asks_for_it_and_no_longer_after_undo():
    import objax

    editor = Editor("objax", objax.nn.Sequential([objax.nn.Linear(4, 5)]), {})
    editor.insert((1,), Dropout(0.5), {})
    assert editor.given == {"training": False} and trace(editor.chain, X, **editor.given).error is None
    editor.undo()
    assert editor.given == {}
    editor = Editor("objax", objax.nn.Sequential([objax.nn.Linear(4, 5)]), {"training": True})
    editor.insert((1,), Dropout(0.5), {})
    assert editor.given == {"training": True}


def test_equinox_joins_the_state_of_a_new_layer_and_keeps_the_values_of_the_others():
    spec = Spec([Dense(5), BatchNorm(), Dense(3)], 4)
    chain, given = chain_of("equinox", "framework", spec)
    editor, x = Editor("equinox", chain, given), native("equinox", X)
    expected = numbers(trace(chain, x, **given).output)
    editor.insert((3,), BatchNorm(), {(3,): (3,)})
    got = numbers(trace(editor.chain, x, **editor.given).output)
    np.testing.assert_allclose(got, expected / np.sqrt(1 + 1e-5), rtol=1e-6)
    editor.duplicate((1,))
    found = own_numbers("equinox", editor)
    assert same(found[1], found[2])
    canonical = load("equinox").parameters(editor.chain, state=editor.given["state"])
    canonical["2.mean"] = np.full(5, 9, np.float32)
    new, beside = load("equinox").load(editor.chain, canonical, state=editor.given["state"])
    found = load("equinox").parameters(new, state=beside["state"])
    assert found["1.mean"].tolist() != found["2.mean"].tolist() == [9] * 5
    while editor.undo():
        pass
    assert np.array_equal(numbers(trace(editor.chain, x, **editor.given).output), expected)


def test_equinox_needs_no_state_any_more_without_a_layer_that_keeps_some():
    editor = Editor("equinox", *chain_of("equinox", "framework"))
    editor.insert((1,), BatchNorm(), {(1,): (5,)})
    assert list(editor.given) == ["state"]
    assert len(trace(editor.chain, native("equinox", X), **editor.given).output) == 2
    assert not [path for path in load("equinox").named_parameters(editor.chain) if "state" in path]


def test_a_state_that_a_trace_or_a_load_was_given_can_be_given_again():
    import equinox as eqx

    class Count(eqx.nn.StatefulLayer):
        index: eqx.nn.StateIndex

        def __init__(self):
            self.index = eqx.nn.StateIndex(jnp.array(0.0))

        def __call__(self, x, state, *, key=None):
            n = state.get(self.index)
            return x + n, state.set(self.index, n + 1)

    make = lambda: eqx.nn.Sequential([Count(), eqx.nn.BatchNorm(4, "batch", mode="ema", inference=True)])
    chain, state = eqx.nn.make_with_state(make)()
    editor, x = Editor("equinox", chain, {"state": state}), native("equinox", X)
    for _ in range(3):
        assert trace(editor.chain, x, **editor.given).error is None
        load("equinox").load(editor.chain, load("equinox").parameters(editor.chain, state=state), state=state)
    editor.insert((2,), BatchNorm(), {(2,): (4,)})
    editor.undo()
    assert trace(editor.chain, x, **editor.given).error is None and editor.given["state"] is state


@each_class
def test_a_frozen_chain_of_keras_stays_frozen_and_one_that_is_mended_knows_its_input_again(made):
    chain, given = chain_of("keras", made)
    chain.trainable = False
    editor = Editor("keras", chain, given)
    editor.replace((0,), Dense(7), {(0,): (2, 4)})
    assert not editor.chain.trainable and trace(editor.chain, X, **editor.given).error is not None
    editor.replace((3,), Dense(3), {(3,): (2, 7)})
    assert not editor.chain.trainable and not editor.chain.trainable_variables
    assert editor.chain.input_shape == (None, 4) and editor.chain.output_shape == (None, 3)


def test_keras_refuses_a_class_that_is_made_in_another_way():
    from seqkit.styles.keras import keras

    class Mine(keras.Sequential):
        def __init__(self, width):
            super().__init__([keras.layers.Dense(width)])

    with pytest.raises(SpecError, match="a Mine is not made as Keras makes a Sequential"):
        Editor("keras", Mine(3), {}).remove((0,))


def test_a_subclass_of_a_chain_stays_one():
    import equinox as eqx
    from flax import linen, nnx

    class OfLinen(linen.Sequential):
        scale: float = 2.0

    class OfNnx(nnx.Sequential):
        def __init__(self, layers, scale):
            super().__init__(*layers)
            self.scale = scale

    class OfEquinox(eqx.nn.Sequential):
        scale: float

        def __init__(self, layers, scale):
            super().__init__(layers)
            self.scale = scale

    chains = {"linen": OfLinen([linen.relu], 3.0), "nnx": OfNnx([nnx.relu], 3.0)}
    chains["equinox"] = OfEquinox([eqx.nn.Lambda(jnp.tanh)], 3.0)
    for style, chain in chains.items():
        editor = Editor(style, chain, {"variables": {}} if style == "linen" else {})
        editor.insert((1,), Activation("tanh"), {})
        assert type(editor.chain) is type(chain) and editor.chain.scale == 3 and len(chain.layers) == 1
        assert trace(editor.chain, native(style, X), **editor.given).error is None


def test_equinox_reads_the_running_mean_as_a_call_uses_it():
    import equinox as eqx

    make = lambda: eqx.nn.Sequential([eqx.nn.BatchNorm(4, "batch", mode="batch")])
    chain, state = eqx.nn.make_with_state(make)()
    _, state = jax.vmap(chain, (0, None), (0, None), "batch")(X, state)
    found = load("equinox").parameters(chain, state=state)
    np.testing.assert_allclose(found["0.mean"], X.mean(0), rtol=1e-5, atol=1e-6)
    still = eqx.nn.inference_mode(chain)
    expected = jax.vmap(still, (0, None), (0, None), "batch")(X, state)[0]
    loaded, beside = load("equinox").load(still, found, state=state)
    got = jax.vmap(loaded, (0, None), (0, None), "batch")(X, beside["state"])[0]
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_torch_keeps_the_names_of_an_ordered_dict_and_gives_new_layers_free_ones():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    nn = torch.nn
    chain = nn.Sequential(OrderedDict(embed=nn.Linear(4, 5), relu=nn.ReLU(), head=nn.Linear(5, 3)))
    editor = Editor("torch", chain, {})
    editor.insert((1,), Activation("relu"), {})
    editor.move((0,), 1)
    assert list(chain._modules) == ["relu2", "embed", "relu", "head"]
    editor.duplicate((1,))
    editor.remove((0,))
    assert list(chain._modules) == ["embed", "linear", "relu", "head"] and editor.said == ""
    editor.replace((3,), Activation("tanh"), {})
    assert editor.said == "chain[3] = nn.Tanh()"
    while editor.undo():
        pass
    assert list(chain._modules) == ["embed", "relu", "head"] and next(iter(chain.state_dict())) == "embed.weight"


def test_torch_gives_a_new_layer_the_mode_of_its_chain():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for training in (True, False):
        chain = torch.nn.Sequential(torch.nn.Linear(4, 4)).train(training)
        Editor("torch", chain, {}).insert((1,), Dropout(0.5), {})
        assert chain[1].training == training


def test_keras_names_a_new_layer_as_a_part_of_its_chain():
    chain, _ = chain_of("keras", "framework")
    editor = Editor("keras", chain, {})
    editor.insert((1,), Dense(5), {(1,): (2, 5)})
    paths = list(load("keras").named_parameters(editor.chain))
    assert len(paths) == 6 and all(path.startswith(f"{chain.name}/dense") for path in paths)
    assert len({path.split("/")[1] for path in paths}) == 3 and editor.chain.input_shape == (None, 4)


# ---- as code ----


@every_style
@pytest.mark.parametrize("key", ["vector", "norms behind an image", "one function"])
def test_code_with_numbers_makes_the_chain_of_the_framework_that_gives_the_same(style, key):
    spec = SPECS[key]
    chain, given = chain_of(style, "framework", spec)
    x = native(style, inputs(spec))
    found = spec_of(style, chain, tuple(x.shape))
    canonical = parameters_of(style, chain, found, given)
    assert found == spec and all(np.array_equal(canonical[name], value) for name, value in drawn(spec).items())
    text, names = code(spec, style, canonical), {}
    exec(text, names)
    assert type(names["chain"]) is type(chain) and max(map(len, text.split("numbers = ")[-1].splitlines())) <= 79
    expected = numbers(trace(chain, x, **given).output)
    got = numbers(trace(names["chain"], x, **names.get("given", given)).output)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6)


def test_code_of_one_style_carries_the_numbers_of_another():
    spec = SPECS["vector"]
    canonical = parameters_of("linen", *_found("linen", spec))
    for style in NAMES[:5]:
        names = {}
        exec(code(spec, style, canonical), names)
        outside = {key: value for key, value in names["given"].items() if key in ("variables", "state")}
        again = load(style).parameters(names["chain"], spec, **outside)
        assert all(np.array_equal(again[name], value) for name, value in canonical.items())


def _found(style, spec):
    chain, given = chain_of(style, "framework", spec)
    return chain, spec, given


def test_code_runs_in_a_fresh_python():
    text = code(MLP, "objax", draw(MLP)) + f"print(chain(np.array({X.tolist()}, np.float32), **given).tolist())\n"
    said = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    chain, given = load("objax").build(MLP)
    np.testing.assert_allclose(eval(said.stdout), chain(X, **given), rtol=1e-6)


def test_code_without_numbers_is_what_the_style_writes_and_with_too_many_says_how_many():
    assert code(MLP, "linen") == load("linen").write(MLP)
    spec = Spec([Dense(100)], 64)
    text = code(spec, "equinox", draw(spec))
    assert "6,500 numbers" in text and "sk.equinox.load(chain, view.parameters)" in text and len(text) < 500
    assert sum(value.size for value in draw(spec).values()) > MOST
    exec(text, {})
    just = Spec([Dense(MOST // 100, bias=False)], 100)
    assert "numbers = {" in code(just, "equinox", draw(just))


def test_every_float32_is_written_so_that_it_is_read_back_to_the_bit():
    spec = Spec([Dense(2, bias=False)], 4)
    weight = np.array([[1e-38, -0.0], [np.inf, -np.inf], [0.1, 16777217], [np.nan, 1 / 3]], np.float32)
    names = {}
    exec(code(spec, "objax", {"0.weight": weight}), names)
    assert names["numbers"]["0.weight"].tobytes() == weight.tobytes()


@every_style
def test_a_layer_without_a_word_is_named(style):
    with pytest.raises(SpecError, match=r"layer\[1\].*has no word in a spec"):
        spec_of(style, nested(style)[0], batch(style, 5))
    with pytest.raises(SpecError, match="for a batch of vectors or of images"):
        spec_of(style, chain_of(style, "framework")[0], (1, 2, 3, 4, 5))


@every_style
def test_what_the_palette_offers_fits_where_it_is_offered(style):
    for example, kinds in ((VECTOR, {Dense, LayerNorm}), (IMAGE, {Conv2D, Flatten})):
        dims = example.dims
        if not example.flat and load(style).LAYOUT.channels_first:
            dims = (dims[2], *dims[:2])
        assert example_shape(style, batch(style, *dims)) == example
        offered = palette(style, batch(style, *dims))
        assert len(set(offered)) == len(offered) > 10
        assert set(map(type, offered)) == kinds | {Activation, BatchNorm, Dropout}
        assert words(style, [editing(style).make(layer, example) for layer in offered]) == offered
    assert Dropout(0.5) in palette(style, None) and not any(isinstance(each, Dense) for each in palette(style, None))


def test_a_single_example_is_a_vector_in_every_style():
    assert all(example_shape(style, (4,)) == Shape((4,), True) for style in NAMES[:5])
