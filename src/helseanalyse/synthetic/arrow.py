"""Arrays as columns of an Arrow table, in the types that the vault wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from helseanalyse.synthetic.calendar import NEVER


def dates(days: npt.NDArray[np.integer]) -> pa.Array:
    """Days since 1970 as dates; NEVER becomes null.

    >>> dates(np.array([0, NEVER])).to_pylist()
    [datetime.date(1970, 1, 1), None]
    """
    days = days.astype(np.int32)
    return pa.array(days, mask=days >= NEVER, type=pa.int32()).cast(pa.date32())


def chosen(index: npt.NDArray[np.integer], names: Sequence[str]) -> pa.Array:
    """Texts by their place in `names`; a negative index becomes null.

    >>> chosen(np.array([1, -1]), ["a", "b"]).to_pylist()
    ['b', None]
    """
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(list(names), pa.string()))


def code_lists(counts: npt.NDArray[np.integer], index: npt.NDArray[np.integer], names: Sequence[str]) -> pa.Array:
    """Lists of texts: counts says how many of the flat `index` belong to each row.

    >>> code_lists(np.array([2, 0]), np.array([1, 0]), ["a", "b"]).to_pylist()
    [['b', 'a'], []]
    """
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    values = pa.DictionaryArray.from_arrays(pa.array(index), pa.array(list(names), pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def numbers(values: npt.NDArray[np.generic], known: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Numbers or truth values; null where not known.

    >>> numbers(np.array([1, 2]), np.array([True, False])).to_pylist()
    [1, None]
    """
    return pa.array(values, mask=None if known is None else ~known)


def persons(pid: npt.NDArray[np.integer]) -> pa.Array:
    """Person numbers; 0 becomes null.

    >>> persons(np.array([5, 0])).to_pylist()
    [5, None]
    """
    return pa.array(pid.astype(np.int32), mask=pid <= 0)


def table(columns: Mapping[str, pa.Array]) -> pa.Table:
    """A table of columns of equal length."""
    return pa.table(dict(columns))
