"""In which order the mutations of a batch are done."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from sync.envelope import Envelope


def in_order(envelopes: Iterable[Envelope]) -> dict[uuid.UUID, Envelope]:
    """Return the mutations of a batch by id, in the order of `seq`, but none before one that it names in `after`.

    Of several with one id the first counts. In a circle somebody must come too early; that one is held at first.
    """
    queue: dict[uuid.UUID, Envelope] = {}
    for each in sorted(envelopes, key=lambda each: (each.seq, each.index)):
        queue.setdefault(each.id, each)
    placed: dict[uuid.UUID, Envelope] = {}
    met: set[uuid.UUID] = set()
    for each in queue.values():
        ahead = [(each, _named(each))] if each.id not in met else []
        met.add(each.id)
        while ahead:
            last, names = ahead[-1]
            first = next((queue[name] for name in names if name in queue and name not in met), None)
            if first is None:
                placed[last.id] = last
                ahead.pop()
            else:
                met.add(first.id)
                ahead.append((first, _named(first)))
    return placed


def _named(envelope: Envelope) -> Iterator[uuid.UUID]:
    """Return those that a readable mutation names in `after`."""
    return (uuid.UUID(each) for each in envelope.payload.get("after", ())) if envelope.type else iter(())
