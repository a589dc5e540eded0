"""Styles in which an edit makes a new chain: the line of code that does it, and nothing to put back."""


def said(cls, opening, closing):
    """{operation: template of the line of code that does it}; `inside` is how a chain in a chain is reached.

    Args:
        cls: the framework's own class, as code calls it.
        opening: what stands between the class and its layers: "([" where it takes a list.
        closing: what stands behind the layers.
    """
    layers = {
        "insert": "*{chain}.layers[:{i}], {layer}, *{chain}.layers[{i}:]",
        "replace": "*{chain}.layers[:{i}], {layer}, *{chain}.layers[{after}:]",
        "remove": "*{chain}.layers[:{i}], *{chain}.layers[{after}:]",
        "move on": "*{chain}.layers[:{i}], *{chain}.layers[{after}:{behind}], {chain}.layers[{i}], "
        "*{chain}.layers[{behind}:]",
        "move back": "*{chain}.layers[:{to}], {chain}.layers[{i}], *{chain}.layers[{to}:{i}], "
        "*{chain}.layers[{after}:]",
        "duplicate": "*{chain}.layers[:{after}], *{chain}.layers[{i}:]",
    }
    table = {operation: "chain = {kind}" + opening + held + closing for operation, held in layers.items()}
    return {"Sequential": cls, "inside": "{chain}.layers[{i}]"} | table


def snapshot(chain):
    """What puts the layers back that the chain holds now: nothing to do, a chain of this style does not change."""
    return lambda: None
