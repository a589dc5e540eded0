"""What `trace` shows is the run itself, and nothing is changed by looking."""

import functools

import equinox as eqx
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import objax
import pytest
from flax import nnx

import seqkit as sk
from seqkit.errors import NotAChainError, TraceError
from seqkit.notes import Takes, sentence
from tests.style_cases import MLP, X, every_style, load, native, numbers, plain_call, written

KEY = jax.random.key(3)
KINDS = pytest.mark.parametrize("make", ["ours", "theirs"])


def made(style, make, spec=MLP):
    return load(style).build(spec, 2) if make == "ours" else written(style, spec)


@KINDS
@every_style
def test_the_answer_is_the_plain_calls_to_the_bit(style, make):
    chain, outside = made(style, make)
    x = native(style, X)
    expected = numbers(plain_call(style, chain, x, outside))
    traced = sk.trace(chain, x, **outside)
    assert np.array_equal(numbers(traced.output), expected)
    assert np.array_equal(numbers(plain_call(style, chain, x, outside)), expected)


@KINDS
@every_style
def test_each_step_holds_what_went_in_and_what_came_out(style, make):
    chain, outside = made(style, make)
    traced = sk.trace(chain, native(style, X), **outside)
    assert len(traced) == 4 and traced.style == style
    for before, after in zip(traced, list(traced)[1:], strict=False):
        assert np.array_equal(numbers(before.output), numbers(after.inputs[0]))
    assert np.array_equal(numbers(traced[0].inputs[0]), numbers(native(style, X)))
    assert np.array_equal(numbers(traced[-1].output), numbers(traced.output))
    assert [step.number for step in traced] == [0, 1, 2, 3] and all(step.seconds > 0 for step in traced)


@KINDS
@every_style
def test_parameters_stand_at_their_layer_under_the_frameworks_own_names(style, make):
    chain, outside = made(style, make)
    traced = sk.trace(chain, native(style, X), **outside)
    last = {
        "objax": "(Sequential)[3](Linear).w",
        "linen": "layers_3/kernel",
        "nnx": "layers/3/kernel",
        "equinox": ".layers[3].weight",
        "keras": f"{chain.name}/dense_" if style == "keras" else "",
        "torch": "3.weight",
    }[style]
    assert traced.total_parameters == 5 * 5 + 6 * 3
    assert [sum(np.size(numbers(a)) for a in step.parameters.values()) for step in traced] == [25, 0, 0, 18]
    assert any(name.startswith(last) for name in traced[3].parameters), list(traced[3].parameters)


@KINDS
@every_style
def test_a_trace_leaves_nothing_behind(style, make):
    chain, outside = made(style, make)
    module = load(style)
    layers = list(chain.layers if hasattr(chain, "layers") else chain)
    classes = {type(layer): vars(type(layer)).get("__call__") for layer in [chain, *layers]}
    holder = type(getattr(chain, "layers", None))
    parameters = module.parameters(chain, **outside)
    sk.trace(chain, native(style, X), **outside)
    assert all(a is b for a, b in zip(layers, chain.layers if hasattr(chain, "layers") else chain, strict=True))
    assert {type(layer): vars(type(layer)).get("__call__") for layer in [chain, *layers]} == classes
    assert type(getattr(chain, "layers", None)) is holder
    after = module.parameters(chain, **outside)
    assert parameters.keys() == after.keys() and all(np.array_equal(parameters[k], after[k]) for k in after)


@every_style
def test_a_chain_that_fails_midway_gives_the_steps_so_far_and_the_failing_one(style):
    chain, outside, x = failing(style)
    modules = [chain, *load(style).layers_of(chain)[0]]
    calls = [type(module).__call__ for module in modules]
    traced = sk.trace(chain, x, **outside)
    assert len(traced) == 3 and traced.output is None
    assert [step.error is None for step in traced] == [True, True, False]
    assert traced.failed is traced[2] and isinstance(traced.error, type(traced[2].error))
    assert traced.sentence.startswith("layer[2] ") and "the output of layer[1]" in traced.sentence
    assert "fails at layer[2]" in repr(traced) and traced.sentence in repr(traced)
    assert [type(module).__call__ for module in modules] == calls


