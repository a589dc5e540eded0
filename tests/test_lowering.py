"""Programs kept on their way to the compiler: read back they give the same numbers, and none is taken for another."""

import subprocess
import sys
from contextlib import contextmanager

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from seqkit.grading.room import lowering

X = jnp.array([-1.5, 0.25, 3.0])
BEFORE_A_FORK = """import flax.linen
from jax._src import xla_bridge
from seqkit.grading.room.warming import trace
trace([["Dense(4)", [3]]])
print(xla_bridge._plugins_registered, bool(xla_bridge._backends))"""


@contextmanager
def setting(**settings):
    before = {name: getattr(jax.config, name) for name in settings}
    try:
        for name, value in settings.items():
            jax.config.update(name, value)
        yield
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


@pytest.fixture
def kept(tmp_path):
    """The names of the programs in a folder of this test alone, where every program is to be kept."""
    with setting(jax_compilation_cache_dir=str(tmp_path), jax_persistent_cache_min_compile_time_secs=0.0):
        yield lambda: sorted(path.name.partition("-")[0] for path in tmp_path.glob(f"*{lowering.SUFFIX}"))


def run(f, *args, name="program"):
    """What a function gives that JAX has never seen."""
    f.__name__ = name
    jax.clear_caches()
    return np.asarray(jax.jit(f)(*args))


def test_what_was_kept_is_read_and_gives_the_same_numbers(kept, monkeypatch):
    read, found = lowering._read, []
    monkeypatch.setattr(lowering, "_read", lambda *which: found.append(read(*which)) or found[-1])
    made = [run(lambda x: jnp.tanh(x) @ jax.nn.softmax(x) + jnp.cumsum(x), X) for _ in range(2)]
    assert kept().count("jit_program") == 1
    assert found[0] is None and found[-1] is not None and np.array_equal(*made)


def test_random_numbers_that_were_read_are_those_of_jax(kept):
    made = [run(lambda key: jax.random.truncated_normal(key, -2, 2, (3, 5)), jax.random.PRNGKey(7)) for _ in range(2)]
    assert "jit_program" in kept() and np.array_equal(*made)


def test_two_numbers_that_look_alike_make_two_programs(kept):
    near = np.float32(1.4142135), np.nextafter(np.float32(1.4142135), np.float32(2))
    made = [run(lambda x, by=by: x * by, jnp.float32(1e7)) for by in near]
    assert kept().count("jit_program") == 2 and made[0] != made[1]


@pytest.mark.parametrize("by", [X + 1, np.arange(3.0)], ids=["jax", "NumPy"])
@pytest.mark.parametrize("as_literal", [False, True])
def test_an_array_that_a_function_closes_over_is_part_of_it(kept, by, as_literal):
    with setting(jax_use_simplified_jaxpr_constants=as_literal):
        assert np.array_equal(run(lambda x: x + by, X), X + by)
        assert np.array_equal(run(lambda x: x + (by + 1), X), X + (by + 1))


def test_a_setting_that_the_text_of_a_program_does_not_tell_makes_another(kept):
    made = []
    for partitionable in (True, False):
        with setting(jax_threefry_partitionable=partitionable):
            made.append(run(lambda key: jax.random.bits(key, (3, 5)), jax.random.PRNGKey(7)))
    assert kept().count("jit_program") == 2 and not np.array_equal(*made)


def test_what_bears_an_address_in_its_text_would_never_be_found_again_and_is_not_kept(kept):
    added = run(lambda x: jax.lax.reduce(x, np.float32(0), lambda a, b: a + b, (0,)), X)
    assert np.array_equal(added, 1.75) and "jit_program" not in kept()


def test_what_calls_back_into_python_is_called_each_time_and_not_kept(kept):
    for times in (2.0, 3.0):

        def back(x, times=times):
            return jax.pure_callback(lambda x: np.asarray(x) * np.float32(times), X, x)

        assert np.array_equal(run(back, X), X * times)
    assert "jit_program" not in kept()


def test_in_the_room_nothing_is_written(kept):
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 1e9)
    run(lambda x: x + 1, X)
    assert kept() == []


def test_a_name_that_is_no_file_name_is_not_kept(kept):
    assert np.array_equal(run(lambda x: x - 1, X, name="../" * 40 + "up"), X - 1)
    assert not any("up" in name for name in kept())


def test_what_is_damaged_on_disk_is_made_again(kept, tmp_path):
    before = run(lambda x: x * 2 + 1, X)
    for path in tmp_path.glob(f"*{lowering.SUFFIX}"):
        path.write_bytes(path.read_bytes()[:50])
    assert np.array_equal(run(lambda x: x * 2 + 1, X), before)


def test_who_asked_for_it_is_not_told(kept, tmp_path):
    def a_name_of_the_page(x):
        return run(lambda x: jnp.sort(x)[::-1], x)

    a_name_of_the_page(X)
    told = b"".join(path.read_bytes() for path in tmp_path.glob(f"*{lowering.SUFFIX}"))
    assert b"jit_program" in told and b"a_name_of_the_page" not in told and b"test_lowering" not in told


def test_before_a_fork_everything_is_done_that_needs_no_backend_and_no_backend_is_started():
    done = subprocess.run([sys.executable, "-c", BEFORE_A_FORK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
