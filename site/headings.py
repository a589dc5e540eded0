"""How a heading is called in a link."""


def slug(title):
    """The name under which JupyterLab and GitHub know a heading, so that one link serves all three."""
    return title.replace(" ", "-")
