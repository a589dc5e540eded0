"""The personal questions: what is asked, with which numbers, what is right and which wrong values are known.

To add one: a class with the names of its neighbours, and a line in `KINDS`. Everything is plain data and numpy.
"""

import numpy as np

VERSION = "1"
"""Of the questions. Another one asks other numbers: what was handed out before is then refused, not misjudged."""
FEATURES = 16, 200
WIDTHS = 12, 400
"""Far apart, so that hardly two students of a large class share a right answer by chance."""


class Parameters:
    """How many parameters a chain of Dense layers holds."""

    form = "a whole number"
    hint = "A Dense layer holds a weight for each pair of an input and an output, and a bias for each output; relu holds none."
    starter = "{variable} = ..."

    @staticmethod
    def draw(whole):
        """{number of features, widths of the layers}; `whole(low, high)` draws a number."""
        return {"features": whole(*FEATURES), "widths": [whole(*WIDTHS) for _ in range(whole(3, 4))]}

    @staticmethod
    def text(features, widths):
        """What is asked, in Markdown."""
        return f"{_chain(features, widths)}\n\nHow many parameters does it hold, in all its layers together?"

    @staticmethod
    def expected(features, widths):
        """What is right."""
        return sum(i * o + o for i, o in _pairs(features, widths))

    @staticmethod
    def mistakes(features, widths):
        """{name: (wrong value, sentence)}."""
        pairs = _pairs(features, widths)
        weights, (i, o) = sum(i * o for i, o in pairs), pairs[0]
        return {
            "no biases": (weights, "These are the weights alone. Each Dense layer has a bias for each output too."),
            "first layer only": (i * o + o, "This is the first Dense layer alone. All layers of the chain count."),
            "weights of the first layer": (
                i * o,
                "These are the weights of the first layer alone. Count every layer, with its biases.",
            ),
            "without the last layer": (
                sum(i * o + o for i, o in pairs[:-1]),
                "The last Dense layer is missing: it holds parameters as the others do.",
            ),
            "a bias for each input": (
                sum(i * o + i for i, o in pairs),
                "A bias was counted for each input. It is added to what comes out: one for each output.",
            ),
            "one bias a layer": (
                weights + len(pairs),
                "One bias was counted a layer. A Dense layer has one for each output.",
            ),
            "biases only": (
                sum(widths),
                "These are the biases alone. Each Dense layer has inputs × outputs weights too.",
            ),
        }


class Shapes:
    """The shape of what each layer of a chain puts out, for a batch."""

    form = "a list of shapes, one for each layer, relu too: [(2, 3), (2, 3), …]"
    hint = "The first axis is the batch, which no layer changes; a Dense layer sets the last axis, and relu none."
    starter = "{variable} = ..."

    @staticmethod
    def draw(whole):
        """{size of the batch, number of features, widths of the layers}."""
        return {"batch": whole(5, 40), **Parameters.draw(whole)}

    @staticmethod
    def text(batch, features, widths):
        """What is asked, in Markdown."""
        return (
            f"{_chain(features, widths)}\n\nA batch of {batch} examples goes in. Write the shape of what each layer puts out, "
            f"in their order, `relu` too: {2 * len(widths) - 1} shapes, as a list of tuples."
        )

    @staticmethod
    def expected(batch, features, widths):
        """What is right."""
        return [(batch, width) for width in widths for _ in range(2)][:-1]

    @staticmethod
    def mistakes(batch, features, widths):
        """{name: (wrong value, sentence)}."""
        right = Shapes.expected(batch, features, widths)
        return {
            "no batch axis": (
                [(width,) for _, width in right],
                "The axis of the batch is missing: a batch went in, and one comes out of every layer.",
            ),
            "no batch axis, numbers": (
                [width for _, width in right],
                "These are widths. Asked are shapes, with the axis of the batch: tuples of two numbers.",
            ),
            "begins with the input": (
                [(batch, features), *right],
                "The shape of the input stands in front. Asked is what each layer puts out.",
            ),
            "input for output": (
                [(batch, features), *right[:-1]],
                "These are the shapes that go into each layer. Asked is what each puts out.",
            ),
            "Dense only": (right[::2], "These are the Dense layers alone. relu is a layer of the chain too."),
            "relu after the last": (
                [*right, right[-1]],
                "There is one shape too many: no relu stands behind the last Dense.",
            ),
            "the last alone": (right[-1], "This is the shape of the last output. Asked is one for each layer."),
            "axes exchanged": (
                [shape[::-1] for shape in right],
                "The axes are exchanged: the batch comes first, then the features.",
            ),
        }