def failing(style):
    """A chain of this style whose layer 2 does not fit its input: 5 values where 4 are taken."""
    chain, outside = written(style, sk.Spec([sk.Dense(5), "relu", sk.Dense(4), "tanh"], input=(4,)))
    x = native(style, X)
    if style == "linen":
        kernel = outside["variables"]["params"]["layers_2"]["kernel"]
        outside["variables"]["params"]["layers_2"]["kernel"] = kernel[:4]
    elif style == "keras":
        from seqkit.styles.keras import keras

        class Broken(keras.layers.Layer):
            def call(self, x):
                if jax.core.trace_ctx.is_top_level():  # Keras also calls it symbolically, to build the chain
                    raise ValueError("this layer takes other numbers")
                return x

        chain = sk.keras.Sequential([*chain.layers[:2], Broken()])
    elif style == "equinox":
        chain = eqx.tree_at(lambda c: c.layers[2].weight, chain, jnp.ones((4, 4)))
    elif style == "torch":
        chain[2] = type(chain[0])(4, 4)
    else:
        layers = chain if style == "objax" else chain.layers
        layers[2] = objax.nn.Linear(4, 4) if style == "objax" else nnx.Linear(4, 4, rngs=nnx.Rngs(0))
    return chain, outside, x


def test_running_statistics_and_generators_are_as_they_were():
    chain = objax.nn.Sequential([objax.nn.BatchNorm0D(4), objax.nn.Dropout(0.5)])
    before = [variable.value for variable in chain.vars()]
    traced = sk.trace(chain, native("objax", X), training=True)
    assert all(a is b for a, b in zip(before, [v.value for v in chain.vars()], strict=True))
    assert np.array_equal(traced.output, chain(native("objax", X), training=True))
    assert any(not np.array_equal(a, v.value) for a, v in zip(before, chain.vars(), strict=True))


def test_nnx_state_and_the_rngs_of_the_call_are_as_they_were():
    chain, rngs = nnx.Sequential(nnx.BatchNorm(4, rngs=nnx.Rngs(0)), nnx.Dropout(0.5)), nnx.Rngs(7)
    traced = sk.trace(chain, native("nnx", X), rngs=rngs)
    assert int(rngs.default.count[...]) == 0 and np.array_equal(chain.layers[0].mean[...], np.zeros(4))
    assert np.array_equal(traced.output, chain(native("nnx", X), rngs=rngs))
    assert not np.array_equal(chain.layers[0].mean[...], np.zeros(4))


def test_torch_buffers_random_numbers_and_kept_values_are_as_they_were():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    chain = torch.nn.Sequential(torch.nn.BatchNorm1d(4), torch.nn.ReLU(inplace=True), torch.nn.Dropout(0.5))
    state = torch.random.get_rng_state()
    traced = sk.trace(chain, native("torch", X))
    assert torch.equal(state, torch.random.get_rng_state()) and chain[0].num_batches_tracked == 0
    assert traced[1].inputs[0].min() < 0 <= traced[1].output.min()
    assert torch.equal(traced.output, chain(native("torch", X)))


def test_keras_state_is_as_it_was_and_the_answer_that_of_training():
    from seqkit.styles.keras import keras

    chain = keras.Sequential([keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)])
    chain.build((None, 4))
    traced = sk.trace(chain, X, training=True)
    assert np.array_equal(chain.layers[0].moving_mean.value, np.zeros(4))
    assert np.array_equal(traced.output, chain(X, training=True))


def test_linen_dropout_draws_from_the_key_and_batch_statistics_are_returned():
    chain = nn.Sequential([nn.BatchNorm(use_running_average=False), nn.Dropout(0.5, deterministic=False)])
    variables = chain.init({"params": KEY, "dropout": KEY}, X)
    traced = sk.trace(chain, X, variables=variables, key=KEY, mutable=["batch_stats"])
    y, updates = chain.apply(variables, X, rngs={"dropout": KEY}, mutable=["batch_stats"])
    assert np.array_equal(traced.output[0], y)
    assert np.array_equal(
        traced.output[1]["batch_stats"]["layers_0"]["mean"], updates["batch_stats"]["layers_0"]["mean"]
    )


