from itertools import accumulate

import seqkit as sk


def by_slices(chain, x):
    return [chain[: i + 1](x) for i in range(len(chain))]


def by_accumulate(chain, x):
    return list(accumulate(chain, lambda value, layer: layer(value), initial=x))[1:]


def by_trace(chain, x):
    return [step.output for step in sk.trace(chain, x)]


def by_recursion(chain, x):
    if len(chain) == 0:
        return []
    y = chain[0](x)
    return [y, *by_recursion(chain[1:], y)]


def by_last(chain, x):
    outputs = [x]
    for layer in chain:
        outputs.append(layer(outputs[-1]))
    del outputs[0]
    return outputs


ANSWERS = [by_slices, by_accumulate, by_trace, by_recursion, by_last]
