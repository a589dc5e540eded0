"""`seqkit.styles.keras.Sequential` beside `keras.Sequential`: the same to the bit, and better where that one trips people."""

import copy
import gc
import pickle
import re
import warnings

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.errors import LayersError, UnusedSideInput
from seqkit.styles.keras import Sequential
from tests.chains import examples, failed, notes, outcome, plain, plans

import keras  # isort: skip  (seqkit chooses its backend)

L = keras.layers
X = np.array([[1.0, -2.0, 0.5], [-0.25, 3.0, 4.0]], np.float32)
KINDS = (Sequential, keras.Sequential)


@pytest.fixture(scope="module", autouse=True)
def cheap_collection():
    """Names begin anew in each example, for which Keras collects garbage: only the new is looked through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Flag(L.Layer):
    """A layer that shows whether it is told of training."""

    def call(self, inputs, training=None):
        return inputs * (3 if training else 2 if training is False else 1)


class Masked(L.Layer):
    """A layer that shows the mask it gets."""

    supports_masking = True

    def call(self, inputs, mask=None):
        return inputs if mask is None else inputs * keras.ops.expand_dims(keras.ops.cast(mask, inputs.dtype), -1)


class Gained(L.Layer):
    """A layer with a keyword of its own, which no chain of Keras hands on."""

    def call(self, inputs, gain=1.0):
        return inputs * gain


class Two(L.Layer):
    """A layer that returns two values."""

    def call(self, inputs):
        return inputs, -inputs


class Added(L.Layer):
    """A layer that takes a list or a tuple of two, and one value as it is."""

    def call(self, inputs):
        return inputs[0] + 2 * inputs[1] if isinstance(inputs, list | tuple) else inputs


class Table(L.Layer):
    """A layer that returns a dict."""

    def call(self, inputs):
        return {"left": inputs, "right": -inputs}


class Shapeless(L.Layer):
    """A layer that cannot tell its shapes beforehand."""

    def call(self, inputs):
        return inputs + 1.0

    def compute_output_spec(self, *args, **kwargs):
        raise NotImplementedError


CREATED = {
    "dense": lambda: L.Dense(3),
    "relu": lambda: L.Dense(3, activation="relu", use_bias=False),
    "norm": lambda: L.BatchNormalization(momentum=0.5),
    "dropout": lambda: L.Dropout(0.5),
    "activation": lambda: L.Activation("tanh"),
    "flag": Flag,
    "masked": Masked,
    "gained": Gained,
    "two": Two,
    "added": Added,
    "table": Table,
    "shapeless": Shapeless,
    "misfit": lambda: L.Reshape((4,)),
}
ONE_VALUE = ["dense", "relu", "norm", "dropout", "activation", "flag", "masked", "gained"]
PLANS = plans([*ONE_VALUE, *ONE_VALUE, "two", "added", "table", "shapeless", "misfit"])
SOUND = plans(ONE_VALUE).filter(lambda plan: "()" not in str(plan))


def made(kind, plan, width=None):
    """The chain of a plan, its names and initial values the same every time."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    named = {}

    def chain(parts, layers):
        for part in parts:
            if not isinstance(part, tuple) and part not in named:
                named[part] = CREATED[part]()
            layers.append(chain(part, []) if isinstance(part, tuple) else named[part])
        return kind(layers)

    return chain(plan, [keras.Input((width,))] if width else [])


def kept(chain):
    """The paths and values of all a chain keeps, its shapes, and whether it is built."""
    shapes = [outcome(lambda end=end: getattr(chain, end)) for end in ("input_shape", "output_shape")]
    return (
        [(v.path, plain(v.value)) for v in chain.variables],
        [layer.name for layer in chain.layers],
        chain.built,
        shapes,
    )


