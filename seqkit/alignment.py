"""Two rows of layers side by side: which stands beside which, so that one more layer does not shift all the others.

A layer is known by its key: (whether it is a chain, its plain name, the shape of an example that it puts out).
"""

SAME_NAME, SAME_SHAPE, NEAR_SHAPE, ALONE = 30, 10, 5, -6
"""What it is worth to put two layers side by side: one name, one shape as well, a shape alone; to leave a layer alone."""


def aligned(left, right):
    """Pairs of numbers (or None) that put the two rows of keys side by side at the greatest worth."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    middle = _middle(left[start : len(left) - end], right[start : len(right) - end])
    shift = [tuple(None if i is None else i + start for i in pair) for pair in middle]
    tail = [(len(left) - n, len(right) - n) for n in range(end, 0, -1)]
    return [(i, i) for i in range(start)] + shift + tail


def _middle(left, right):
    """Needleman and Wunsch: `worth[i][j]` is the best that can be made of `left[i:]` beside `right[j:]`."""
    worth = [[ALONE * (len(left) - i + len(right) - j) for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        row, below = worth[i], worth[i + 1]
        for j in reversed(range(len(right))):
            row[j] = max(below[j + 1] + _alike(left[i], right[j]), below[j] + ALONE, row[j + 1] + ALONE)
    return list(_walk(left, right, worth))


def _walk(left, right, worth):
    i = j = 0
    while i < len(left) or j < len(right):
        both = i < len(left) and j < len(right)
        if both and worth[i][j] == worth[i + 1][j + 1] + _alike(left[i], right[j]):
            yield i, j
            i, j = i + 1, j + 1
        elif i < len(left) and worth[i][j] == worth[i + 1][j] + ALONE:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _alike(left, right):
    if left[0] != right[0]:  # a chain beside a layer: never
        return 3 * ALONE
    if left[1] == right[1]:
        return SAME_NAME + SAME_SHAPE * (left[2] == right[2])
    return NEAR_SHAPE * (left[2] == right[2])
