"""People: an admin who talks to the bot and decides by hand, others who post and delete."""

import asyncio
import random
from dataclasses import dataclass

from feeds.store.decisions import Deed
from tests.simulation.outside import SimOutside
from tests.simulation.plan import OWNER, Plan
from tests.simulation.seen import Decision, Diary
from tests.world.clock import SimClock
from tests.world.disk import Disk

COMMANDS = ("/status", "/feeds", "/start", "/pause feed-0", "/resume feed-0", "/help")
DEEDS = ("confirm", "retry", "drop", "resume")  # of buttons that are pressed
DELETED = 0.1  # of what people do
PATIENCE_SECONDS = 120.0  # an admin looks at what is in doubt after this, by Berita's clock
OPEN_SQL = """
    SELECT d.id, d.state, p.name, s.title, d.changed_at FROM deliveries d
    JOIN destinations p ON p.id = d.destination JOIN stories s ON s.id = d.story
    WHERE d.state IN ('in_doubt', 'failed', 'held') ORDER BY d.id
"""
CLOSED_SQL = "SELECT id FROM destinations WHERE state = 'parked' ORDER BY id"
GONE_SQL = "SELECT id, name FROM feeds WHERE state != 'active' ORDER BY id"


@dataclass(slots=True, kw_only=True)
class People:
    """Everybody but the readers."""

    plan: Plan
    outside: SimOutside
    disk: Disk
    clock: SimClock
    diary: Diary
    dice: random.Random

    async def live(self, until: float) -> None:
        """Do this and that, now and then."""
        deeds = (self.talk, self.press, self.press, self.decide, self.open_again, self.post)
        while True:
            await asyncio.sleep(self.dice.expovariate(40 / self.plan.seconds))
            if _time() >= until:
                return
            deed = self.delete if self.dice.random() < DELETED else self.dice.choice(deeds)
            await deed()

    async def talk(self) -> None:
        """Write to the bot."""
        said = self.dice.choice(COMMANDS)
        self.diary.said.append((_time(), said))
        self.outside.telegram.control.say(OWNER, said)

    async def press(self) -> None:
        """Press a button under something the bot told, without looking anywhere first."""
        telegram = self.outside.telegram
        posts = telegram.backend.chats.find(OWNER).posts.values()
        shown = [post for post in posts if "inline_keyboard" in (post.markup or {})]
        if not shown:
            return
        post = self.dice.choice(shown[-3:])
        buttons = [b for row in post.markup["inline_keyboard"] for b in row]
        # What guards hold is decided one by one here (`decide`), and as a whole in the laws of the
        # store (tests/store/test_delivery_laws.py): the oracle knows each story by its own post.
        known = [b["callback_data"] for b in buttons if b["callback_data"].split(":")[1] in DEEDS]
        if not known:
            return
        pressed = self.dice.choice(known)
        telegram.control.press(OWNER, OWNER, post.id, pressed)
        _, deed, on = pressed.split(":")
        if deed in ("confirm", "retry", "drop"):
            self.diary.decisions.append(Decision(at=_time(), delivery=int(on), deed=deed))

    async def decide(self) -> None:
        """Decide on something that waits for a word, having looked at the chat."""
        now = int(self.clock.now().timestamp() * 1000)
        rows = [
            row
            for row in self.disk.look(OPEN_SQL)
            if row[1] != "in_doubt" or now - row[4] > PATIENCE_SECONDS * 1000
        ]
        if not rows:
            return
        delivery, state, place, title, _ = self.dice.choice(rows)
        found = self._find(place, title) if state == "in_doubt" else None
        if self.dice.random() < 0.2:
            await self._do("drop", delivery)
        elif found is not None:
            await self._do("confirm", delivery, message_id=str(found))
        else:
            await self._do("retry", delivery)

    async def open_again(self) -> None:
        """Resume what was parked, or given up."""
        store = self.disk.store(self.dice)
        for (destination,) in self.disk.look(CLOSED_SQL):
            await store.resume_destination(destination, now=self.clock.now())
        for feed, name in self.disk.look(GONE_SQL):
            self.diary.said.append((_time(), f"/resume {name}"))
            await store.resume_feed(feed, now=self.clock.now())

    async def post(self) -> None:
        """Write a post of one's own in a chat."""
        chat = self.dice.choice(self.plan.chats)
        chats = self.outside.telegram.backend.chats
        found = chats.find(chat.id)
        if found.moved_to is not None:
            return
        post = chats.put(found, f"Pengumuman {self.dice.randrange(10**6)}", sender=OWNER)
        self.outside.telegram.forward_on(found.id, chats.message(found, post))

    async def delete(self) -> None:
        """Delete a post that stands in a chat, silently."""
        found = self.outside.telegram.backend.chats.find(self.dice.choice(self.plan.chats).id)
        if found.posts:
            number = self.dice.choice(list(found.posts))
            del found.posts[number]
            self.outside.telegram.ledger.removed[found.id, number] = _time()

    def _find(self, place: str, title: str) -> int | None:
        chat = next(chat for chat in self.plan.chats if chat.name == place)
        found = self.outside.telegram.backend.chats.find(chat.id)
        if found.moved_to is not None:
            found = self.outside.telegram.backend.chats.find(found.moved_to)
        headed = (n for n, post in found.posts.items() if post.text.partition("\n")[0] == title)
        return next(headed, None)

    async def _do(self, deed: Deed, delivery: int, message_id: str | None = None) -> None:
        done = await self.disk.store(self.dice).decide(
            [delivery], deed=deed, now=self.clock.now(), message_id=message_id
        )
        for each in done.changed:
            self.diary.decisions.append(Decision(at=_time(), delivery=each, deed=deed))


def _time() -> float:
    return asyncio.get_running_loop().time()
