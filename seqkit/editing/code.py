"""A chain as code of any style, with its numbers written out."""

import importlib
import textwrap

import numpy as np

MOST = 4_000
"""As many numbers are written out in `code`; a chain with more has a line that says where they are."""


def code(spec, style_name, canonical=None):
    """Code that makes a chain of this spec in a style; with canonical parameters also what puts them in.

    Args:
        spec: a `Spec`.
        style_name: the style to write in, which may be another than that of the chain.
        canonical: parameters by canonical name; up to `MOST` numbers are written out, of more it is said where they are.
    """
    written = importlib.import_module(f"seqkit.styles.{style_name}").write(spec)
    if not canonical:
        return written
    amount = sum(np.size(value) for value in canonical.values())
    keywords, call = importlib.import_module(f"seqkit.editing.{style_name}").loading(spec)
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
