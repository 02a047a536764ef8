"""The collections of RxDB, one for each entity, and documents as RxDB holds them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from fieldsales.errors import NotFound
from sync import documents
from sync.documents import Document
from sync.shape import plural
from sync.shapes import SHAPES

OUTBOX = "mutation"
"""Its collection takes any mutation as a document, and tells what became of those that a person may want to know of."""
COLLECTIONS: Mapping[str, str] = {plural(entity): entity for entity in SHAPES}
SENT = ("type", "v", "at", "entity", "base_version", "after", "data")
"""What an app writes into a document of the outbox, beside its id."""


class CollectionUnknown(NotFound):
    """There is no collection of that name. Collections are named after entities, in the plural."""

    code = "sync.collection_unknown"
    title = "There is no such collection"


def entity_of(collection: str) -> str:
    """Return the entity that a collection holds. Raises `CollectionUnknown`."""
    if collection not in COLLECTIONS:
        raise CollectionUnknown(f"There is no “{collection[:40]}”.", mend=f"There are {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[collection]


def looked_for(entity: str) -> frozenset[str]:
    """Return the entities whose changes matter to a collection: what is refused in the end must be taken back."""
    return frozenset({entity, OUTBOX})


def as_held(identity: str, document: Document | None) -> Document:
    """Return a document as RxDB holds it; None is one that is not there (any more)."""
    return {"id": identity, "_deleted": True} if document is None else document | {"_deleted": False}


def visible(session: Session, user_id: uuid.UUID, entity: str, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Document]:
    """Return those of these documents that exist and that the user may see, by id."""
    found = documents.visible(session, user_id, [(entity, identity) for identity in ids])
    return {identity: document for (_, identity), document in found.items()}


def canonical(told: str) -> uuid.UUID | None:
    """Return an id that is a UUID as we write it; None for any other text, under which a document could double."""
    try:
        found = uuid.UUID(told)
    except ValueError:
        return None
    return found if str(found) == told else None
