"""seqkit as it stands in the sandbox: chains can be made and traced; what shows, checks and hints does nothing there."""

import importlib
import sys
from types import ModuleType

_LAZY = {
    "trace": "seqkit.trace",
    "Spec": "seqkit.spec",
    "Dense": "seqkit.spec",
    "Conv2D": "seqkit.spec",
    "BatchNorm": "seqkit.spec",
    "LayerNorm": "seqkit.spec",
    "Dropout": "seqkit.spec",
    "Flatten": "seqkit.spec",
    "Activation": "seqkit.spec",
}
_STYLES = ("objax", "linen", "nnx", "equinox", "keras", "torch")


class _Quiet:
    """What `sk.explore` and its like give here: nothing, whatever is asked of it."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def __repr__(self):
        return ""


show = explore = check = hint = reference = exercise = progress = forget = _Quiet()


class _Face(ModuleType):
    def __setattr__(self, name, value):
        """Importing the room `seqkit.trace` must not put a module in the place of the function `sk.trace`."""
        if not (isinstance(value, ModuleType) and (name in _LAZY or isinstance(vars(self).get(name), _Quiet))):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name):
    """What is loaded on first sight."""
    if name in _STYLES:
        return importlib.import_module(f"seqkit.styles.{name}")
    if name not in _LAZY:
        raise AttributeError(f"seqkit has no {name!r} in grading")
    return getattr(importlib.import_module(_LAZY[name]), name)
