"""Small edits of each reference are refused: a share of them here, all of them by `make fidelity`."""

import numpy as np
import pytest

from seqkit.exercise import load, names
from tests import fidelity
from tests.mutants import EQUIVALENT, FREE, mutants, survivors

SHARE = 6
"""So many edits of each page in one run of the tests; which ones is fixed."""


@pytest.mark.parametrize("name", [name for name in names() if name not in FREE])
def test_small_edits_of_the_reference_are_refused(name):
    page = load(name)
    count = len(list(mutants(page)))
    only = set(np.random.default_rng(page.number).permutation(count)[:SHARE].tolist())
    _, passed = survivors(page, draw=4, only=only)
    assert not [label for label, _ in passed]


def test_what_is_called_equivalent_is_an_edit_that_is_there():
    for name, edits in EQUIVALENT.items():
        assert set(edits) <= {label for label, _ in mutants(load(name))}, name


def test_fidelity_names_what_a_page_judges_wrongly(monkeypatch, capsys):
    page = load("shapes")
    monkeypatch.setattr(page, "probes", page.probes[:1])
    monkeypatch.setattr(fidelity, "first_s", lambda name: (0.0, 0.0))
    monkeypatch.delitem(EQUIVALENT, "shapes")
    assert fidelity.main(["shapes"]) == 1
    said = capsys.readouterr().out.split("\n")
    assert "    the mistake computes is not named on every draw" in said
    assert "    an edit passes: tuple(found) → found" in said
