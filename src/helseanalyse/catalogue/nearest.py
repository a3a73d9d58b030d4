"""Which known name was probably meant: one measure of nearness for messages and search."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def nearest(word: str, known: Iterable[str], most: int = 3, least: float = 0.6) -> tuple[str, ...]:
    """The known names most like a word, best first, ties in alphabetical order.

    most: how many at most. least: the smallest likeness, 0 to 1 (twice the matching letters over
    all letters, as `difflib` counts; letter case does not count).

    >>> nearest("admited_on", ["admitted_on", "discharged_on", "sector"])
    ('admitted_on', 'discharged_on')
    >>> nearest("xyz", ["born_on"])
    ()
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word.casefold())
    scored = []
    for name in known:
        matcher.set_seq1(name.casefold())
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            ratio = matcher.ratio()
            if ratio >= least:
                scored.append((-ratio, name))
    return tuple(name for _, name in sorted(scored)[:most])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: " Did you mean a, b?" or nothing where no name is near.

    >>> did_you_mean("sexx", ["sex", "born_on"])
    ' Did you mean sex?'
    """
    names = nearest(word, known)
    return f" Did you mean {' or '.join(names)}?" if names else ""
