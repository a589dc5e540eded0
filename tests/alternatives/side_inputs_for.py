import inspect
from inspect import Parameter, signature

import objax


def by_intersection(f, given):
    names = inspect.signature(f).parameters
    kinds = {p.kind for p in names.values()}
    return given if Parameter.VAR_KEYWORD in kinds else {name: given[name] for name in given.keys() & names.keys()}


def by_loop(f, given):
    accepted = {}
    for parameter in signature(f).parameters.values():
        if parameter.kind == Parameter.VAR_KEYWORD:
            return given.copy()
        if parameter.name in given:
            accepted[parameter.name] = given[parameter.name]
    return accepted


def by_last(f, given):
    parameters = list(signature(f).parameters.values())
    if not parameters:
        return {}
    if parameters[-1].kind is Parameter.VAR_KEYWORD:
        return given
    return dict(filter(lambda item: item[0] in signature(f).parameters, given.items()))


class SideInputsFor(dict):
    def __init__(self, f, given):
        parameters = signature(f).parameters
        takes_all = any("VAR_KEYWORD" in p.kind.name for p in parameters.values())
        super().__init__((name, value) for name, value in given.items() if takes_all or name in parameters)


ANSWERS = [by_intersection, by_loop, by_last, SideInputsFor]


# ---- wrong ----


def edits_what_was_given(f, given):
    for name in given.keys() - by_last(f, given).keys():
        del given[name]
    return given


def by_the_call_of_a_module(f, given):
    return by_last(f.__call__ if isinstance(f, objax.Module) else f, given)


NEAR_MISSES = [("only looked at", edits_what_was_given), ("modules", by_the_call_of_a_module)]
