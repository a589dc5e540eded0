"""A spec and its parameters: the same numbers in all six styles."""

import random
from functools import cache
from importlib import import_module, util
from itertools import permutations

import jax
import numpy as np
import objax
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seqkit as sk
from seqkit import spec as plain
from seqkit.errors import SpecError
from seqkit.spec import ACTIVATIONS, BatchNorm, Conv2D, Dense, Dropout, Flatten, LayerNorm, Spec, parameter_shapes
from tests.chains import examples
from tests.style_cases import every_style, load

STYLES = ["objax", "linen", "nnx", "equinox", "keras", "torch"]
HAVE_TORCH = util.find_spec("torch") is not None
EACH_STYLE = [
    pytest.param(name, marks=pytest.mark.skipif(name == "torch" and not HAVE_TORCH, reason="PyTorch is not installed"))
    for name in STYLES
]
IMAGE = (5, 4, 3)
SPECS = {
    "vector": Spec([Dense(4), "relu", BatchNorm(), Dense(3, bias=False), LayerNorm(), Dropout(0.5), "softmax"], (5,)),
    "image": Spec([BatchNorm(), Conv2D(3, 3), "silu", Dropout(0.1), Conv2D(3, 2, "valid", bias=False), "tanh"], IMAGE),
    "dense behind an image": Spec([Conv2D(3, 3, "valid"), "elu", Flatten(), Dropout(0.3), Dense(4), Dense(3)], IMAGE),
    "norms behind an image": Spec([Conv2D(3, 2), Flatten(), BatchNorm(), LayerNorm(), "relu", Dense(3)], IMAGE),
    "dense behind norms": Spec([Flatten(), LayerNorm(), BatchNorm(), Dense(3, bias=False), "log_softmax"], IMAGE),
    "an image that is flattened": Spec([Conv2D(3, 4), Flatten(), BatchNorm(), "sigmoid"], IMAGE),
    "one function": Spec(["sigmoid"], (3,)),
    "one parameter": Spec([Dense(1, bias=False)], 1),
    "every function": Spec([Dense(4), *ACTIVATIONS], (5,)),
} | {name: Spec([Dense(4), name, Dense(3), name], (5,)) for name in ACTIVATIONS}


def style(name):
    """The module of a style."""
    return import_module(f"seqkit.styles.{name}")


def drawn(spec, seed=1):
    """Canonical parameters unlike the initial ones: weights, biases and means of both signs, variances above 0."""
    rng = np.random.default_rng(seed)
    values = {name: rng.normal(size=shape) for name, shape in parameter_shapes(spec).items()}
    return {
        name: (np.abs(value) + 0.3 if name.endswith(".variance") else value).astype(np.float32)
        for name, value in values.items()
    }


def inputs(spec, count=2):
    """Examples of both signs, channels last."""
    return np.random.default_rng(5).normal(size=(count, *spec.input)).astype(np.float32) * 2


def run(name, spec, chain, outside):
    """What a chain of this style gives for `inputs(spec)`, with channels last as the spec has them."""
    first, x = style(name).LAYOUT.channels_first, inputs(spec)
    x = np.moveaxis(x, -1, 1) if first and x.ndim == 4 else x
    if name == "linen":
        y = chain.apply(outside["variables"], x)
    elif name == "torch":
        import torch

        y = chain(torch.tensor(x.copy())).detach().numpy()
    elif name == "equinox" and outside:
        y = jax.vmap(chain, (0, None), (0, None), "batch")(x, outside["state"])[0]
    elif name == "equinox":
        y = jax.vmap(chain)(x)
    else:
        y = chain(jax.numpy.asarray(x), **outside)
    return channels_last(np.asarray(y), spec.shapes[-1]) if first else np.asarray(y)


def channels_last(y, shape):
    """An output of a style with channels first, the other way round; also where it is an image that was flattened."""
    if len(shape.dims) == 1:
        return y
    height, width, channels = shape.dims
    y = np.moveaxis(y.reshape(len(y), channels, height, width), 1, -1)
    return y.reshape(len(y), -1) if shape.flat else y


def loaded(name, spec, canonical):
    """A chain of this style with these parameters: (chain, what a call takes beside x)."""
    chain, outside = style(name).build(spec)
    return style(name).load(chain, canonical, **outside)


def agree(one, other):
    """The same numbers, as float32 can have them."""
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def by_hand(spec, parameters, x):
    """What a spec says, in NumPy with float64, written apart from every style."""
    x = x.astype(np.float64)
    for i, (layer, shape) in enumerate(zip(spec.layers, spec.inputs, strict=True)):
        p = {name.split(".")[1]: v.astype(np.float64) for name, v in parameters.items() if name.startswith(f"{i}.")}
        x = _by_hand(layer, shape, p, x)
    return x


