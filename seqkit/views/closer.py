"""One step looked at closely: every value of the chosen example, as a row or as the map of one channel."""

import numpy as np

from seqkit.axes import channels_first
from seqkit.views.numbers import arrays, dead, example, example_of_array, pool, record

EXACT = 4096
"""So many values travel one by one; of more, the means of neighbours."""


def closer(step, style, batch, index, channel):
    """What the front end shows of the selected step.

    Returns:
        A dict: height, width (1 high for a vector), channels and which is shown, the values as float32 bytes, of how
        many they are (more than height × width where they are pooled), and the record of the whole example.
    """
    values = None if step.error is not None else example(step.output, batch, index)
    if values is None or not values.size:
        return {"number": step.number, "height": 0, "width": 0, "of": 0}
    grid, channels = _map(step.output, style, batch, index, channel)
    grid = values[None] if grid is None else grid
    of, grid = grid.size, _fitting(grid)
    return {
        "number": step.number,
        "height": grid.shape[0],
        "width": grid.shape[1],
        "channels": channels,
        "channel": min(channel, max(channels - 1, 0)),
        "of": of,
        "values": grid.astype(np.float32).tobytes(),
        "record": record(values, dead(step.output, batch)).tobytes(),
    }


def _map(output, style, batch, index, channel):
    """(the map of one channel of an image, or a matrix as it is; channels), or (None, 0) for a vector or several values."""
    found = arrays(output)
    if len(found) != 1:
        return None, 0
    array = example_of_array(found[0], batch, index)
    if array.ndim == 3:
        array = np.moveaxis(array, 0 if channels_first(style) else 2, 0)
        return array[min(channel, len(array) - 1)], len(array)
    return (array, 0) if array.ndim == 2 and array.shape[0] > 1 else (None, 0)


def _fitting(grid):
    """A grid of at most `EXACT` values: a long row is pooled, a large map thinned to every second, third … cell."""
    if grid.size <= EXACT:
        return grid
    if grid.shape[0] == 1:
        return pool(grid[0], EXACT)[None]
    every = int(np.ceil(np.sqrt(grid.size / EXACT)))
    return grid[::every, ::every]
