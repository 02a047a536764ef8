"""How well a score ranks those who are looked for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def average_precision(wanted: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    """Return the mean precision at each one that is found; equal scores come together."""
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(wanted[order])
    last = np.flatnonzero(np.concatenate([np.diff(score[order]) != 0, [True]]))
    recall = np.concatenate([[0.0], found[last] / max(1, int(found[-1]))])
    return float((np.diff(recall) * found[last] / (last + 1)).sum())


def area_under_roc(wanted: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    """Return the chance that one of the wanted scores higher than another; equal scores count half."""
    _, place, many = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(many) - (many - 1) / 2)[place]
    ones = int(wanted.sum())
    return float((ranks[wanted].sum() - ones * (ones + 1) / 2) / max(1, ones * (len(wanted) - ones)))