def _by_hand(layer, shape, p, x):
    flat = {name: value.reshape(-1) for name, value in p.items()}
    match layer:
        case Dense():
            return x @ p["weight"].reshape(-1, p["weight"].shape[-1]) + p.get("bias", 0)
        case Conv2D(_, size, padding):
            before = (size - 1) // 2
            edges = (before, size - 1 - before) if padding == "same" else (0, 0)
            windows = np.lib.stride_tricks.sliding_window_view(
                np.pad(x, ((0, 0), edges, edges, (0, 0))), (size, size), (1, 2)
            )
            return np.einsum("nhwcij,ijco->nhwo", windows, p["kernel"]) + p.get("bias", 0)
        case BatchNorm():
            normal = (x - flat["mean"]) / np.sqrt(flat["variance"] + plain.EPSILON)
            return normal * flat["scale"] + flat["bias"]
        case LayerNorm():
            normal = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + plain.EPSILON)
            return normal * flat["scale"] + flat["bias"]
        case Flatten():
            return x.reshape(len(x), -1)
        case Dropout():
            return x
    assert layer.name in ACTIVATIONS_BY_HAND, f"write {layer.name} in numpy, in ACTIVATIONS_BY_HAND"
    return ACTIVATIONS_BY_HAND[layer.name](x)


def _softmax(x):
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


ACTIVATIONS_BY_HAND = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softmax": _softmax,
    "log_softmax": lambda x: np.log(_softmax(x)),
}


@cache
def moved(source):
    """For each spec what a style makes of random parameters: (canonical parameters read back, its output)."""
    found = {}
    for key, spec in SPECS.items():
        chain, outside = loaded(source, spec, drawn(spec))
        found[key] = style(source).parameters(chain, spec, **outside), run(source, spec, chain, outside)
    return found


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize("name", EACH_STYLE)
def test_every_style_gives_the_numbers_that_the_spec_says(name, spec):
    chain, outside = loaded(name, spec, drawn(spec))
    agree(run(name, spec, chain, outside), by_hand(spec, drawn(spec), inputs(spec)))


@pytest.mark.parametrize(("source", "target"), list(permutations(STYLES, 2)))
def test_parameters_go_from_any_style_to_any_other_and_give_the_same_numbers(source, target):
    if "torch" in (source, target):
        pytest.importorskip("torch", reason="PyTorch is not installed")
    for key, spec in SPECS.items():
        canonical, expected = moved(source)[key]
        chain, outside = loaded(target, spec, canonical)
        agree(run(target, spec, chain, outside), expected)
        again = style(target).parameters(chain, spec, **outside)
        assert list(again) == list(canonical) == list(parameter_shapes(spec))
        for name, value in drawn(spec).items():
            assert np.array_equal(again[name], value), name
            assert np.asarray(again[name]).dtype == np.float32


VECTOR_LAYERS = st.sampled_from(
    [Dense(4), Dense(4, bias=False), BatchNorm(), LayerNorm(), Dropout(0.5), "tanh", "silu", Flatten()]
)
IMAGE_LAYERS = st.sampled_from([Conv2D(3, 3), Conv2D(3, 3, bias=False), BatchNorm(), Dropout(0.2), "elu", "sigmoid"])


@examples(12)
@given(st.lists(IMAGE_LAYERS, max_size=3), st.lists(VECTOR_LAYERS, min_size=1, max_size=3))
def test_any_spec_gives_the_same_numbers_in_every_style(images, vectors):
    spec = Spec([*images, Flatten(), *vectors], IMAGE)
    expected = by_hand(spec, drawn(spec), inputs(spec))
    for name in STYLES[: 5 + HAVE_TORCH]:
        chain, outside = loaded(name, spec, drawn(spec))
        # layers stacked without training can magnify a rounding: the bound is on the largest number
        np.testing.assert_allclose(
            run(name, spec, chain, outside), expected, rtol=1e-5, atol=1e-5 * max(1, np.abs(expected).max())
        )