def quiet(run):
    """`outcome`, without the warning of which Keras knows nothing; of an error that Keras' type, ours may be a child of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = outcome(run)
    return ("raised", ValueError) if seen == ("raised", LayersError) else seen


def both(run):
    """What `run(kind)` does with our class and with the real one."""
    return [quiet(lambda kind=kind: run(kind)) for kind in KINDS]


# ---- a drop-in ----


@examples(60)
@given(PLANS, st.sampled_from([None, True, False]), st.sampled_from([{}, {"gain": 2.0}, {"nobody": 1}]))
def test_any_chain_gives_what_keras_gives(plan, training, kwargs):
    def run(kind):
        chain = made(kind, plan)
        seen = [quiet(lambda: chain(X, training=training, **kwargs)) for _ in range(2)]
        return seen, kept(chain) if seen[0][0] == "returned" else None

    ours, theirs = both(run)
    assert ours == theirs


@examples(40)
@given(SOUND, st.booleans())
def test_every_path_and_value_and_the_summary_are_those_of_keras(plan, known):
    def run(kind):
        chain = made(kind, plan, 3 if known else None)
        lines, before = [], kept(chain)
        chain.summary(print_fn=lambda line, **_: lines.append(line))
        chain.build((None, 3))
        chain.summary(print_fn=lambda line, **_: lines.append(line))
        return before, kept(chain), lines, repr(chain), chain.count_params()

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["dense", "norm", "activation", "flag"])),
        st.sampled_from([("add", "input"), ("build", (None, 3)), ("build", (2, 3)), ("build", None), ("call",)]),
        st.sampled_from([("pop",), ("call",)]),
    ),
    max_size=5,
)


@examples(60)
@given(STEPS)
def test_any_order_of_add_pop_build_and_call_leaves_what_keras_leaves(steps):
    def run(kind):
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        chain, seen = kind(), []
        for what, *args in steps:
            if what == "add":
                layer = keras.Input((3,)) if args == ["input"] else CREATED[args[0]]()
                if args == ["input"] and chain.layers:
                    continue  # Keras keeps an Input that comes too late, and fails later; ours refuses it
                seen.append(quiet(lambda layer=layer: chain.add(layer)))
            elif what == "pop" and len(chain.layers) > 1:  # at the last one Keras raises IndexError with the layer gone
                seen.append(chain.pop().name)
            elif what == "build" and (chain.layers or args[0]):  # of no shape, Keras calls an empty chain built
                seen.append(quiet(lambda args=args: chain.build(*args)))
            elif what == "call":
                seen.append(quiet(lambda: chain(X)))
                if seen[-1][0] == "raised":
                    break  # ours forgets the input of a call that failed
            seen.append(kept(chain))
        return seen

    ours, theirs = both(run)
    assert ours == theirs


@examples(6)
@given(SOUND)
def test_compile_fit_predict_and_evaluate_do_what_they_do_in_keras(plan):
    def run(kind):
        chain = made(kind, plan)
        chain.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
        losses = chain.fit(np.tile(X, (2, 1)), np.tile(X, (2, 1)), batch_size=2, epochs=2, verbose=0).history
        return losses, kept(chain), chain.predict(X, verbose=0), chain.evaluate(X, X, verbose=0)

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


@examples(12)
@given(SOUND)
def test_the_traced_program_and_the_gradients_are_those_of_keras(plan):
    def run(kind):
        chain = made(kind, plan)
        chain.build((None, 3))
        trained, other = (
            [v.value for v in some] for some in (chain.trainable_variables, chain.non_trainable_variables)
        )

        def loss(trained, other, x):
            y, other = chain.stateless_call(trained, other, x, training=True)
            return (y**2).sum(), other

        program = str(jax.make_jaxpr(loss)(trained, other, X))
        return program, jax.grad(loss, has_aux=True)(trained, other, X)

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


@pytest.mark.parametrize("transform", [jax.jit, jax.vmap, lambda f: jax.grad(lambda x: f(x).sum())])
def test_under_the_transforms_of_jax_it_is_the_chain_of_keras(transform):
    def run(kind):
        chain = made(kind, ("dense", "activation", ("relu",)))
        chain.build((None, 3))
        return transform(lambda x: chain(x))(np.stack([X, X]) if transform is jax.vmap else X)

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


def config(chain):
    """What `get_config` tells, as text, without where each class lives."""
    return re.sub(
        r"'module': '[\w.]+'|'registered_name': '?[\w>]+'?", "", str(chain.get_config()).replace("seqkit>", "")
    )


def once(plan):
    """Whether no layer stands twice in one chain: from a configuration, Keras makes one of two."""
    return len(set(plan)) == len(plan) and all(once(part) for part in plan if isinstance(part, tuple))


@examples(40)
@given(plans([name for name in ONE_VALUE if name not in ("flag", "masked", "gained")]).filter(once), st.booleans())
def test_its_configuration_is_that_of_keras_and_makes_the_same_chain(plan, known):
    def run(kind):
        chain = made(kind, plan, 3 if known else None)
        again = kind.from_config(chain.get_config())
        return config(chain), config(again), kept(again)[1:], type(again) is kind

    ours, theirs = both(run)
    assert ours == theirs


COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda chain: pickle.loads(pickle.dumps(chain)),
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_gives_what_that_of_keras_gives(duplicate):
    def run(kind):
        chain = made(kind, ("dense", ("norm", "activation")))
        chain(X, training=True)
        other = duplicate(chain)
        return type(other) is kind, other(X), kept(other)

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


@pytest.mark.parametrize("called", [True, False], ids=["called", "not called"])
def test_it_is_saved_and_loaded_as_the_chain_of_keras(tmp_path, called):
    def run(kind):
        chain = made(kind, ("dense", ("norm", "dropout")))
        if called:
            chain(X, training=True)
        chain.save(tmp_path / f"{kind.__module__}.keras")
        again = keras.saving.load_model(tmp_path / f"{kind.__module__}.keras")
        return type(again) is kind, kept(again), again(X) if called else None

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


def test_weights_saved_of_one_are_loaded_into_the_other(tmp_path):
    plan = ("dense", ("norm", "relu"), "dropout")
    for source, target in (KINDS, KINDS[::-1]):
        one, other = made(source, plan), None
        answer = plain(one(X, training=False))
        one.save_weights(tmp_path / "chain.weights.h5")
        other = made(target, plan)
        other(X)
        for variable in other.trainable_variables:
            variable.assign(variable * 0 + 1)
        assert plain(other(X)) != answer
        other.load_weights(tmp_path / "chain.weights.h5")
        assert plain(other(X)) == answer


def test_it_stands_in_a_functional_model_and_cuts_into_one_as_that_of_keras():
    def run(kind):
        chain = made(kind, ("dense", "activation", "relu"))
        inputs = keras.Input((3,))
        model = keras.Model(inputs, L.Dense(2)(chain(inputs)))
        cut = keras.Model(chain.inputs, chain.layers[0].output)
        return model(X), [v.path for v in model.variables], cut(X), chain.inputs[0].shape, chain.outputs[0].shape

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


FIRST = {
    "Input": lambda: [keras.Input((3,)), L.Dense(3)],
    "InputLayer": lambda: [L.InputLayer(shape=(3,)), L.Dense(3)],
    "input_shape": lambda: [L.Dense(3, input_shape=(3,)), L.Dense(2, input_shape=(9,))],
    "a built chain": lambda: [keras.Sequential([keras.Input((3,)), L.Dense(3)]), L.Dense(2)],
    "a built layer": lambda: [built(L.Dense(3)), L.Dense(2)],
    "Input alone": lambda: [keras.Input((3,))],
    "whole numbers": lambda: [keras.Input((3,), dtype="int32"), L.Dense(2)],
    "an embedding": lambda: [L.Embedding(6, 3, mask_zero=True), Masked(), L.GlobalAveragePooling1D()],
    "masking": lambda: [keras.Input((3, 1)), L.Masking(), Masked()],
}


def built(layer):
    """A layer that knows its shapes."""
    layer.build((None, 3))
    return layer


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_what_stands_first_tells_the_shape_as_in_keras(first):
    def run(kind):
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        chain = kind(first())
        before = kept(chain)
        x = (
            X
            if len(before[3][0]) == 2 and "raised" in before[3][0]
            else X.reshape(2, 3, 1)[..., : chain.input_shape[-1]]
        )
        return before, quiet(lambda: chain(np.abs(x).astype(int) if x is X else X)), kept(chain)

    ours, theirs = both(run)
    assert ours == theirs


INPUTS = {
    "whole numbers": np.array([[1, -2, 3], [4, 5, 6]]),
    "double precision": X.astype(np.float64),
    "a list of lists": X.tolist(),
    "a JAX array": jax.numpy.asarray(X),
    "other batch": np.ones((5, 3), np.float32),
    "too wide": np.ones((2, 4), np.float32),
    "no batch": np.ones(3, np.float32),
    "an axis too many": np.ones((2, 3, 1), np.float32),
    "two axes too many": np.ones((2, 3, 1, 2), np.float32),
    "nothing": None,
}


@pytest.mark.parametrize("plan", [("activation", "dense"), ("activation",), (("dense",), "activation")], ids=str)
@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
def test_an_input_of_any_kind_is_taken_or_refused_as_in_keras(plan, x):
    def run(kind):
        chain = made(kind, plan, 3)
        return chain(x)

    ours, theirs = both(run)
    assert ours == theirs


def test_a_chain_of_half_precision_is_built_for_it_as_in_keras():
    def run(kind):
        chain = kind([L.Dense(3, dtype="float16")])
        chain.build((None, 3))
        return chain.inputs[0].dtype

    ours, theirs = both(run)
    assert ours == theirs == ("returned", "float16")


def test_one_feature_may_come_without_its_axis_as_in_keras():
    ours, theirs = both(lambda kind: made(kind, ("dense",), 1)(np.ones(4, np.float32)))
    assert ours == theirs and ours[0] == "returned"


@pytest.mark.parametrize("plan", [("masked",), ("activation", "masked"), ("flag", "masked"), (("masked",),)], ids=str)
def test_a_mask_reaches_the_layers_that_it_reaches_in_keras(plan):
    ours, theirs = both(lambda kind: made(kind, plan)(X, mask=np.array([True, False])))
    assert ours == theirs and ours[0] == "returned"


@pytest.mark.parametrize("x", [[X, X], (X, X), {"left": X, "right": X}], ids=["list", "tuple", "dict"])
@pytest.mark.parametrize("plan", [("added", "dense"), ("table",), ("gained",)], ids=str)
def test_several_inputs_are_taken_as_in_keras(plan, x):
    def run(kind):
        chain = made(kind, plan)
        return chain(x), kept(chain)

    ours, theirs = both(run)
    assert ours == theirs


def test_layers_that_do_not_train_and_losses_of_layers_are_those_of_keras():
    def run(kind):
        chain = made(kind, ("dense", "norm"))
        chain.add(L.Dense(2, kernel_regularizer="l2"))
        chain(X)
        counts = [len(chain.trainable_weights)]
        chain.trainable = False
        return [*counts, len(chain.trainable_weights), [float(loss) for loss in chain.losses]]

    ours, theirs = both(run)
    assert ours == theirs and ours[0] == "returned"


def test_it_is_a_model_and_a_layer_of_keras():
    assert isinstance(Sequential(), keras.Model) and isinstance(Sequential(), L.Layer)


# ---- better ----


class Raises(L.Layer):
    """A layer that raises, but not while it is built."""

    def call(self, inputs):
        raise KeyError("gain")

    def compute_output_spec(self, inputs, **kwargs):
        return keras.KerasTensor(inputs.shape, inputs.dtype)


def test_a_failing_layer_keeps_its_error_and_gains_a_note_with_the_way_out():
    ours, theirs = (kind([L.Dense(5), L.Activation("relu"), built(L.Dense(2))]) for kind in KINDS)
    mine, real = failed(lambda: ours(X)), failed(lambda: theirs(X))
    assert type(mine) is type(real) is ValueError and "expected axis -1" in str(mine)
    assert notes(lambda: ours(X)) == [
        "layer[2] Dense(2) got shape (2, 5) float32, the output of layer[1] Activation(relu). It takes (…, 3). "
        "Build the chain for an input of this shape, or let layer[0] put out 3."
    ]


@pytest.mark.parametrize("layer", [L.Conv2D(8, 3, groups=2), L.Conv2DTranspose(8, 3)], ids=["groups", "transposed"])
def test_a_convolution_takes_as_many_channels_as_it_was_built_for(layer):
    layer.build((None, 6, 6, 4))
    assert "It takes (…, 4)." in notes(lambda: Sequential([layer])(np.ones((1, 6, 6, 3), np.float32)))[0]


def test_a_layer_is_told_of_the_axis_that_it_looks_at_and_of_no_other():
    first, product = L.Conv2D(8, 3, data_format="channels_first"), L.EinsumDense("abc,cde->abde", (None, 5, 2))
    first.build((None, 4, 6, 6))
    product.build((None, 6, 3))
    assert "It takes (…, 4, …, …)." in notes(lambda: Sequential([first])(np.ones((1, 3, 6, 6), np.float32)))[0]
    assert "It takes" not in notes(lambda: Sequential([product])(np.ones((1, 6, 4), np.float32)))[0]


def test_a_layer_that_does_not_fit_leaves_no_input_behind():
    chain = Sequential()
    with pytest.raises(ValueError):
        chain.add(L.Conv2D(4, 3, input_shape=(8,)))
    chain.add(keras.Input((8, 8, 1)))
    chain.add(L.Conv2D(4, 3))
    assert chain.output_shape == (None, 6, 6, 4)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_note_names_a_layer_of_a_chain_inside_by_its_whole_index(depth):
    chain = Sequential([Raises()])
    for _ in range(depth - 1):
        chain = Sequential([L.Activation("relu"), chain])
    (note,) = notes(lambda: chain(X))
    inside = "[1]" * (depth - 1)
    where = f"its chain, layer{inside}" if inside else "the chain"
    assert note.startswith(f"layer{inside}[0] Raises got shape (2, 3) float32, the input of {where}.")


def test_a_chain_that_fails_twice_gains_no_second_note():
    chain = Sequential([Sequential([Raises()])])
    first, second = notes(lambda: chain(X)), notes(lambda: chain(X))
    assert first == second and len(first) == 1


def test_an_error_before_the_first_layer_gains_no_note_of_an_earlier_one():
    chain = Sequential([Raises()])
    assert len(notes(lambda: chain(X))) == 1
    assert not [note for note in getattr(failed(chain), "__notes__", ()) if note.startswith("layer[")]


def test_a_chain_that_failed_for_one_input_takes_another_which_that_of_keras_refuses():
    ours, theirs = (kind([built(L.Dense(3)), L.Dense(2)]) for kind in KINDS)
    for chain in (ours, theirs):
        failed(lambda chain=chain: chain(np.ones((2, 4), np.float32)))
    assert outcome(lambda: theirs(X)) == ("raised", ValueError)
    assert ours(X).shape == (2, 2)


def test_a_keyword_that_no_layer_takes_is_named_with_its_close_match():
    with pytest.warns(UnusedSideInput, match=r"no layer takes `trainin`.*Did you mean `training`\?"):
        Sequential([Flag()])(X, trainin=True)


def test_the_side_inputs_of_keras_give_no_warning():
    chain = Sequential([Flag(), Sequential([Masked()])])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnusedSideInput)
        chain(X, training=True, mask=np.array([True, False]))


def test_a_class_put_in_for_an_instance_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer\[1\] is the class Dense\. Make a layer of it: Dense\(…\)"):
        Sequential([L.Dense(3), L.Dense])


def test_a_function_is_refused_with_the_line_to_write():
    with pytest.raises(LayersError, match=r"layer\[0\] is relu.*Wrap it: keras\.layers\.Activation\(relu\)"):
        Sequential([keras.activations.relu])


@pytest.mark.parametrize("given", [(L.Dense(3),), (L.Dense(3), L.Dense(2))], ids=len)
def test_layers_without_a_list_are_refused_with_the_line_to_write(given):
    with pytest.raises(LayersError, match=r"Write Sequential\(\["):
        Sequential(*given)


def test_a_layer_that_does_not_fit_leaves_the_chain_as_it_was_which_that_of_keras_does_not():
    ours, theirs = (made(kind, ("dense", "activation"), 3) for kind in KINDS)
    for chain in (ours, theirs):
        before, answer = kept(chain), plain(chain(X))
        failed(lambda chain=chain: chain.add(L.Conv2D(3, 2)))
        if chain is ours:
            assert kept(chain) == before and plain(chain(X)) == answer
    assert len(theirs.layers) == 3 and outcome(lambda: theirs(X))[0] == "raised"


def test_the_last_layer_can_be_taken_away_which_keras_answers_with_an_error():
    ours, theirs = (kind([L.Dense(3)]) for kind in KINDS)
    assert type(failed(theirs.pop)) is IndexError
    layer = ours.layers[0]
    assert ours.pop() is layer and ours.layers == []


def test_a_layer_that_stands_twice_is_saved_as_one_which_keras_forgets(tmp_path):
    ours, theirs = (made(kind, ("dense", "activation", "dense")) for kind in KINDS)
    assert len(keras.Sequential.from_config(theirs.get_config()).layers) == 2
    answer = plain(ours(X))
    ours.save(tmp_path / "chain.keras")
    again = keras.saving.load_model(tmp_path / "chain.keras")
    assert len(again.layers) == 3 and again.layers[0] is again.layers[2] and plain(again(X)) == answer


def test_a_chain_that_does_not_train_is_made_again_as_such_a_one_which_keras_forgets():
    ours, theirs = (kind([L.Dense(3)], trainable=False) for kind in KINDS)
    again = [type(chain).from_config(chain.get_config()).trainable for chain in (ours, theirs)]
    assert again == [False, True]


def test_appending_to_its_layers_does_nothing():
    chain = Sequential([L.Dense(3)])
    chain.layers.append(L.Dense(4))
    assert len(chain.layers) == 1 and chain(X).shape == (2, 3)


def test_an_input_that_comes_after_a_layer_is_refused_with_the_place_to_put_it():
    chain = Sequential([L.Dense(3)])
    with pytest.raises(ValueError, match="goes in front of the first"):
        chain.add(keras.Input((3,)))
    assert len(chain.layers) == 1 and chain(X).shape == (2, 3)


def test_layers_that_were_popped_leave_no_parameters_behind():
    chain = Sequential([keras.Input((3,)), L.Dense(3), L.Dense(4)])
    chain.pop()
    chain.add(L.Dense(2, use_bias=False))
    assert [v.shape for v in chain.variables] == [(3, 3), (3,), (3, 2)]
