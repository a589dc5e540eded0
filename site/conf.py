"""The lessons as web pages: `make site` has Sphinx read `notebooks/` with these settings. Nothing is run, nothing fetched."""

import sys
from pathlib import Path

import nbformat
from docutils import nodes

HERE = Path(__file__).parent
LESSONS = sorted((HERE.parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
sys.path.insert(0, str(HERE))

project = "seqkit"
author = "the seqkit founders"
extensions = ["myst_nb"]
root_doc = "index"
include_patterns = ["index.md", "glossary.md", "*.ipynb"]
templates_path = ["templates"]
nb_execution_mode = "off"
myst_heading_anchors = 3
myst_heading_slug_func = "headings.slug"

html_theme = "pydata_sphinx_theme"
html_title = "seqkit: learn Sequential"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"**": ["pages.html"]}
html_theme_options = {
    "navbar_center": [],
    "secondary_sidebar_items": [],
    "footer_start": [],
    "footer_end": [],
}


def setup(app):
    """Sphinx calls this once."""
    app.connect("source-read", _with_pages)
    app.connect("doctree-read", _pictures_in_words)


def _with_pages(app, name, source):
    """Give the first page the list of all pages, which Sphinx needs and GitHub would show as code."""
    if name == root_doc:
        pages = "\n".join([*map(_entry, LESSONS), "Glossary <glossary>"])
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def _entry(lesson):
    """A line of that list: number and title of a lesson."""
    title = nbformat.read(lesson, as_version=4).cells[0].source.partition("\n")[0]
    return f"{lesson.stem[:2]} {title.removeprefix('# ')} <{lesson.stem}>"


def _pictures_in_words(app, doctree):
    """A cell's picture is shown; the line of text that is saved beside it is what a screen reader says."""
    for output in doctree.findall(nodes.container):
        if output.get("nb_element") == "mime_bundle":
            words = [kind.astext() for kind in output if kind.get("mime_type") == "text/plain"]
            for picture in output.findall(nodes.image):
                picture["alt"] = words[0]
