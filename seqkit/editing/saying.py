"""The line of code that does what an edit did, out of the table of the style."""


def line(said, kinds, counts, operation, position, words):
    """The line of code of an operation.

    Args:
        said: {operation: template}, of `anew.said` or `in_place.said`.
        kinds: how code calls the class of the whole chain, of the chain in it on the way to `position`, and so on.
        counts: how many layers each of them has.
        operation: "insert", "replace", "remove", "move" or "duplicate".
        position: of the layer.
        words: what else the template asks for.
    """
    *inside, at = position
    chains = _chains(said, inside)
    if operation == "move" and "move" not in said:
        operation = "move on" if words["to"] > at else "move back"
    found = _filled(said[operation], chains[-1], kinds[-1], counts[-1], at, words)
    for n in reversed(range(len(inside))):
        if found.startswith("chain = "):
            inner = {"layer": found.removeprefix("chain = ")}
            found = _filled(said["replace"], chains[n], kinds[n], counts[n], inside[n], inner)
    return found


def _chains(said, inside):
    """The whole chain, the chain in it, and so on, as code reaches them."""
    chains = ["chain"]
    for i in inside:
        chains.append(said["inside"].format(chain=chains[-1], i=i))
    return chains


def _filled(template, chain, kind, count, i, words):
    """A line of code without the slices that hold no layer of a chain of `count` layers."""
    code = template.format(chain=chain, kind=kind, i=i, after=i + 1, **words)
    return code.replace(f"*{chain}.layers[:0], ", "").replace(f", *{chain}.layers[{count}:]", "")
