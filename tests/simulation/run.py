"""One seed: a world, a course of events, and the account at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from simulation import office, work
from simulation.checks import check_phone, check_server
from simulation.moments import Moments
from simulation.network import Network
from simulation.phones import Handset
from simulation.seeded import seeded
from simulation.trace import Broken, hold
from simulation.world import World, build
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.db.session import transaction
from fieldsales.errors import Unavailable
from sync.outcomes import RETRY

STEPS = 32
PUSHING, PULLING, DECIDING = 40, 15, 6
"""How many statements a push, a pull and a decision in the office make, roughly: they pause at one of these."""
PATIENCE = 6
"""How often a phone must try at most once the network is sound."""


class Failed(AssertionError):
    """A seed that breaks a promise, told so that it can be repeated."""

    def __init__(self, seed: int, world: World, broken: BaseException) -> None:
        self.promise = broken.promise if isinstance(broken, Broken) else f"no error: {type(broken).__name__}"
        again = f"make simulate FROM={seed} SEEDS=1"
        super().__init__(
            f"seed {seed} on {world.engine.dialect.name}: {broken}\nrepeat it: {again}\n\n{world.trace.tell()}"
        )


def simulate(engine: Engine, moments: Moments, seed: int) -> World:
    """Run one seed on an empty database; raise `Failed` if a promise does not hold."""
    with seeded(seed):
        world = build(engine, moments, seed)
        try:
            Run(world).run()
        except Exception as broken:
            raise Failed(seed, world, broken) from broken
        return world


class Run:
    """The course of one seed's events."""

    def __init__(self, world: World) -> None:
        self.world, self.network = world, Network(world)
        steps: list[Callable[[], None]] = [partial(self._work, each) for each in work.STEPS]
        steps += [partial(self._office, each) for each in office.STEPS]
        steps += [
            *[self._pause] * 3,
            *[self._meet] * 2,
            *[self._overtake] * 2,
            self._take_stock,
            *self.network.steps() * 2,
        ]
        # Each seed is fond of some things and never does others: rare meetings become frequent in some seed.
        self.steps = [step for step in steps for _ in range(world.pick([0, 1, 1, 3]))]

    def run(self) -> None:
        """Let things happen, then let everything come to rest and check."""
        for _ in range(STEPS):
            self._step()
        self._come_to_rest()
        self._ask_again()
        check_server(self.world)
        self._look_at_phones()

    def _step(self) -> None:
        self.world.pass_time()
        self.world.pick(self.steps)()

    def _work(self, step: Callable[[World], None]) -> None:
        self.world.trace.note(step.__name__)
        step(self.world)

    def _office(self, step: Callable[[World, Session], Callable[[], None] | None]) -> None:
        """Do something in the office, and what it wants to be done once it is committed."""
        self.world.trace.note(f"the office: {step.__name__}")
        try:
            with transaction(self.world.engine) as session:
                afterwards = step(self.world, session)
        except Unavailable:
            self.world.trace.note("     not now")
        else:
            if afterwards:
                afterwards()

    def _pause(self) -> None:
        """Let a write wait at one of its moments while other things happen, and then go on."""
        world = self.world
        if world.pausing:
            return
        work, moment, told = self._something_to_pause()
        world.trace.note(f"at moment {moment} pauses: {told}")
        with self._paused(work, moment):
            for _ in range(world.chance.randint(1, 4)):
                if world.often(0.4):
                    self.network.receive()
                else:
                    self._step()

    def _take_stock(self) -> None:
        """At a quiet moment everything must be right already: what the server holds, and a phone that has pulled."""
        if not self.world.pausing:
            self._bring_home()
            phone = self.world.phone()
            self.network.receive(phone, all_pages=True)
            check_phone(self.world, phone)
            check_server(self.world)

    def _meet(self) -> None:
        """Two phones of one rep push at once, and what one brings waits for what the other brings."""
        world = self.world
        phone = world.phone()
        others = [each for each in world.colleagues(phone) if each is not phone]
        if world.pausing or not others:
            return
        other = world.pick(others)
        work.call_with_both(world, phone, other)
        first, second = world.chance.sample([phone, other], 2)
        moment, request = world.chance.randint(1, PUSHING), first.request(first.queue)
        world.trace.note(f"at moment {moment} pauses a push of {first.name}, for one of {second.name}")
        with self._paused(partial(self.network.deliver, request), moment):
            self.network.deliver(second.request(second.queue))

    def _overtake(self) -> None:
        """A decision in the office is about to be committed while another is, and while a phone pulls."""
        if self.world.pausing:
            return
        first, second = self.world.chance.sample([office.agree_price, office.change_price, office.plan_visit], 2)
        self.world.trace.note(f"{second.__name__} overtakes {first.__name__}")
        with self._paused(partial(self._office, first), self.world.chance.randint(2, 4)):
            self._office(second)
            self.network.receive(all_pages=True)

    @contextmanager
    def _paused(self, work: Callable[[], object], moment: int) -> Iterator[None]:
        self.world.pausing = True
        with self.world.moments.paused(work, moment):
            yield
            self.world.trace.note("     and goes on")
        self.world.pausing = False

    def _something_to_pause(self) -> tuple[Callable[[], object], int, str]:
        world = self.world
        senders = [phone for phone in world.phones if phone.queue]
        if senders and world.often(0.5):
            phone = world.pick(senders)
            request = phone.request(phone.queue)
            return partial(self.network.deliver, request), world.chance.randint(1, PUSHING), f"a push of {phone.name}"
        if world.often(0.2):
            phone = world.phone()
            pull = partial(self.network.receive, phone, all_pages=world.often(0.5))
            return pull, world.chance.randint(1, PULLING), f"a pull of {phone.name}"
        step = world.pick(office.STEPS)
        if step in office.ASSIGNING:
            world.flags_are_certain = False
        return partial(self._office, step), world.chance.randint(2, DECIDING), step.__name__

    def _come_to_rest(self) -> None:
        """The network is sound at last: every queue drains, every phone gets what it may see."""
        world = self.world
        world.trace.note("everything comes to rest")
        self._bring_home()
        while self.network.underway:
            self.network.bring_delayed()
        for phone in world.phones:
            self._drain(phone)
        for phone in world.phones:
            self.network.receive(phone, all_pages=True, limit=world.pick([4, 500, 500]))

    def _bring_home(self) -> None:
        while self.world.astray:
            self._office(office.move_order)

    def _drain(self, phone: Handset) -> None:
        for _ in range(PATIENCE):
            if not phone.queue:
                return
            request = phone.request(phone.queue[:500])
            answer = self.network.deliver(request)
            if answer is not None:
                phone.heard(request, [each.status for each in answer.pushed.results])
        hold("every queue drains", phone.queue, [])

    def _ask_again(self) -> None:
        """Send everything once more: nothing but replays."""
        self.world.pass_time()
        for phone in self.world.phones:
            known = [each.payload for each in self.world.books.stored.values() if each.phone is phone]
            answer = self.network.deliver(phone.request(known))
            results = answer.pushed.results if answer else ()
            hold("a queue that was sent is known", [each.replayed for each in results], [True] * len(known))
            hold("nothing is to be sent again", [each.status for each in results if each.status == RETRY], [])

    def _look_at_phones(self) -> None:
        """A phone that begins anew holds its scope, and word for word what others have learned of it bit by bit."""
        for phone in self.world.first_phones():
            fresh = replace(phone, cursor=None, store={})
            self.network.receive(fresh, all_pages=True, limit=500)
            check_phone(self.world, fresh)
            for each in self.world.colleagues(phone):
                hold("what was learned bit by bit is what there is", each.store, fresh.store)
