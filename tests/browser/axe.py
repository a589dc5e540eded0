"""What axe-core finds wrong in a page, as lines that can be read."""

from axe_playwright_python.sync_playwright import Axe


def violations(page, selector):
    """One line for each element inside `selector` that breaks a rule of axe-core; none is what one hopes for.

    Raises:
        playwright.sync_api.Error: nothing in the page matches `selector`.
    """
    found = Axe().run(page, selector).response["violations"]
    return [f"{rule['id']}: {node['html']} {_why(node)}" for rule in found for node in rule["nodes"]]


def _why(node):
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
