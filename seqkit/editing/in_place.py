"""Styles in which an edit changes the chain itself: the line of code that does it."""


def said(cls):
    """{operation: template of the line of code that does it}; `inside` is how a chain in a chain is reached.

    Args:
        cls: the framework's own class, as code calls it.
    """
    return {
        "Sequential": cls,
        "inside": "{chain}[{i}]",
        "insert": "{chain}.insert({i}, {layer})",
        "replace": "{chain}[{i}] = {layer}",
        "remove": "del {chain}[{i}]",
        "move": "{chain}.insert({to}, {chain}.pop({i}))",
        "duplicate": "{chain}.insert({after}, {chain}[{i}])",
    }
