"""Which submissions are alike: pairs, by the passages that they share. A reason to look at two, never a proof.

Code is compared as tokens: names are all one, literals are their kind, comments and blank lines are gone. So a copy with
other names is seen, and what is handed out, or what everybody writes, is not counted. Passages are runs of `PASSAGE` tokens.
"""

import functools
import heapq
import io
import keyword
import re
import tokenize
from dataclasses import dataclass

PASSAGE = 6
ALIKE = 0.75
"""The share of passages in common, as a cosine, from which a pair is told."""
SHORTEST = 20
"""Submissions with fewer passages of their own than this are alike by chance."""
MOST_TEXT = 200_000
"""So many letters of a submission are compared."""
SHORT_CELL = 4000
"""A cell of fewer letters is read once, however many have it."""
ROWS = 256
_FEATURES = 2**20
_WORD = re.compile(r"\w+|[^\w\s]")
_COMMENT = re.compile(r"#.*")
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER}
_NAMED = {tokenize.INDENT: "⇥", tokenize.DEDENT: "⇤", tokenize.NUMBER: "0", tokenize.STRING: '""'}


@dataclass(frozen=True)
class Pair:
    """Two submissions that are alike.

    Attributes:
        one, other: their places in what was compared.
        score: cosine of their passages, those that many have counting less; from 0 to 1.
        alone: how many passages these two have and almost nobody else.
        to_the_letter: whether names and literals are the same too.
    """

    one: int
    other: int
    score: float
    alone: int
    to_the_letter: bool


def pairs(submissions, given=(), most=50):
    """The pairs that are most alike: what almost nobody else has comes first.

    Args:
        submissions: for each the sources of its code cells.
        given: sources that were handed out; what stands in them counts for nobody.
        most: how many pairs at most.
    """
    if len(submissions) < 2:
        return []
    counts = _counts(submissions, [(source,) for source in given])
    found = _nearest(counts, most)
    return [Pair(i, j, score, alone, _same(submissions[i], submissions[j])) for alone, score, i, j in found]


def _read(cells, names=False):
    """The tokens of all cells, one behind the other: a cell that Python cannot read does not spoil the rest."""
    found, room = [], MOST_TEXT
    for cell in cells:
        cell = cell.encode("utf-8", "replace").decode()  # half of a surrogate pair has no bytes to be hashed
        found += (_tokens_of_short if len(cell) < SHORT_CELL else tokens)(cell[:room], names)
        room = max(0, room - len(cell))
    return found


def _same(one, other):
    return _read(one, names=True) == _read(other, names=True)


def tokens(source, names=False):
    """`source` as its tokens; with `names` these and literals stand as they are. What Python cannot read: its words."""
    try:
        read = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        words = _WORD.findall(source if names else _COMMENT.sub("", source))
        return words if names else [_word(word) for word in words]
    return [part.string if names else _token(part) for part in read if part.type not in _SILENT]


_tokens_of_short = functools.lru_cache(2048)(tokens)


def _token(part):
    return _word(part.string) if part.type == tokenize.NAME else _NAMED.get(part.type, part.string)


def _word(word):
    if keyword.iskeyword(word):
        return word
    return "0" if word[0].isdigit() else "n" if word[0].isalpha() or word[0] == "_" else word


def _counts(documents, given):
    """(submissions, passages) sparse: 1 where a passage is in a submission and not in what was handed out."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer=_passages, n_features=_FEATURES, norm=None, alternate_sign=False, binary=True, dtype="float32"
    )
    counts = hashing.transform(documents)
    if given:
        counts = counts @ _without(hashing.transform(given))
        counts.eliminate_zeros()
    return counts.tocsr()


def _without(given):
    """The diagonal that takes away the passages of what was handed out."""
    import numpy as np
    from scipy.sparse import diags

    kept = np.ones(given.shape[1], np.float32)
    kept[given.indices] = 0
    return diags(kept, dtype=np.float32)


def _passages(cells):
    words = _read(cells)
    return [" ".join(words[i : i + PASSAGE]) for i in range(len(words) - PASSAGE + 1)]


def _nearest(counts, most):
    """(alone, score, i, j) of the pairs i < j that are alike, in chunks of rows, so that memory stays bounded."""
    import numpy as np

    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    weighted, rare = _weighted(counts, spread), _rare(counts, spread)
    long_enough = np.diff(counts.indptr) >= SHORTEST
    best = []
    for start in range(0, len(long_enough), ROWS):
        chunk = (weighted[start : start + ROWS] @ weighted.T).tocoo()
        kept = (chunk.data >= ALIKE) & (chunk.row + start < chunk.col)
        kept &= long_enough[chunk.row + start] & long_enough[chunk.col]
        i, j, scores = chunk.row[kept] + start, chunk.col[kept], chunk.data[kept]
        best = heapq.nsmallest(most, [*best, *_with_alone(rare, i, j, scores, most)], _order)
    return best


def _order(found):
    """First those that have most alone, then the most alike."""
    alone, score, i, j = found
    return -alone, -score, i, j


def _with_alone(rare, i, j, scores, most):
    """What `_nearest` gives, of one chunk: counting what two have alone is left to those with a chance."""
    import numpy as np

    alone = np.concatenate(
        [
            np.asarray(rare[i[k : k + 4096]].multiply(rare[j[k : k + 4096]]).sum(1)).ravel()
            for k in range(0, len(i), 4096)
        ]
        or [np.empty(0)]
    ).astype(int)
    first = np.lexsort((-scores, -alone))[:most]
    return [(int(alone[k]), min(1.0, round(float(scores[k]), 4)), int(i[k]), int(j[k])) for k in first]


def _weighted(counts, spread):
    """Rows of length 1, in which a passage counts the less the more submissions have it."""
    import numpy as np
    from scipy.sparse import diags
    from sklearn.preprocessing import normalize

    rarity = np.log((1 + counts.shape[0]) / (1 + spread)).astype(np.float32) + np.float32(0.05)
    return normalize(counts @ diags(rarity, dtype=np.float32), copy=False).tocsr()


def _rare(counts, spread):
    """The passages that at least two and almost nobody else have."""
    few = min(5, max(2, counts.shape[0] // 10))
    kept = counts.copy()
    kept.data[(spread[kept.indices] < 2) | (spread[kept.indices] > few)] = 0
    kept.eliminate_zeros()
    return kept
