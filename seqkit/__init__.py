"""seqkit: learn `Sequential`, the chain of layers, in six styles. `import seqkit as sk` loads no framework."""

from seqkit.trace import trace

_LAZY = {
    "show": "seqkit.views.picture",
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

__all__ = ["trace", *_LAZY]


def __getattr__(name):
    """What is loaded on first sight: `sk.linen` brings Flax, `sk.show` Pillow."""
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"seqkit has no {name!r}. It has {', '.join(__all__)}.")
    module = importlib.import_module(_LAZY[name])
    return module if _LAZY[name].endswith(f".{name}") else getattr(module, name)


def __dir__():
    return __all__
