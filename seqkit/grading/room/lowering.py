"""What JAX makes of a program on its way to the compiler, kept beside what it compiled: half of what a short run costs.

Importing this is enough. It is JAX's own affair: where a later version has it otherwise, nothing is kept, and all else is as it
was. One MLIR context serves all programs of a process, where JAX makes one for each, 5 ms and 1 MB, and keeps it.
"""

import functools
import hashlib
import io
import os
import re
from contextlib import suppress
from pathlib import Path

import jax

SUFFIX = "-lowered"
NAME, UNTOLD = re.compile(r"\w{1,100}"), re.compile(r" at 0x|\[\.\.\.]")
"""Of a program that has a file; in the text of one that its text does not tell from others."""


def _keep(mlir):
    lower = mlir.lower_jaxpr_to_module

    @functools.wraps(lower)
    def lowered(module_name, jaxpr, **how):
        file = _file(mlir.sanitize_name(module_name).rstrip("_"), jaxpr, how)
        found = file and _read(file, mlir)
        if found:
            return found
        made = lower(module_name, jaxpr, **how)
        if file and not (made.keepalive or made.host_callbacks or made.shape_poly_state.uses_dim_vars):
            _write(file, made.module, mlir)
        return made

    mlir.lower_jaxpr_to_module = lowered


def _file(name, jaxpr, how):
    """Where a program is kept; None if nothing is kept on disk, or if its text does not tell it from others."""
    folder = jax.config.jax_compilation_cache_dir
    if not folder or jaxpr.consts or jaxpr.effects or not NAME.fullmatch(name):
        return None
    asked = sorted((key, str(value)) for key, value in how.items() if key != "backend")
    text = f"{jax.__version__} {_context()} {asked} {jaxpr}"
    return None if UNTOLD.search(text) else Path(folder) / f"{name}-{hashlib.sha256(text.encode()).hexdigest()}{SUFFIX}"


def _read(file, mlir):
    with suppress(OSError, mlir.ir.MLIRError):  # not there, or not whole
        module = mlir.ir.Module.parse(file.read_bytes(), mlir.make_ir_context())
        return mlir.LoweringResult(module, [], [], mlir.ShapePolyLoweringState((), None))


def _write(file, module, mlir):
    """Keep a program where JAX is told to keep every one; not in the room, whose cache is for reading.

    Who asked for it is left out: those are the lines and names of a reference, and the file is for the room.
    """
    if jax.config.jax_persistent_cache_min_compile_time_secs > 0:
        return
    packed, half, bare = io.BytesIO(), file.with_suffix(f".{os.getpid()}"), module.operation.clone()
    mlir.passmanager.PassManager.parse("builtin.module(strip-debuginfo)", bare.context).run(bare)
    bare.write_bytecode(packed)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(packed.getvalue())
        os.replace(half, file)


with suppress(ImportError, AttributeError):
    from jax._src.config import trace_context as _context
    from jax._src.interpreters import mlir as _mlir

    _mlir.make_ir_context = functools.cache(_mlir.make_ir_context)
    _mlir.make_ir_context()  # here and now: a fork server's children find it made
    _keep(_mlir)