@pytest.mark.parametrize("name", EACH_STYLE)
@pytest.mark.parametrize("key", ["vector", "image", "norms behind an image", "dense behind an image", "every function"])
def test_the_written_code_makes_a_chain_of_the_framework_that_gives_the_same_numbers(name, key):
    spec, place = SPECS[key], {}
    exec(style(name).write(spec), place)
    chain = place["chain"]
    outside = {kept: place[kept] for kept in ("variables", "state") if kept in place}
    _, called_with = style(name).build(spec)
    framework = {"linen": "flax.linen", "nnx": "flax.nnx"}.get(name, name)
    assert type(chain).__name__ == "Sequential" and type(chain).__module__.startswith(framework)
    assert set(outside) == set(called_with) - {"training"}
    chain, outside = style(name).load(chain, drawn(spec), **(called_with | outside))
    agree(run(name, spec, chain, outside), by_hand(spec, drawn(spec), inputs(spec)))


@pytest.mark.parametrize("name", [each for each in EACH_STYLE if each.values != ("linen",)])  # JAX sorts its dicts
def test_a_built_chain_has_its_parameters_in_the_order_of_the_framework(name):
    """`build` lets no framework draw numbers that it replaces; a chain made so is one like any other."""
    spec, place = Spec([Dense(4), "relu", Dense(3)], (5,)), {}
    exec(style(name).write(spec), place)
    chain, outside = style(name).build(spec)
    kept = {key: place[key] for key in outside if key in place}
    x = inputs(spec)[0] if name == "equinox" else inputs(spec)
    x = import_module("torch").tensor(x) if name == "torch" else x
    runs = sk.trace(chain, x, **outside), sk.trace(place["chain"], x, **(outside | kept))
    built, written = ([[path.rpartition("/")[2] for path in step.parameters] for step in run] for run in runs)
    assert built == written


@pytest.mark.parametrize("name", EACH_STYLE)
def test_build_gives_the_parameters_that_draw_gives_for_its_seed(name):
    spec = SPECS["dense behind an image"]
    for seed in (0, 3):
        chain, outside = style(name).build(spec, seed)
        for canonical, value in style(name).parameters(chain, spec, **outside).items():
            assert np.array_equal(value, plain.draw(spec, seed)[canonical])
    assert not np.array_equal(plain.draw(spec, 0)["0.kernel"], plain.draw(spec, 3)["0.kernel"])


def test_draw_gives_weights_of_variance_2_over_fan_in_scales_and_variances_of_1_and_nothing_else():
    found = plain.draw(Spec([Conv2D(40, 5), BatchNorm(), Flatten(), LayerNorm(), Dense(50)], (12, 10, 3)), seed=4)
    for name, fan_in in (("0.kernel", 5 * 5 * 3), ("4.weight", 12 * 10 * 40)):
        spread = np.sqrt(2 / fan_in)
        assert found[name].std() == pytest.approx(spread, rel=0.05) and abs(found[name].mean()) < spread / 10
    rest = {name: value for name, value in found.items() if not name.endswith((".kernel", ".weight"))}
    assert len(rest) == 8 and all(value.dtype == np.float32 for value in found.values())
    for name, value in rest.items():
        assert (value == name.endswith((".scale", ".variance"))).all(), name


@pytest.mark.parametrize(("rate", "kept"), [(0.1, 0.9), (0.7, 0.3), (0.8, 0.2), (0.9, 0.1)])
def test_the_share_that_objax_keeps_is_written_as_a_person_would(rate, kept):
    assert f"objax.nn.Dropout(keep={kept})" in load("objax").write(Spec([Dropout(rate)], 3))


@pytest.mark.parametrize("name", EACH_STYLE)
def test_build_leaves_every_global_generator_as_it_was(name):
    def generators():
        found = [random.getstate(), str(np.random.get_state()), objax.random.DEFAULT_GENERATOR.key.value.tolist()]
        if HAVE_TORCH:
            import torch

            found.append(torch.get_rng_state().tolist())
        return found

    objax.random.DEFAULT_GENERATOR()
    before = generators()
    style(name).build(SPECS["vector"])
    assert generators() == before


BAD_PARAMETERS = {
    "a name is missing": (lambda good: {k: v for k, v in good.items() if k != "3.weight"}, "lack 3.weight"),
    "a name too many": (lambda good: good | {"9.weight": np.ones(3)}, "also hold 9.weight"),
    "one missing, one too many": (
        lambda good: {k.replace("0.bias", "0.offset"): v for k, v in good.items()},
        "lack 0.bias and also hold 0.offset",
    ),
    "the last one has another shape": (lambda good: good | {"4.bias": np.ones(7, np.float32)}, r"4.bias .*\(7,\)"),
    "a weight is turned round": (lambda good: good | {"0.weight": good["0.weight"].T}, r"0.weight .*\(4, 5\)"),
}


