"""Two traces side by side: the same numbers agree in every pair of styles, and where they part is found and said."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import objax
import pytest

import seqkit as sk
from seqkit.alignment import aligned
from seqkit.axes import batch
from seqkit.beside import match
from seqkit.errors import TraceError
from seqkit.spec import BatchNorm, Conv2D, Dense, Dropout, Flatten, LayerNorm, Spec
from tests.conftest import INSTALLED
from tests.style_cases import MLP, NAMES, X, every_style, load, native

IMAGES = Spec(
    [Conv2D(3, 3), BatchNorm(), "relu", Dropout(0.5), Flatten(), LayerNorm(), "tanh", Dense(4), "softmax"], (4, 4, 2)
)
PHOTOS = np.random.default_rng(0).normal(size=(2, 4, 4, 2)).astype(np.float32)
HERE = [name for name in NAMES if name != "torch" or INSTALLED["torch"]]
RUNS = {}


def run_of(style, spec):
    """The trace of a spec in a style, made once."""
    if (style, spec) not in RUNS:
        chain, outside = load(style).build(spec, 2)
        RUNS[style, spec] = sk.trace(chain, native(style, PHOTOS if spec is IMAGES else X), **outside)
    return RUNS[style, spec]


def traced(*layers, x=X):
    return sk.trace(objax.nn.Sequential(list(layers)), jnp.asarray(x))


def first(beside):
    return beside.pairs[beside.first].difference


@every_style
@pytest.mark.parametrize("spec", [MLP, IMAGES], ids=["vectors", "images"])
def test_the_same_chain_agrees_beside_itself_in_every_style(style, spec):
    for other in HERE:
        beside = match(run_of(style, spec), run_of(other, spec))
        assert [(pair.left, pair.right) for pair in beside.pairs] == [(i, i) for i in range(len(spec.layers))]
        assert beside.first is None and beside.output is None
        assert repr(beside) == f"all {len(spec.layers)} layers agree to 2e-5 of the largest value"


@every_style
def test_one_changed_number_is_found_at_its_layer_in_every_style(style):
    canonical = load("objax").parameters(load("objax").build(MLP, 2)[0])
    canonical["3.bias"] = canonical["3.bias"] + np.array([0, 0.5, 0], np.float32)
    chain, outside = load("objax").build(MLP, 2)
    load("objax").load(chain, canonical)
    beside = match(run_of(style, MLP), sk.trace(chain, native("objax", X), **outside))
    found = first(beside)
    assert beside.first == 3 and np.isclose(found.most, 0.5) and np.isclose(found.right - found.left, 0.5)
    assert found.where == ((1,) if style == "equinox" else (0, 1))
    assert repr(beside).startswith("3 of 4 layers agree; the first difference is at layer[3] ")


@pytest.mark.parametrize("style", HERE)
def test_where_is_an_index_into_what_the_left_layer_put_out(style):
    chain, outside = load("linen").build(IMAGES, 2)
    spoilt = sk.trace(chain, native("linen", PHOTOS + np.eye(4, dtype=np.float32)[:, :, None]), **outside)
    left, found = run_of(style, IMAGES)[0], first(match(run_of(style, IMAGES), spoilt))
    assert float(np.asarray(left.output.detach() if style == "torch" else left.output)[found.where]) == found.left


def test_an_inserted_layer_leaves_all_others_in_pairs():
    dense = objax.nn.Linear(4, 4)
    beside = match(traced(dense, jnp.sin, dense), traced(dense, jnp.exp, jnp.sin, dense))
    assert [(pair.left, pair.right) for pair in beside.pairs] == [(0, 0), (None, 1), (1, 2), (2, 3)]
    assert repr(beside) == "1 of 4 layers agree; the first difference is at layer[1] exp, which is only there"
    assert beside.pairs[2].difference.sentence.startswith("layer[1] sin beside layer[2] sin: at [0, 0] ")


@pytest.mark.parametrize("longer", [1, 3])
def test_a_shorter_chain_ends_beside_none(longer):
    layers = [jnp.tanh, jnp.sin, jnp.cos, jnp.exp]
    beside = match(traced(*layers[:longer]), traced(*layers))
    assert [pair.left for pair in beside.pairs] == [*range(longer), *[None] * (4 - longer)]
    assert beside.first == longer and beside.output is not None
    turned = match(traced(*layers), traced(*layers[:longer]))
    assert first(turned).sentence == f"layer[{longer}] {layers[longer].__name__}, which is only here"


def test_a_replaced_layer_stands_beside_the_one_in_its_place():
    beside = match(traced(jnp.tanh, jnp.sin, jnp.cos), traced(jnp.tanh, jnp.abs, jnp.cos))
    assert [(pair.left, pair.right) for pair in beside.pairs] == [(0, 0), (1, 1), (2, 2)]
    assert first(beside).sentence.startswith("layer[1] sin beside layer[1] abs: at [0, ")


def test_of_two_equal_rows_of_keys_with_one_more_only_that_one_stands_alone():
    keys = [(False, name, (3,)) for name in "abcbcb"]
    for i in range(len(keys) + 1):
        more = [*keys[:i], (False, "z", (1,)), *keys[i:]]
        pairs = aligned(keys, more)
        assert [pair for pair in pairs if None in pair] == [(None, i)] and len(pairs) == len(more)


def test_a_layer_stands_beside_the_one_of_its_shape_and_a_chain_beside_no_layer():
    sin, relu, cos = (False, "sin", (3,)), (False, "relu", (4,)), (False, "cos", (3,))
    assert aligned([sin], [relu, cos]) == [(None, 0), (0, 1)] and aligned([relu, cos], [sin]) == [(0, None), (1, 0)]
    assert aligned([(True, "sequential", (3,))], [sin]) == [(0, None), (None, 0)]


def test_of_two_chains_in_a_model_that_both_differ_the_first_is_named():
    class Two(objax.Module):
        def __init__(self, f):
            self.one, self.two = objax.nn.Sequential([f]), objax.nn.Sequential([f])

        def __call__(self, x):
            return self.two(self.one(x))

    assert match(sk.trace(Two(jnp.sin), X), sk.trace(Two(jnp.cos), X)).first == 0


@pytest.mark.parametrize("style", HERE)
def test_behind_a_dense_layer_as_wide_as_the_image_no_value_is_one_of_the_image(style):
    spec = Spec([Flatten(), Dense(4 * 4 * 2), "tanh"], (4, 4, 2))
    chain, outside = load(style).build(spec, 2)
    run = sk.trace(chain, native(style, PHOTOS), **outside)
    linen, outside = load("linen").build(spec, 2)
    assert match(run, sk.trace(linen, native("linen", PHOTOS), **outside)).first is None


def test_a_layer_in_a_chain_of_its_own_is_named_and_not_the_chain():
    inner = lambda f: objax.nn.Sequential([jnp.tanh, f])
    beside = match(traced(jnp.sin, inner(jnp.cos)), traced(jnp.sin, inner(jnp.abs)))
    assert first(beside).sentence.startswith("layer[1][1] cos beside layer[1][1] abs")


def test_the_same_layers_with_and_without_a_chain_around_them_agree():
    flat, nested = traced(jnp.sin, jnp.tanh), traced(jnp.sin, objax.nn.Sequential([jnp.tanh]))
    beside = match(flat, nested)
    assert repr(beside) == "both layers agree to 2e-5 of the largest value" and len(beside.pairs) == 3


def test_two_runs_that_fail_alike_agree_and_say_how_they_end():
    layers = [objax.nn.Linear(4, 3), objax.nn.Linear(4, 3)]
    assert repr(match(traced(*layers), traced(*layers))).endswith("of the largest value; both then raise TypeError")


def test_a_layer_that_fails_on_one_side_only_is_the_difference():
    good, bad = [objax.nn.Linear(4, 4), jnp.tanh], [None, lambda x: x.nothing]
    bad[0] = good[0]
    assert repr(match(traced(*bad), traced(*good))) == (
        "1 of 2 layers agree; the first difference is at "
        "layer[1] lambda beside layer[1] tanh: raises AttributeError here, not there"
    )
    assert first(match(traced(*good), traced(*bad))).sentence.endswith("raises AttributeError there, not here")


def values(left, right):
    """The difference of two chains of one layer that put out these values."""
    beside = match(traced(lambda x: left), traced(lambda x: right))
    return beside.pairs[0].difference


NAN, INF = float("nan"), float("inf")


def test_nan_agrees_with_nan_and_with_no_number():
    assert values(jnp.array([1.0, NAN, INF]), jnp.array([1.0, NAN, INF])) is None
    found = values(jnp.array([1.0, NAN]), jnp.array([1.0, 2.0]))
    assert found.where == (1,) and found.right == 2 and found.most == INF
    assert found.sentence == "layer[0] lambda: at [1] nan here, 2 there"


def test_shapes_that_differ_are_said_as_they_are():
    found = values(jnp.zeros((2, 3)), jnp.zeros((3, 2)))
    assert found.shapes == ("(2, 3)", "(3, 2)") and found.where is None
    assert found.sentence == "layer[0] lambda: (2, 3) here, (3, 2) there"


def test_tuples_and_dicts_are_compared_part_by_part():
    one = {"a": jnp.zeros(2), "b": (jnp.ones(2), jnp.ones(2))}
    found = values(one, {"a": jnp.zeros(2), "b": (jnp.ones(2), jnp.array([1.0, 3.0]))})
    assert found.part == ("b", 1) and found.where == (1,) and (found.left, found.right, found.most) == (1, 3, 2)
    assert found.sentence == "layer[0] lambda: at ['b'][1][1] 1 here, 3 there; they differ by at most 2"
    assert values(one, {"a": jnp.zeros(2)}).shapes == ("{a: (2,), b: (2,) + (2,)}", "{a: (2,)}")
    assert values((jnp.zeros(2), None), (jnp.zeros(2), None)) is None


def test_keys_are_compared_by_their_kind_and_never_by_their_numbers():
    assert values(jax.random.key(0), jax.random.key(1)) is None
    assert values("text", jnp.zeros(2)).shapes == ("str", "(2,)")


DTYPES = [
    ("float32", 1.00001, 1.0001),
    ("bfloat16", 1.008, 1.05),
    ("float16", 1.001, 1.05),
    ("complex64", 1.00001, 1.1),
]


@pytest.mark.parametrize("dtype, near, far", DTYPES)
def test_floats_may_differ_by_what_their_dtype_allows(dtype, near, far):
    one, close, apart = (jnp.array([1.0, 0.5 * value], dtype) for value in (1.0, near, far))
    assert values(one, close) is None and values(one, apart) is not None


def test_whole_numbers_and_truths_may_not_differ():
    assert values(jnp.array([10_000_000]), jnp.array([10_000_001])).most == 1
    assert values(jnp.array([True, False]), jnp.array([True, True])).where == (1,)


def test_a_torch_dtype_that_numpy_lacks_is_compared_too():
    torch = pytest.importorskip("torch")
    runs = [
        sk.trace(torch.nn.Sequential(torch.nn.Identity()), torch.full((2, 2), v, dtype=torch.bfloat16)) for v in (1, 3)
    ]
    assert match(runs[0], runs[0]).first is None and first(match(*runs)).most == 2


def test_a_chain_that_answers_something_else_than_its_last_layer_is_told():
    class Forgetful(objax.nn.Sequential):
        def __call__(self, x):
            super().__call__(x)
            return x

    wrong = sk.trace(Forgetful([jnp.tanh]), jnp.asarray(X))
    assert repr(match(wrong, traced(jnp.tanh))).startswith(
        "the one layer agrees to 2e-5 of the largest value; the chain's own answer: at [0, 0] "
    )


def test_empty_chains_agree():
    assert repr(match(traced(), traced())) == "no layer ran on either side"


@pytest.mark.parametrize("style", HERE)
def test_the_batch_is_known_in_every_style(style):
    assert batch(run_of(style, MLP)) == (None if style == "equinox" else 2)


def test_one_example_without_a_batch_axis_has_no_batch():
    assert batch(traced(jnp.tanh, x=X[0])) is None
    for a, b in itertools.permutations([traced(jnp.tanh, x=X[0]), run_of("equinox", Spec(["tanh"], (4,)))]):
        assert match(a, b).first is None


@pytest.mark.parametrize("things", [(None, 3), (3, None)])
def test_something_else_than_a_trace_is_refused(things):
    with pytest.raises(TraceError, match=r"It takes two traces: match\(a, b\)"):
        match(*[traced() if thing is None else thing for thing in things])
