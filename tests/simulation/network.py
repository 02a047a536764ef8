"""The road between phones and the server, on which everything happens that happens to requests."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from simulation.moments import Death, Died, Stumble
from simulation.phones import Handset, Request
from simulation.trace import Broken
from simulation.world import World
from worlds.first_load import begin, documents_of, fetch

from fieldsales.db.session import reading
from fieldsales.errors import Unavailable
from sync.batch import SchemaUnsupported
from sync.cursor import CursorExpired
from sync.exchange import Exchange, exchange
from sync.outcomes import ItemResult
from sync.pull import pull

MOST_MOMENTS = 60
"""Few requests make more statements than this."""


class Network:
    """Carries requests, loses some, repeats some; it remembers each and may bring it again at any time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.underway: list[Request] = []
        self.carried: list[Request] = []

    # -- one request ------------------------------------------------------------------------------------------

    def deliver(self, request: Request) -> Exchange | None:
        """Bring a request to the server, once; return the answer, or None where there is none."""
        world = self.world
        arrived = max(world.now, request.sent.true)
        if arrived - request.sent.true > timedelta(minutes=2):
            world.late_boots.add(request.sent.boot_id)
        try:
            answer = exchange(world.engine, request.phone.who, request.batch(), arrived)
        except Unavailable as busy:
            world.trace.note(f"     503 {busy.code}: {request.phone.name} keeps its queue")
            return None
        self._processed(request, answer.pushed.results)
        return answer

    def kill(self, request: Request, moment: int) -> None:
        """Bring a request to a server that dies at a moment; if it lives on, the answer is lost."""
        stop = Death(moment)
        try:
            self.world.moments.run(lambda: self.deliver(request), stop)
        except Died:
            self.world.trace.note(f"     the server dies {'after' if stop.committing else 'before'} its commit")
            if stop.committing:
                self._processed(request, None)

    def _processed(self, request: Request, results: Sequence[ItemResult] | None) -> None:
        world = self.world
        world.books.committed(request, world.now, results)
        if results is not None:
            told = ", ".join(f"{str(each.id)[-4:]} {each.status}{'*' if each.replayed else ''}" for each in results)
            world.trace.note(f"     answers {request.phone.name}: {told}")

    # -- what phones do ---------------------------------------------------------------------------------------

    def send(self, phone: Handset | None = None) -> None:
        """Send some or all of a phone's queue, in any order; something may happen on the way."""
        world, phone = self.world, phone or self.world.phone()
        if not phone.queue:
            return
        request = self._request(phone)
        self.carried.append(request)
        fate = world.pick(
            [self._arrives] * 5
            + [self._lost, self._answer_lost, self._twice, self._delayed, self._stumbles, self._dies, self._dies]
        )
        world.trace.note(f"{phone.name} sends {len(request.mutations())}: {fate.__name__.strip('_')}")
        fate(request)

    def _request(self, phone: Handset) -> Request:
        world, queue = self.world, list(phone.queue)
        if world.often(0.3):
            queue = queue[: world.chance.randint(1, len(queue))]
        if world.often(0.4):
            world.chance.shuffle(queue)
        if world.often(0.15):
            queue.append(world.pick(queue))
        more: dict[str, Any] = {}
        if world.often(0.5):
            more = {"cursor": phone.cursor, "want_changes": phone.cursor is not None}
        return phone.request(queue, **more)

    def _arrives(self, request: Request) -> None:
        answer = self.deliver(request)
        if answer is None:
            return
        asked = json.loads(request.text).get("cursor")
        request.phone.heard(request, [each.status for each in answer.pushed.results])
        if answer.changes is not None and request.phone.cursor == asked:
            request.phone.take(answer.changes)
        elif isinstance(answer.lost, CursorExpired):
            request.phone.cursor = None

    def _lost(self, _request: Request) -> None:
        pass

    def _answer_lost(self, request: Request) -> None:
        self.deliver(request)

    def _twice(self, request: Request) -> None:
        self.deliver(request)
        self._arrives(request)

    def _delayed(self, request: Request) -> None:
        self.underway.append(request)

    def _dies(self, request: Request) -> None:
        self.kill(request, self.world.chance.randint(1, MOST_MOMENTS))

    def _stumbles(self, request: Request) -> None:
        stop = Stumble(self.world.chance.randint(4, 30), self.world.chance.randint(1, 40))
        self.world.moments.run(lambda: self._arrives(request), stop)

    def bring_delayed(self) -> None:
        """Something that was underway arrives after all, perhaps after newer things."""
        if self.underway:
            request = self.underway.pop(self.world.chance.randrange(len(self.underway)))
            self.world.trace.note(f"what {request.phone.name} sent at {request.sent.true:%H:%M:%S} arrives")
            self.deliver(request)

    def bring_again(self) -> None:
        """A proxy repeats something that was sent before, maybe long before; nobody waits for the answer."""
        if self.carried:
            request = self.world.pick(self.carried)
            self.world.trace.note(f"what {request.phone.name} sent at {request.sent.true:%H:%M:%S} is repeated")
            self.deliver(request)

    def send_from_an_old_app(self) -> None:
        """An app that speaks another protocol is told so, and keeps what it has."""
        phone = self.world.phone()
        request = phone.request(phone.queue, schema=2)
        try:
            exchange(self.world.engine, phone.who, request.batch(), self.world.now)
        except SchemaUnsupported:
            return
        raise Broken("another protocol is refused whole", request)

    def receive(self, phone: Handset | None = None, *, limit: int | None = None, all_pages: bool = False) -> None:
        """Pull one page or all; the answer to a page may be lost, and the phone asks again with what it has."""
        world, phone = self.world, phone or self.world.phone()
        pages = 1000 if all_pages or world.often(0.5) else 1
        # How many pages there are may depend on what else the database server does: what follows must not.
        lost, chance = 0 if all_pages else 0.2, random.Random(world.chance.random())
        size = limit or world.pick([2, 7, 500, 500])
        by_parts = world.often(0.3)
        if phone.cursor is None and by_parts:
            self._begin_by_parts(phone)
        world.trace.note(f"{phone.name} pulls {pages} page(s) of {size}")
        while pages:
            asked = phone.cursor
            page = self._page(phone, size)
            pages -= 1
            # A phone takes an answer only while it still waits for it.
            if page is not None and phone.cursor == asked and chance.random() >= lost:
                phone.take(page)
                if not page.more:
                    return

    def _begin_by_parts(self, phone: Handset) -> None:
        """Load everything in parts, in any order, one of them perhaps twice; things may change in between."""
        world = self.world
        world.trace.note(f"{phone.name} begins by parts")
        names = begin(world.engine, phone)
        for name in world.chance.sample(names, len(names)):
            if world.often(0.2) and not world.pausing:
                self.deliver_something()
            _, part = fetch(world.engine, phone.who.user_id, name)
            phone.store |= documents_of(part)

    def deliver_something(self) -> None:
        """A phone sends its queue, and nobody waits for the answer."""
        if senders := [phone for phone in self.world.phones if phone.queue]:
            phone = self.world.pick(senders)
            self.deliver(phone.request(phone.queue))

    def _page(self, phone: Handset, size: int) -> Any:
        if phone.cursor is None:
            phone.store.clear()
        try:
            with reading(self.world.engine) as session:
                return pull(session, phone.who.user_id, phone.cursor, size)
        except CursorExpired:
            self.world.trace.note(f"     410: {phone.name} begins anew and keeps its queue")
            phone.cursor = None
            return None

    def steps(self) -> tuple[Callable[[], None], ...]:
        """Return what may happen here."""
        return (
            self.send, self.send, self.send, self.send, self.receive, self.receive, self.receive,
            self.bring_delayed, self.bring_again, self.send_from_an_old_app,
        )  # fmt: skip
