"""`nearest(embed, xs, i, k)`: the digits next to one digit, as an embedding sees them."""

import numpy as np

from seqkit.draws import array, fixed, whole
from seqkit.exercise import Exercise

page = Exercise(
    "nearest",
    number=39,
    lesson="12_beyond_the_chain",
    points=10,
    statement="""
Two digits that mean the same lie close together in a good embedding. Write `nearest(embed, xs, i, k)`: the indices of
the `k` digits nearest to digit `i`, nearest first, as an array of `k` whole numbers.

    >>> points = jnp.array([[0.0, 0.0], [5.0, 0.0], [1.0, 1.0], [0.0, 3.0]])
    >>> [int(j) for j in nearest(lambda xs: xs, points, 0, 2)]
    [2, 3]

- `embed(xs)` takes the whole batch of n digits and gives an (n, d) array: a row for each digit. Near is what is near
  in these rows, by Euclidean distance.
- Digit `i` itself is left out, and no other: a second digit with the same row has distance 0, and comes first.
- Of two digits at the same distance, the one with the smaller index comes first.
""",
    hints=(
        "How far is each row of embed(xs) from row i, and where is the smallest of these distances?",
        "Take the differences to row i, their squares, the sum along the last axis; then sort the indices by it.",
        "order = np.argsort(squares, stable=True); return order[order != i][:k]",
    ),
)


@page.answer
def nearest(embed, xs, i, k):
    """(k,) array: indices of the digits nearest to digit i, without i."""
    rows = embed(xs)
    squares = ((rows - rows[i]) ** 2).sum(axis=-1)
    order = np.argsort(squares, stable=True)
    return order[order != i][:k]


WEIGHT = np.array([[3, -2, 1], [1, 4, -2], [-2, 1, 5], [4, 0, -1], [0, 3, 2], [1, -1, 4]], np.float32)


def project(images):
    """(n, 2, 3) images → (n, 3) array."""
    rows = images.reshape(len(images), -1)
    return rows @ WEIGHT


def first_two(xs):
    """The first two columns: many rows become equal."""
    return xs[:, :2]


def itself(xs):
    """Each row as it is."""
    return xs


@page.probe(i=whole(0, 29), xs=array(30, 5), k=fixed("1"))
def the_nearest(nearest, i, xs, k):
    """The nearest digit is the one whose row has the smallest Euclidean distance to row i; i itself is left out."""
    return np.asarray(nearest(itself, xs, i, k))


@page.probe(i=whole(0, 29), xs=array(30, 5, of="np"), k=fixed("29"))
def all_others(nearest, i, xs, k):
    """All others come in the order of their Euclidean distance, of two at the same distance the smaller index first."""
    return np.asarray(nearest(itself, xs, i, k))


@page.probe(i=whole(0, 29), xs=array(30, 2, 3, of="np"), k=whole(20, 28))
def in_the_embedding(nearest, i, xs, k):
    """Distances are measured between the rows of embed(xs), not between the digits themselves."""
    return np.asarray(nearest(project, xs, i, k))


@page.probe(i=whole(5, 29), xs=array(30, 5), k=fixed("4"))
def a_digit_that_is_there_twice(nearest, i, xs, k):
    """A second digit with the same row has distance 0 and comes first: only i itself is left out."""
    return np.asarray(nearest(itself, xs.at[2].set(xs[i]), i, k))


@page.probe(i=whole(0, 29), xs=array(30, 5, of="np"), k=fixed("29"))
def many_ties(nearest, i, xs, k):
    """Of digits at the same distance the one with the smaller index comes first."""
    return np.asarray(nearest(first_two, xs.round(), i, k))


@page.probe(i=whole(1, 29), xs=array(30, 5, of="np"), k=fixed("3"))
def an_array_of_indices(nearest, i, xs, k):
    """There are k indices, whole numbers, whether the digits are an array of JAX or of numpy."""
    found = np.asarray(nearest(itself, xs, i, k))
    return {"shape": found.shape, "indices": found}


def _squares(embed, xs, i):
    rows = np.asarray(embed(xs))
    return ((rows - rows[i]) ** 2).sum(axis=-1)


@page.mistake("Digit i itself is in the list, at distance 0. Leave it out: order[order != i].")
def with_itself(embed, xs, i, k):
    return np.argsort(_squares(embed, xs, i), kind="stable")[:k]


@page.mistake(
    "The first of the sorted indices is left out, whoever that is: with a second digit at distance 0 it may be the "
    "wrong one. Leave out i: order[order != i]."
)
def without_the_first(embed, xs, i, k):
    return np.argsort(_squares(embed, xs, i), kind="stable")[1 : k + 1]


@page.mistake("Row i was deleted before sorting, so all later rows moved up by one. Sort first, then leave i out.")
def deletes_first(embed, xs, i, k):
    return np.argsort(np.delete(_squares(embed, xs, i), i), kind="stable")[:k]


@page.mistake("The farthest come first. argsort begins with the smallest distance: leave it in that order.")
def farthest_first(embed, xs, i, k):
    order = np.argsort(-_squares(embed, xs, i), kind="stable")
    return order[order != i][:k]


@page.mistake("The digits were compared, not their embeddings: begin with rows = embed(xs), and compare those.")
def of_the_digits(embed, xs, i, k):
    return nearest(lambda xs: np.asarray(xs).reshape(len(xs), -1), xs, i, k)


@page.mistake("The distance is a sum of absolute differences. The Euclidean one sums their squares.")
def sum_of_differences(embed, xs, i, k):
    rows = np.asarray(embed(xs))
    order = np.argsort(np.abs(rows - rows[i]).sum(axis=-1), kind="stable")
    return order[order != i][:k]


@page.mistake("Distances came back. Asked are the indices of the digits: np.argsort of the distances.")
def distances(embed, xs, i, k):
    squares = _squares(embed, xs, i)
    return np.sqrt(squares[nearest(embed, xs, i, k)])


@page.mistake("Of digits at the same distance the later came first. Sort with stable=True, which keeps their order.")
def later_first(embed, xs, i, k):
    order = np.lexsort((-np.arange(len(xs)), _squares(embed, xs, i)))
    return order[order != i][:k]


@page.mistake("One digit alone was embedded, and `embed` takes the whole batch. Embed once, then take row i of that.")
def one_at_a_time(embed, xs, i, k):
    squares = np.array([((np.asarray(embed(x)) - np.asarray(embed(xs[i]))) ** 2).sum() for x in xs])
    order = np.argsort(squares, kind="stable")
    return order[order != i][:k]


@page.mistake("Near was taken for a large product of the rows. Asked is a small Euclidean distance.")
def by_product(embed, xs, i, k):
    rows = np.asarray(embed(xs))
    order = np.argsort(-(rows @ rows[i]), kind="stable")
    return order[order != i][:k]