def test_equinox_state_and_keys_go_through_as_in_the_plain_call():
    def make():
        return eqx.nn.Sequential(
            [eqx.nn.Linear(4, 3, key=KEY), eqx.nn.BatchNorm(3, "b", mode="batch"), eqx.nn.Dropout(0.5)]
        )

    chain, state = eqx.nn.make_with_state(make)()
    chain = eqx.tree_at(lambda c: c.layers[1].inference, chain, True)
    traced = sk.trace(chain, native("equinox", X), state=state, key=KEY)
    assert np.array_equal(traced.output[0], chain(native("equinox", X), state, key=KEY)[0])
    keys = [step.side_inputs["key"] for step in traced]
    assert [jax.random.key_data(k).tolist() for k in keys] == jax.random.key_data(jax.random.split(KEY, 3)).tolist()
    assert "state" in traced[1].side_inputs and "state" not in traced[0].side_inputs


class LinenModel(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Sequential([nn.Dense(3), nn.relu])(x)
        return sk.linen.Sequential([nn.Dense(2), nn.Sequential([jnp.tanh, nn.Dense(3)])])(x)


class LinenSetup(nn.Module):
    def setup(self):
        self.encode = nn.Sequential([nn.Dense(3), nn.relu])

    def __call__(self, x):
        return self.encode(x) * 2


def test_every_chain_inside_a_linen_module_is_found_with_its_path():
    variables = LinenModel().init(KEY, X)
    traced = sk.trace(LinenModel(), X, variables=variables)
    assert np.array_equal(traced.output, LinenModel().apply(variables, X))
    assert [step.position for step in traced] == [(0,), (1,), (0,), (1,), (1, 0), (1, 1)]
    assert [step.path for step in traced if step.parameters] == ["Dense_0", "Dense_1", "Dense_2"]
    traced = sk.trace(LinenSetup(), X, variables=LinenSetup().init(KEY, X))
    assert [step.path for step in traced] == ["encode/layers_0", "encode/layers_1"] and traced[0].chain == "encode"


class NnxModel(nnx.Module):
    def __init__(self):
        self.parts = nnx.List([nnx.Sequential(nnx.Linear(4, 3, rngs=nnx.Rngs(0)), nnx.relu)])

    def __call__(self, x):
        return self.parts[0](x) + 1


class EqxModel(eqx.Module):
    parts: dict

    def __call__(self, x):
        return self.parts["encode"](x) + 1


class ObjaxModel(objax.Module):
    def __init__(self):
        self.encode = objax.nn.Sequential([objax.nn.Linear(4, 3), objax.functional.relu])

    def __call__(self, x):
        return self.encode(x) + 1


def keras_model():
    from seqkit.styles.keras import keras

    class Model(keras.Model):
        def __init__(self):
            super().__init__(name="model")
            self.encode = keras.Sequential(
                [keras.layers.Dense(3, name="a"), keras.layers.ReLU(name="b")], name="encode"
            )

        def call(self, x):
            return self.encode(x) + 1

    return Model()


def torch_model():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encode = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU())

        def forward(self, x):
            return self.encode(x) + 1

    return Model()


@pytest.mark.parametrize(
    "style, model, paths",
    [
        ("objax", ObjaxModel, ["(ObjaxModel).encode(Sequential)[0](Linear)", "(ObjaxModel).encode(Sequential)[1]"]),
        ("nnx", NnxModel, ["parts/0/layers/0", "parts/0/layers/1"]),
        (
            "equinox",
            lambda: EqxModel({"encode": eqx.nn.Sequential([eqx.nn.Linear(4, 3, key=KEY), eqx.nn.Lambda(jax.nn.relu)])}),
            [".parts['encode'].layers[0]", ".parts['encode'].layers[1]"],
        ),
        ("keras", keras_model, ["model/encode/a", "model/encode/b"]),
        ("torch", torch_model, ["encode.0", "encode.1"]),
    ],
)
def test_a_chain_inside_a_model_is_found_with_its_path(style, model, paths):
    model = model()
    traced = sk.trace(model, native(style, X))
    assert [step.path for step in traced] == paths and len(traced[0].parameters) == 2
    assert np.array_equal(numbers(traced.output), numbers(model(native(style, X))))


