"""Which keywords a layer takes, read from its signature once, and what to say of a keyword that none takes."""

import difflib
import inspect
import warnings
import weakref

from seqkit.errors import UnusedSideInput

ANY = "**"
_READ = weakref.WeakKeyDictionary()


def keywords(layer, is_module):
    """The names of a layer's parameters, with `ANY` if it takes all keywords; empty for what is no callable.

    Args:
        layer: any callable.
        is_module: its call is its class's, so the class's signature is read, once for all layers of the class; but one
            that wraps something else, such as `objax.Jit(layer)`, has the signature of what it wraps.

    Raises:
        ValueError: Python cannot read the signature, as of many built-in types.
    """
    owner = type(layer) if is_module and not hasattr(layer, "__wrapped__") else layer
    try:
        names = _READ.get(owner)
    except TypeError:  # neither hashed nor weakly held: read each time
        return _read(layer)
    if names is None:
        names = _READ[owner] = _read(layer)
    return names


def _read(layer):
    try:
        parameters = inspect.signature(layer).parameters
    except TypeError:
        return frozenset()
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return frozenset({ANY, *parameters} if takes_all else parameters)


def warn_of_unused(kwargs, named):
    """Warn, where the chain was called, of each keyword that is not among the `named`, with the close match if any."""
    for keyword in kwargs.keys() - named if ANY not in named else ():
        close = difflib.get_close_matches(keyword, named, 1)
        hint = f" Did you mean `{close[0]}`?" if close else ""
        warnings.warn(f"no layer takes `{keyword}`: it has no effect.{hint}", UnusedSideInput, stacklevel=3)
