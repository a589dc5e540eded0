"""Programs that JAX compiled, kept on disk: the reference's run fills them, the children in the room read them.

Only programs of JAX's own operations are handed in, known by their names: what an exercise's reference compiled under a name of
its own would be the reference again.
"""

import functools
import importlib
import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from seqkit.exercise import PAGES, index

DEFINED = re.compile(r"\bdef\s+(\w+)")
ENTRY = re.compile(r"jit_+(\w+?)-[0-9a-f]{64}(-cache|-lowered)?")
FROM = ("jax._src.numpy", "jax._src.lax", "jax._src.nn", "jax._src.random", "jax._src.prng", "jax._src.image")


def hurry():
    """Programs run once or twice: from here on they are compiled in a hurry, in this process and in rooms that it starts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # XLA would warn, with every program, of how it names processors
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    if "jax" not in sys.modules:
        os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")


def keep():
    """From here on this process, on its CPU as the room is, keeps what JAX compiles; where it is told otherwise, it keeps it there."""
    hurry()
    import jax

    importlib.import_module("seqkit.grading.room.lowering")
    if not jax.config.jax_compilation_cache_dir:
        import platformdirs

        folder = Path(platformdirs.user_cache_dir("seqkit", appauthor=False)) / "compiled"
        jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_traceback_in_locations_limit", 0)
    jax.config.update("jax_persistent_cache_enable_xla_caches", "none")  # else the folder's name is part of each key
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def hand_in(room, exercises=None):
    """Copies the programs of JAX's own operations into a room; how many.

    Args:
        room: the folder of a fork server.
        exercises: their names; what bears the name of a function in one of their pages stays outside. None: in any page.
    """
    import jax

    source, known = Path(jax.config.jax_compilation_cache_dir or "."), _operations() - _named_by_pages(exercises)
    found = [each for each in os.scandir(source) if _operation(each.name) in known] if source.is_dir() else []
    for entry in found:
        with suppress(FileNotFoundError):  # JAX may just have taken it away
            shutil.copyfile(entry.path, room / "cache" / entry.name)
    return len(found)


def _operation(file):
    match = ENTRY.fullmatch(file)
    return match[1] if match else None


@functools.cache
def _operations():
    """The names of JAX's operations: of its primitives, and of the functions in its own rooms."""
    import jax
    import jax.extend

    rooms = [jax, jax.numpy, jax.lax, jax.nn, jax.random]
    rooms += [module for name, module in list(sys.modules.items()) if name.startswith(FROM) and module]
    things = [thing for room in rooms for thing in list(vars(room).values())]
    primitives = {thing.name for thing in things if isinstance(thing, jax.extend.core.Primitive)}
    return primitives | {thing.__name__ for thing in things if _is_function_of_jax(thing)}


def _is_function_of_jax(thing):
    return callable(thing) and hasattr(thing, "__name__") and str(getattr(thing, "__module__", "")).startswith("jax")


def _named_by_pages(exercises):
    """The names of all functions in the pages of these exercises, or of all."""
    pages = PAGES.glob("*.py") if exercises is None else (PAGES / f"{index()[name].file}.py" for name in exercises)
    return {name for page in pages for name in DEFINED.findall(page.read_text(encoding="utf-8"))}