@pytest.mark.parametrize("cls", [objax.nn.Sequential, sk.objax.Sequential])
def test_nested_chains_have_positions_of_their_own_and_shared_layers_are_counted_once(cls):
    shared = objax.nn.Linear(4, 4)
    chain = cls([shared, cls([objax.functional.relu, shared]), shared])
    traced = sk.trace(chain, native("objax", X))
    assert [step.position for step in traced] == [(0,), (1,), (1, 0), (1, 1), (2,)]
    assert traced[1, 1].layer == "Linear(4, 4)" and traced[1].kind == "chain" and traced[1, 0].kind == "function"
    assert traced.total_parameters == 20 and len(traced[1, 1].parameters) == 2


def test_a_shared_layer_that_is_called_out_of_turn_is_the_one_behind_the_last_called():
    class Skips(objax.ModuleList):
        def __call__(self, x):
            return self[2](self[0](x))

    shared = objax.nn.Linear(4, 4)
    traced = sk.trace(Skips([shared, objax.functional.relu, shared]), native("objax", X))
    assert [step.position for step in traced] == [(0,), (2,)]


def test_a_chain_that_calls_a_layer_before_the_loop_of_the_class_above_begins_at_its_first_place_again():
    class Doubled(objax.nn.Sequential):
        def __call__(self, x):
            return super().__call__(self[0](x))

    shared = objax.nn.Linear(4, 4)
    chain = Doubled([shared, objax.nn.Sequential([jnp.tanh]), shared])
    traced = sk.trace(chain, native("objax", X))
    assert [step.position for step in traced] == [(0,), (0,), (1,), (1, 0), (2,)]
    assert np.array_equal(traced.output, chain(native("objax", X)))


def test_a_layer_that_calls_the_class_above_it_is_one_step():
    class Doubled(objax.nn.Linear):
        def __call__(self, x):
            return 2 * super().__call__(x)

    chain = objax.nn.Sequential([objax.nn.Linear(4, 4), Doubled(4, 4)])
    traced = sk.trace(chain, native("objax", X))
    assert [(step.position, step.layer) for step in traced] == [((0,), "Linear(4, 4)"), ((1,), "Doubled(4, 4)")]
    assert np.array_equal(traced.output, chain(native("objax", X)))


def test_an_array_that_a_layer_changes_in_place_is_kept_as_it_was():
    def doubled(x):
        x *= 2
        return x

    traced = sk.trace(objax.nn.Sequential([doubled, doubled]), np.ones(3))
    assert [(step.inputs[0][0], step.output[0]) for step in traced] == [(1, 2), (2, 4)]


@pytest.mark.parametrize("style", ["objax", "linen", "nnx", "keras"])
def test_a_layer_with_the_numbers_of_another_is_no_shared_layer(style):
    chain, outside = load(style).build(sk.Spec([sk.Dense(4), sk.Dense(4)], input=(4,)))
    if style == "linen":
        outside["variables"]["params"]["layers_1"] = outside["variables"]["params"]["layers_0"]
    else:
        first, second = load(style).slots(chain)
        for name in ("weight", "bias"):
            second[name].set_value(first[name].get_value()) if style == "nnx" else second[name].assign(
                first[name].value
            )
    traced = sk.trace(chain, native(style, X), **outside)
    assert traced.total_parameters == 40 and [len(step.parameters) for step in traced] == [2, 2]
    arrays = [array for step in traced for array in step.parameters.values()]
    assert len({id(array) for array in arrays}) == 4 and np.array_equal(arrays[0], arrays[2])


def test_a_clone_in_a_chain_of_nnx_has_parameters_of_its_own():
    linear = nnx.Linear(4, 4, rngs=nnx.Rngs(0))
    for other, total in ((nnx.clone(linear), 40), (linear, 20)):
        assert sk.trace(nnx.Sequential(linear, other), native("nnx", X)).total_parameters == total


def test_an_equinox_layer_that_stands_twice_is_two_layers():
    linear = eqx.nn.Linear(4, 4, key=KEY)
    assert sk.trace(eqx.nn.Sequential([linear, linear]), native("equinox", X)).total_parameters == 40


def test_tuples_dicts_and_partials_are_shown_as_they_pass():
    def split(x):
        return x, -x

    def named(a, b):
        return {"x": a + b, "scale": b}

    chain = nn.Sequential(
        [split, named, lambda x, scale: x * scale, functools.partial(nn.leaky_relu, negative_slope=0.1)]
    )
    traced = sk.trace(chain, X, variables={})
    assert [step.layer for step in traced] == ["split", "named", "lambda", "leaky_relu(negative_slope=0.1)"]
    assert len(traced[1].inputs) == 2 and traced[2].side_inputs.keys() == {"x", "scale"}
    assert "(2, 4) + (2, 4)" in repr(traced) and "{x: (2, 4), scale: (2, 4)}" in repr(traced)


