"""seqkit: learn `Sequential`, the chain of layers, in six styles. `import seqkit as sk` loads no framework."""

import sys
from types import ModuleType

_LAZY = {
    "trace": "seqkit.trace",
    "show": "seqkit.views.showing",
    "explore": "seqkit.views.showing",
    "check": "seqkit.views.practice",
    "hint": "seqkit.views.practice",
    "reference": "seqkit.views.practice",
    "exercise": "seqkit.views.practice",
    "progress": "seqkit.views.practice",
    "forget": "seqkit.views.practice",
    "Spec": "seqkit.spec",
    "Dense": "seqkit.spec",
    "Conv2D": "seqkit.spec",
    "BatchNorm": "seqkit.spec",
    "LayerNorm": "seqkit.spec",
    "Dropout": "seqkit.spec",
    "Flatten": "seqkit.spec",
    "Activation": "seqkit.spec",
    "objax": "seqkit.styles.objax",
    "linen": "seqkit.styles.linen",
    "nnx": "seqkit.styles.nnx",
    "equinox": "seqkit.styles.equinox",
    "keras": "seqkit.styles.keras",
    "torch": "seqkit.styles.torch",
}
_STYLES = {name for name, home in _LAZY.items() if home.startswith("seqkit.styles.")}

__all__ = list(_LAZY)


class _Face(ModuleType):
    def __setattr__(self, name, value):
        """Importing the room `seqkit.check` must not put a module in the place of the function `sk.check`."""
        if not (name in _LAZY and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name):
    """What is loaded on first sight: `sk.linen` brings Flax, `sk.show` Pillow."""
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"seqkit has no {name!r}. It has {', '.join(__all__)}.")
    module = importlib.import_module(_LAZY[name])
    return module if name in _STYLES else getattr(module, name)


def __dir__():
    return __all__