@pytest.mark.parametrize("name", EACH_STYLE)
@pytest.mark.parametrize(("spoil", "said"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS)
def test_parameters_that_do_not_fit_are_named_and_none_is_assigned(name, spoil, said):
    spec = SPECS["vector"]
    chain, outside = loaded(name, spec, drawn(spec))
    with pytest.raises(SpecError, match=said):
        style(name).load(chain, spoil(drawn(spec, seed=2)), **outside)
    for canonical, value in style(name).parameters(chain, spec, **outside).items():
        assert np.array_equal(value, drawn(spec)[canonical])


@pytest.mark.parametrize("name", EACH_STYLE)
def test_parameters_of_another_spec_are_refused(name):
    chain, outside = style(name).build(SPECS["dense behind norms"])
    other = Spec([Flatten(), LayerNorm(), BatchNorm(), Dense(3, bias=False), "log_softmax"], (4, 4, 3))
    with pytest.raises(SpecError, match="Is it this chain's spec"):
        style(name).parameters(chain, other, **outside)


@pytest.mark.parametrize("name", EACH_STYLE)
def test_load_does_not_keep_the_arrays_that_it_was_given(name):
    spec, canonical = SPECS["vector"], drawn(SPECS["vector"])
    chain, outside = loaded(name, spec, canonical)
    for value in canonical.values():
        value += 1
    for canonical, value in style(name).parameters(chain, spec, **outside).items():
        assert np.array_equal(value, drawn(spec)[canonical])


BAD_SPECS = {
    "no list": (Dense(3), (4,), r"takes a list: Spec\(\[Dense"),
    "a name alone": ("relu", (4,), "takes a list"),
    "a number alone": (32, (4,), r"Spec got 32 for its layers. It takes a list"),
    "no layers": ([], (4,), "got no layers"),
    "an unknown function": ([Dense(3), "rellu"], (4,), r"layer\[1\].*activation functions are relu"),
    "no layer": ([Dense(3), 7], (4,), r"layer\[1\] of the spec is 7"),
    "a class": ([Dense], (4,), r"layer\[0\] of the spec is"),
    "no features": ([Dense(0)], (4,), r"layer\[0\] Dense.*features takes a whole number"),
    "half a feature": ([Dense(2.5)], (4,), r"layer\[0\] Dense.*features takes a whole number"),
    "a filter of no size": ([Conv2D(3, 0)], IMAGE, r"layer\[0\] Conv2D.*size takes a whole number"),
    "a filter too wide": ([Conv2D(3, 5, "valid")], IMAGE, r"layer\[0\] Conv2D.*wider than its image \(5, 4, 3\)"),
    "a padding of none": ([Conv2D(3, 2, "full")], IMAGE, r'layer\[0\] Conv2D.*padding takes "same" or "valid"'),
    "a share above 1": ([Dropout(1.5)], (4,), r"layer\[0\] Dropout.*rate takes a share"),
    "a share of all": ([Dropout(1)], (4,), r"layer\[0\] Dropout.*rate takes a share"),
    "a convolution of a vector": ([Dense(3), Conv2D(3, 2)], (4,), r"layer\[1\] Conv2D.*takes an image"),
    "a Dense of an image": ([Dense(3)], IMAGE, r"layer\[0\] Dense.*Put Flatten\(\) before it"),
    "a LayerNorm of an image": ([LayerNorm()], IMAGE, r"layer\[0\] LayerNorm.*Put Flatten\(\) before it"),
    "a softmax of an image": (["softmax"], IMAGE, r"layer\[0\] Activation.*Put Flatten\(\) before it"),
    "a convolution behind Flatten": ([Flatten(), Conv2D(2, 2)], IMAGE, r"layer\[1\] Conv2D.*takes an image"),
    "an input of two axes": ([Dense(3)], (4, 5), r"input=\(4, 5\)"),
    "an input of no size": ([Dense(3)], (0,), r"input=\(0,\)"),
    "an input of True": ([Dense(3)], True, r"input=\(True,\)"),
}


@pytest.mark.parametrize(("layers", "shape", "said"), BAD_SPECS.values(), ids=BAD_SPECS)
def test_a_spec_that_no_chain_fits_is_refused_with_a_sentence_that_names_the_layer(layers, shape, said):
    with pytest.raises(SpecError, match=said):
        Spec(layers, shape)


@every_style
@pytest.mark.parametrize("thing", [None, 3, [Dense(3)], "Dense"])
def test_what_is_no_spec_is_refused_by_build_and_write(style, thing):
    for make in (load(style).build, load(style).write):
        with pytest.raises(SpecError, match="a chain is built from a Spec, and got a value of type"):
            make(thing)