def test_side_inputs_are_noted_at_the_layers_that_receive_them():
    chain = objax.nn.Sequential([lambda x, scale: x * scale, objax.functional.relu, lambda x, **more: x])
    traced = sk.trace(chain, X, scale=2.0)
    assert [step.side_inputs for step in traced] == [{"scale": 2.0}, {}, {"scale": 2.0}]


class FirstXForAll(objax.ModuleList):
    """A learner's wrong answer: every layer gets the first x."""

    def __call__(self, x):
        for layer in self:
            y = layer(x)
        return y


class Backwards(objax.ModuleList):
    """Another: the layers in the wrong order."""

    def __call__(self, x):
        for layer in reversed(self):
            x = layer(x)
        return x


def test_a_learners_wrong_sequential_is_seen_as_it_is():
    layers = [objax.functional.relu, jnp.negative, jnp.tanh]
    wrong = sk.trace(FirstXForAll(layers), X)
    assert all(np.array_equal(step.inputs[0], X) for step in wrong)
    assert [step.position for step in sk.trace(Backwards(layers), X)] == [(2,), (1,), (0,)]
    assert [step.layer for step in sk.trace(Backwards(layers), X)] == ["tanh", "negative", "relu"]


def test_of_a_chain_in_a_chain_the_innermost_layer_that_raised_is_the_one_that_failed():
    def breaks(x):
        raise ValueError("no")

    inner = objax.nn.Sequential([jnp.sin, breaks])
    traced = sk.trace(objax.nn.Sequential([jnp.tanh, inner]), X)
    assert [step.position for step in traced if step.error is not None] == [(1,), (1, 1)]
    assert traced.failed.position == (1, 1) and traced.sentence.startswith("layer[1][1] breaks got shape (2, 4)")


def test_a_layer_that_got_the_size_that_it_takes_is_told_of_no_other():
    takes = Takes(4, -1, "give {this} nin={got}")
    told = [sentence((1,), ["a", "b"], (np.ones((2, size)),), str, lambda layer: takes) for size in (4, 5)]
    assert told[0] == "layer[1] b got shape (2, 4) float64, the output of layer[0] a."
    assert told[1].endswith(" It takes (…, 4). Give layer[1] nin=5, or let layer[0] put out 4.")


def test_a_chain_that_fails_behind_its_last_layer_still_shows_its_steps():
    class Forgets(objax.ModuleList):
        def __call__(self, x):
            for layer in self:
                y = layer(x)
            return y + undefined_name  # noqa: F821

    traced = sk.trace(Forgets([jnp.tanh]), X)
    assert len(traced) == 1 and isinstance(traced.error, NameError) and traced.sentence is None
    assert "the chain fails behind its last step" in repr(traced)


def test_an_error_before_the_first_layer_is_raised_as_it_is():
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        sk.trace(eqx.nn.Sequential([]), X, training=True)


def test_an_empty_chain_has_a_trace_without_steps():
    traced = sk.trace(objax.nn.Sequential(), X)
    assert len(traced) == 0 and traced.output is X and repr(traced).startswith("objax chain, 0 steps")


def test_an_interrupt_passes_and_the_chain_is_whole():
    def stop(x):
        raise KeyboardInterrupt

    chain, call = objax.nn.Sequential([objax.nn.Linear(4, 4), stop]), objax.nn.Linear.__call__
    with pytest.raises(KeyboardInterrupt):
        sk.trace(chain, native("objax", X))
    assert chain[1] is stop and objax.nn.Linear.__call__ is call


def test_the_table_is_the_same_each_time():
    chain, outside = load("objax").build(MLP, 0)
    shown = repr(sk.trace(chain, native("objax", X), **outside))
    assert shown == repr(sk.trace(chain, native("objax", X), **outside))
    assert shown.splitlines() == [
        "objax chain, 4 steps, 43 parameters: (2, 4) → (2, 3)",
        "     layer         in      out     parameters",
        "[0]  Linear(4, 5)  (2, 4)  (2, 5)          25",
        "[1]  relu          (2, 5)  (2, 5)",
        "[2]  Dropout       (2, 5)  (2, 5)",
        "[3]  Linear(5, 3)  (2, 5)  (2, 3)          18",
    ]