class Output:
    """What a small chain puts out, for weights that are written out."""

    form = "a list of numbers, one for each output"
    hint = "First x @ W1 + b1; relu makes what is negative 0; then @ W2 + b2, and nothing behind that."
    starter = "x = {x}\nW1 = {W1}\nb1 = {b1}\nW2 = {W2}\nb2 = {b2}\n\n{variable} = ..."

    @staticmethod
    def draw(whole):
        """{x and the weights and biases of two Dense layers}, small whole numbers."""
        rows = lambda n, m: [[whole(-3, 3) for _ in range(m)] for _ in range(n)]
        return {"x": rows(1, 3)[0], "W1": rows(3, 4), "b1": rows(1, 4)[0], "W2": rows(4, 3), "b2": rows(1, 3)[0]}

    @staticmethod
    def text(x, W1, b1, W2, b2):
        """What is asked, in Markdown."""
        return (
            f"A chain of `Dense({len(b1)})`, `relu`, `Dense({len(b2)})` holds the weights `W1` and `W2`, of the shape "
            "(inputs, outputs), and the biases `b1` and `b2`, which stand in the cell below. "
            "Which numbers come out when `x` goes in?"
        )

    @staticmethod
    def expected(x, W1, b1, W2, b2):
        """What is right."""
        return _run(x, W1, b1, W2, b2)

    @staticmethod
    def mistakes(x, W1, b1, W2, b2):
        """{name: (wrong value, sentence)}."""
        same, relu = (lambda x: x), _relu
        hidden = relu(np.array(x) @ np.array(W1) + b1)
        zeros = [0] * len(b1), [0] * len(b2)
        return {
            "relu after the last": (
                _run(x, W1, b1, W2, b2, last=relu),
                "A relu stands behind the last layer, so no output is negative. It stands between the layers only.",
            ),
            "no relu": (
                _run(x, W1, b1, W2, b2, between=same),
                "There is no relu between the layers: what is negative there becomes 0.",
            ),
            "no biases": (
                _run(x, W1, zeros[0], W2, zeros[1]),
                "The biases are missing: a Dense layer gives x @ W + b.",
            ),
            "no first bias": (_run(x, W1, zeros[0], W2, b2), "The bias b1 is missing: it is added before relu."),
            "no last bias": (_run(x, W1, b1, W2, zeros[1]), "The bias b2 of the last layer is missing."),
            "relu before the bias": (
                (relu(np.array(x) @ np.array(W1)) + b1) @ np.array(W2) + b2,
                "relu came before b1 was added. A Dense layer is done, bias and all, when relu gets its output.",
            ),
            "relu on the input": (
                _run(relu(np.array(x)), W1, b1, W2, b2),
                "relu was applied to x itself. It stands behind the first Dense.",
            ),
            "the first layer alone": (hidden, "This is what comes out of relu. It goes on into the last Dense."),
        }


KINDS = {"my_parameters": Parameters, "my_shapes": Shapes, "my_output": Output}
"""{variable: what it asks for}, in the order in which they are asked."""


def _chain(features, widths):
    layers = ", `relu`, ".join(f"`Dense({width})`" for width in widths)
    return f"A chain takes examples of {features} features: {layers}. Every `Dense` has biases."


def _pairs(features, widths):
    """(inputs, outputs) of each Dense layer."""
    return list(zip([features, *widths], widths, strict=False))


def _relu(x):
    return np.maximum(x, 0)


def _run(x, W1, b1, W2, b2, between=_relu, last=lambda x: x):
    """Two Dense layers, with `between` and behind them what is given, as a list of whole numbers."""
    return last(between(np.array(x) @ np.array(W1) + b1) @ np.array(W2) + b2).tolist()
