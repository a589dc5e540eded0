"""Six answers to `three_layer_mlp`, as many as one likes of each, handed in as notebooks: right, odd, wrong, not begun."""

import json
from pathlib import Path

from seqkit import snippet
from seqkit.exercise import load

EXERCISE = "three_layer_mlp"
RIGHT = snippet.reference(load(EXERCISE))
OTHERWISE = """from flax import linen as nn
import jax

class Chain(nn.Module):
    widths: tuple

    @nn.compact
    def __call__(self, x):
        layers = []
        for width in self.widths:
            layers += [nn.Dense(width), jax.nn.relu]
        return nn.Sequential(layers[:-1])(x)


def three_layer_mlp(seed, x, hidden, out):
    model = Chain((int(hidden), int(hidden), int(out)))
    y, _ = model.init_with_output(jax.random.PRNGKey(int(seed)), x)
    return y
"""
SIX = {
    "right": RIGHT,
    "otherwise": OTHERWISE,
    "relu-last": RIGHT.replace("nn.Dense(out)]", "nn.Dense(out), nn.relu]"),
    "no-activation": RIGHT.replace(", nn.relu", ""),
    "doubled": RIGHT.replace("return model.apply(variables, x)", "return 2 * model.apply(variables, x)"),
    "not-started": snippet.starter(load(EXERCISE)),
}
"""Two right, two known mistakes, one that no mistake explains, one as it was handed out."""
assert len(set(SIX.values())) == len(SIX)


def hand_in(release, folder, times=1, salt=""):
    """Write each of the six into a copy of a notebook; nbgrader's layout, `FOLDER/STUDENT/NAME/NAME.ipynb`.

    Args:
        release: the notebook that was handed out.
        folder: where to.
        times: how many of each; they differ by a comment, so that no two are the same.
        salt: another comment, so that none is the same as at another call.

    Returns:
        Their paths.
    """
    return [_handed(Path(release), Path(folder), student, f"{salt}{i}") for i in range(times) for student in SIX]


def _handed(release, folder, student, mark):
    notebook = json.loads(release.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell.get("id") == EXERCISE)
    cell["source"] = f"{SIX[student]}\n# {mark}\n"
    path = folder / f"{student}-{mark}" / release.stem / release.name
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
