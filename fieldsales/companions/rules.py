"""What similar customers buy and this one does not: products that are bought by the same customers.

Item-item collaborative filtering by the cosine of who buys what (Sarwar et al., WWW 2001): two products are as alike as
the customers who buy both are many, for how many buy either. A customer's score of a product that it does not buy is
the sum of its likeness to those that it buys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_CUSTOMERS = 3
"""A product that fewer customers buy is not proposed: too little is known of it."""
MOST_PRODUCTS = 3000
"""The products that most customers buy; the table of likeness has the square of them (36 MB)."""
_CHUNK = 1024

Ints = npt.NDArray[np.int64]
Table = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A product to propose: how many customers buy it, its score, and the product for which it is proposed most."""

    product: int
    because_of: int
    customers: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How alike products are, two by two, and who buys what. `products` are the indices of those that count.

    `who` and `what` are pairs by customer, `what` counting within `products`; `customers` says how many buy each.
    """

    who: Ints
    what: Ints
    products: Ints
    customers: Ints
    alike: Table


def learn(who: Sequence[int], what: Sequence[int]) -> Likeness:
    """Return what is alike from pairs of customer and product, by index; pairs may come more than once."""
    pairs = np.unique(np.array([who, what], dtype=np.int64).reshape(2, -1), axis=1)
    products, places, counts = np.unique(pairs[1], return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_PRODUCTS])
    place = np.full(len(products), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    inside = place[places] >= 0
    rows, columns = pairs[0][inside], place[places[inside]]
    together = np.zeros((len(kept), len(kept)), dtype=np.float32)
    for baskets in _baskets(rows, columns, len(kept)):
        together += baskets.T @ baskets
    sizes = counts[kept]
    scale = np.sqrt(np.outer(sizes, sizes).astype(np.float32))
    alike: Table = np.divide(together, scale, dtype=np.float32)
    np.fill_diagonal(alike, 0.0)
    return Likeness(rows, columns, products[kept], sizes, alike)


def propose(known: Likeness, customers: Sequence[int], most: int) -> Mapping[int, list[Proposal]]:
    """Return for each customer at most so many products that it does not buy, the best first; of equals by index."""
    found = {}
    for customer in customers:
        first, last = np.searchsorted(known.who, [customer, customer + 1])
        has = known.what[first:last]
        likeness = known.alike[has]
        scores = likeness.sum(axis=0)
        scores[has] = 0.0
        scores[known.customers < LEAST_CUSTOMERS] = 0.0
        best = [int(at) for at in np.argsort(-scores, kind="stable")[:most] if scores[at] > 0.0]
        found[customer] = [
            Proposal(
                product=int(known.products[at]),
                because_of=int(known.products[has[int(np.argmax(likeness[:, at]))]]),
                customers=int(known.customers[at]),
                score=round(float(scores[at]), 3),
            )
            for at in best
        ]
    return found


def _baskets(who: Ints, what: Ints, products: int) -> Iterator[Table]:
    """Yield who buys what as tables of 0 and 1, some customers at a time; pairs are sorted by customer."""
    _, row = np.unique(who, return_inverse=True)
    for start in range(0, int(row[-1]) + 1 if len(row) else 0, _CHUNK):
        first, last = np.searchsorted(row, [start, start + _CHUNK])
        table = np.zeros((_CHUNK, products), dtype=np.float32)
        table[row[first:last] - start, what[first:last]] = 1.0
        yield table
