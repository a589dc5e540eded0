"""What a student wrote, as text that may stand on a page or in a terminal: bounded, and with nothing in it unseen.

Escape sequences, signs that turn the direction of reading, and signs without a width are shown by name, not obeyed.
"""

import re
import unicodedata

MOST = 20_000
"""So many letters of one text are shown."""
_UNUSUAL = re.compile(r"[^\n\t -~]")
_KEPT = {"\n", "\t", "\u200c", "\u200d"}
"""Beside line ends: the two joiners, which Persian, Hindi and many emoji are written with."""
_ACCENTS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}")


def visible(text, most=MOST):
    """`text` with control and direction signs shown as `⟨U+202E⟩`, cut to `most` letters and said so."""
    kept, rest = text[:most], len(text) - most
    if _UNUSUAL.search(kept):
        kept = kept.replace("\r\n", "\n").translate(_SHOWN)
        kept = _ACCENTS.sub(lambda found: found[0][:4] + "…", kept)
    return kept if rest <= 0 else f"{kept} … ({rest:,} letters more)"


def one_line(text, most=200):
    """`visible`, and each line end as `⏎`."""
    return visible(text, most).replace("\n", " ⏎ ").replace("\t", " ")


class _Shown(dict):
    """{code: how it is shown}, filled as signs are met."""

    def __missing__(self, code):
        self[code] = shown = _shown(code)
        return shown


_SHOWN = _Shown()


def _shown(code):
    sign, kind = chr(code), unicodedata.category(chr(code))
    if (kind[0] != "C" and kind not in ("Zl", "Zp")) or sign in _KEPT:
        return sign
    return f"⟨U+{code:04X}⟩"