def test_steps_are_found_by_number_slice_position_and_text():
    chain, outside = load("objax").build(MLP, 0)
    traced = sk.trace(chain, native("objax", X), **outside)
    assert traced[2] is traced[2,] is traced[-2] and traced[1:3] == (traced[1], traced[2])
    assert traced.find("Linear") == [traced[0], traced[3]] and traced.find("Conv") == []
    with pytest.raises(KeyError, match="the steps that have it: none"):
        traced[9, 9]


def test_inside_a_transformation_trace_refuses_with_a_sentence():
    chain, outside = load("objax").build(MLP, 0)
    for transform in (jax.jit, jax.vmap, lambda f: jax.grad(lambda x: f(x).sum())):
        with pytest.raises(TraceError, match="inside jit, grad or vmap"):
            transform(lambda x: sk.trace(chain, x, **outside).output)(X)


@pytest.mark.parametrize("thing", [3, None, "chain", [jnp.tanh], jnp.tanh, objax.nn.Sequential])
def test_something_that_is_no_chain_is_told_what_trace_takes(thing):
    with pytest.raises(NotAChainError, match=r"It takes a Sequential of Objax, Linen, NNX, Equinox, Keras or PyTorch"):
        sk.trace(thing, X)


def test_a_model_in_which_no_chain_runs_is_told_so():
    with pytest.raises(NotAChainError, match="no chain ran in it"):
        sk.trace(objax.nn.Linear(4, 4), native("objax", X))


def test_a_chain_behind_compiled_code_is_named():
    compiled = objax.Jit(objax.nn.Sequential([objax.nn.Linear(4, 3)]))
    compiled(native("objax", X))
    with pytest.raises(
        NotAChainError, match=r"It has a chain at .*\(Sequential\); what jit has compiled calls it no more"
    ):
        sk.trace(compiled, native("objax", X))


@pytest.mark.parametrize(
    "style, outside", [("objax", "key"), ("nnx", "state"), ("linen", "state"), ("keras", "variables")]
)
def test_an_outside_value_that_the_style_does_not_take_is_refused(style, outside):
    chain, _ = load(style).build(MLP, 0)
    with pytest.raises(TraceError, match=f"{outside}="):
        sk.trace(chain, native(style, X), **{outside: 3})


def test_linen_without_variables_is_told_how_to_make_them():
    with pytest.raises(TraceError, match=r"variables = chain.init\(key, x\)"):
        sk.trace(nn.Sequential([nn.relu]), X)


def test_a_bound_linen_chain_needs_no_variables():
    chain = nn.Sequential([nn.Dense(3), nn.relu])
    bound = chain.bind(chain.init(KEY, X))
    traced = sk.trace(bound, X)
    assert np.array_equal(traced.output, bound(X)) and traced.total_parameters == 15
    assert bound.layers[1] is nn.relu


def test_parameters_of_a_chain_inside_a_layer_are_not_those_of_the_layer_around_it():
    torch = pytest.importorskip("torch")

    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gain = torch.nn.Parameter(torch.ones(1))
            self.inner = torch.nn.Sequential(torch.nn.Linear(4, 3))

        def forward(self, x):
            return self.gain * self.inner(x)

    traced = sk.trace(torch.nn.Sequential(Scaled(), torch.nn.ReLU()), torch.ones(2, 4))
    owned = {step.position: sorted(name.rpartition(".")[2] for name in step.parameters) for step in traced}
    assert owned == {(0,): ["gain"], (0, 0): ["bias", "weight"], (1,): []}


def test_a_bound_chain_takes_no_variables_and_no_key_beside_it():
    chain = nn.Sequential([nn.Dense(3)])
    variables = chain.init(KEY, X)
    bound = chain.bind(variables)
    for more in ({"variables": variables}, {"key": KEY}):
        with pytest.raises(TraceError, match="a bound Linen chain, and variables= or key= beside it"):
            sk.trace(bound, X, **more)
    assert np.array_equal(sk.trace(bound, X).output, chain.apply(variables, X))
