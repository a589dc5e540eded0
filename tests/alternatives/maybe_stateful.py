import equinox as eqx
from equinox.nn import StatefulLayer

from seqkit.styles import equinox as ours


class Passes(StatefulLayer):
    """Hands on whatever it gets: a chain never gives the state unless is_stateful() asked for it."""

    wrapped: eqx.Module

    def is_stateful(self):
        return bool(getattr(self.wrapped, "is_stateful", lambda: False)())

    def __call__(self, *args, key=None, **kwargs):
        return self.wrapped(*args, key=key, **kwargs)


class ByTheState(StatefulLayer):
    """What it was given decides; a field of its own and an __init__."""

    inside: tuple

    def __init__(self, layer, **rest):
        self.inside = (layer,)

    def is_stateful(self) -> bool:
        (layer,) = self.inside
        if not isinstance(layer, StatefulLayer):
            return False
        return layer.is_stateful()

    def __call__(self, x, state=..., *, key=None):
        (layer,) = self.inside
        if state is ...:
            return layer(x, key=key)
        y, state = layer(x, state, key=key)
        return y, state


class OfSeqkit(ours.StatefulLayer):
    layer: eqx.Module

    @property
    def extra(self):
        return ("state",) if self.is_stateful() else ()

    def is_stateful(self):
        return ours.Sequential([self.layer]).is_stateful()

    def __call__(self, x, state=None, key=None):
        given = {"state": state, "key": key}
        return self.layer(x, **{name: given[name] for name in (*self.extra, "key")})


class ThroughAChain(eqx.nn.Sequential):
    """A chain of one layer; its key is not split."""

    def __init__(self, layer):
        super().__init__([layer])

    def __call__(self, x, state=None, *, key=None):
        layer = self.layers[0]
        return layer(x, state=state, key=key) if self.is_stateful() else layer(x, key=key)


ANSWERS = [Passes, ByTheState, OfSeqkit, ThroughAChain]


# ---- wrong ----


class StateByName(ByTheState):
    def __call__(self, x, *, state=..., key=None):
        return super().__call__(x, state, key=key)


NEAR_MISSES = [("batch norm by vmap", StateByName)]
