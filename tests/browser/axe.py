"""What axe-core finds wrong in a page, as lines that can be read."""

from axe_playwright_python.sync_playwright import Axe

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that another theme can break."""
FRAME = "() => { if (document.body.clientHeight < 2) document.body.style.height = '100vh'; }"
"""JupyterLab's body has no height and hides what overflows: axe takes all of it for hidden, and measures no colour."""


def violations(page, selector, rules=None):
    """One line for each element inside `selector` that breaks a rule of axe-core; none is what one hopes for.

    Args:
        page: of Playwright.
        selector: of the part that is looked at.
        rules: their names; None: all.

    Raises:
        playwright.sync_api.Error: nothing in the page matches `selector`.
    """
    page.evaluate(FRAME)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = Axe().run(page, selector, options).response["violations"]
    return [f"{rule['id']}: {node['html']} {_why(node)}" for rule in found for node in rule["nodes"]]


def _why(node):
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
