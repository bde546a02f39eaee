"""Presses: obeyed from owners alone, answered always and at once, done once."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import async_solipsism
import pytest
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.types import CallbackQuery
from structlog.testing import capture_logs

from bot.commands.answers import TOAST_MAX
from bot.commands.buttons import Button, Deed, Press, keyboard
from bot.commands.deciding import ANSWERED_WITHIN, press
from bot.commands.words import Tongues
from bot.locales import LANGUAGES
from feeds.model import DeliveryState, DestinationState
from feeds.store.rows import Decided
from tests.commands.chat import CHANNEL, JAKARTA, OWNER, Chat
from tests.commands.troubles import (
    a_channel,
    a_doubt,
    a_press,
    another,
    hears,
    on_store,
    refuse,
    toasts,
)
from tests.store.situations import states
from tests.world.refusing import RefusingStore

IN_DOUBT, SENT = DeliveryState.IN_DOUBT, DeliveryState.SENT
WAITING, DROPPED = DeliveryState.WAITING, DeliveryState.DROPPED
TONGUES = Tongues(default="id", time_zone=JAKARTA)


@pytest.mark.parametrize(
    ("deed", "state", "said"),
    [
        ("confirm", SENT, "Noted: it is there."),
        ("retry", WAITING, "It goes out again."),
        ("drop", DROPPED, "Dropped: it is not sent."),
    ],
)
async def test_one_tap_decides_a_doubt(
    deed: str, state: DeliveryState, said: str, chat: Chat
) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()

    toast = await chat.presses(deed, doubt)

    assert toast == said
    assert await states(chat.store) == [state]
    assert chat.rung == ["notices"]


async def test_one_tap_opens_a_destination_that_had_refused_us(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.is_told()

    toast = await chat.presses("resume", place.id)

    assert toast == "Resumed."
    (row,) = await chat.store.list_destinations()
    assert row.state is DestinationState.OPEN


@pytest.mark.parametrize("where", ["channel", "failures", "notice", "log"])
async def test_resuming_asks_telegram_wherever_it_is_pressed(where: str, chat: Chat) -> None:
    place = await a_channel(chat)
    if where == "log":
        await chat.catalog.pause_destination(place.name)
    else:
        await chat.store.shut_out("telegram", place.address, reason="kicked", now=chat.clock.at)
    shut = (await chat.catalog.destination(place.name)).state
    await chat.is_told()
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")
    await chat.says("/failures")
    await chat.says("/log")
    chat.telegram.control.standing(CHANNEL, OWNER, "left")

    for may_now in (False, True):
        if may_now:
            chat.telegram.control.standing(CHANNEL, OWNER, "creator")
        match where:
            case "channel":
                await chat.taps(f"ch:resume:{place.id}:")
            case "failures":
                await chat.taps(f"fail:resume:{place.id}:")
            case "log":
                (change,) = await chat.catalog.log()
                await chat.taps(f"log:undo:{change.id}:")
            case _:
                await chat.presses("resume", place.id)

        state = (await chat.catalog.destination(place.name)).state
        assert state is (DestinationState.OPEN if may_now else shut)


async def test_a_double_tap_has_one_effect_and_two_answers(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()

    first, second = await chat.presses("retry", doubt), await chat.presses("retry", doubt)

    assert (first, second) == (
        "It goes out again.",
        "Already decided: it waits to be sent.",
    )
    assert await states(chat.store) == [WAITING]


async def test_a_press_under_a_message_too_old_to_be_told_in_full_is_obeyed(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()
    message, _ = chat.phone.button(f"b:drop:{doubt}", OWNER)

    number = chat.telegram.control.press(OWNER, OWNER, message, f"b:drop:{doubt}", too_old=True)
    await chat.until_heard(number)

    assert await states(chat.store) == [DROPPED]


async def test_of_a_message_that_nothing_is_known_of_any_more_the_buttons_go(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    chat.telegram.control.fault("reset", apply=True)
    await chat.is_told()
    await chat.store.decide([doubt], deed="confirm", now=chat.clock.at)

    toast = await chat.presses("retry", doubt)

    assert toast == "Already decided: it was sent."
    chat.told()
    assert [post["markup"] for post in chat.telegram.control.posts(OWNER)] == [None]


async def test_a_doubt_whose_destination_is_gone_cannot_be_sent_but_dropped(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()
    (place,) = await chat.store.list_destinations()
    await chat.store.remove_destination(place.id, now=chat.clock.at)

    cannot = await chat.presses("retry", doubt)
    dropped = await chat.presses("drop", doubt)

    assert cannot == "That cannot be done: its destination was removed."
    assert dropped == "Dropped: it is not sent."


async def test_a_destination_that_is_open_already_stays_open(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.is_told()
    await chat.store.resume_destination(place.id, now=chat.clock.at)

    assert await chat.presses("resume", place.id) == "It is open already."
    assert chat.told() == ["✅ “partner-1”: resumed (an admin)"]


async def test_a_store_that_cannot_be_had_is_told_and_nothing_is_done(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()
    listener = on_store(chat, RefusingStore(chat.store, "decide"))

    await hears(chat, listener, "callback_query", a_press(f"b:drop:{doubt}"))

    (toast,) = toasts(chat)
    assert toast.startswith("Can't: the database cannot be used just now: try again in a moment")
    assert await states(chat.store) == [IN_DOUBT]


async def test_a_bug_is_told_in_one_line_and_the_next_press_works(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()
    listener = another(chat, ring_notices=_stumble)

    with capture_logs() as logs:
        await hears(chat, listener, "callback_query", a_press(f"b:drop:{doubt}"))
    await chat.presses("confirm", doubt)

    assert [line["event"] for line in logs] == ["a command failed"]
    assert logs[0]["command"] == f"b:drop:{doubt}"


def _stumble() -> None:
    raise RuntimeError("a bug")


async def test_ids_that_nothing_has_are_told_so(chat: Chat) -> None:
    for deed in ("confirm", "resume"):
        await hears(chat, chat.listener, "callback_query", a_press(f"b:{deed}:{2**63 - 1}"))

    assert toasts(chat) == [
        "There is no such post any more.",
        "There is no such destination any more.",
    ]


# ── at once ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class SlowStoreCatalog:
    """A catalog on a store that takes its time."""

    seconds: float
    done_at: float | None = None

    async def drop_deliveries(self, ids: list[int], *, by: object) -> Decided:
        await asyncio.sleep(self.seconds)
        self.done_at = asyncio.get_running_loop().time()
        return Decided(changed=tuple(ids))


@dataclass
class ListeningBot:
    """Notes when a press was answered, and with what."""

    answered: list[tuple[float, str | None]] = field(default_factory=list)

    async def __call__(self, method: TelegramMethod[Any]) -> None:
        assert isinstance(method, AnswerCallbackQuery)
        self.answered.append((asyncio.get_running_loop().time(), method.text))


@dataclass
class Tools:
    """What a press needs of its scene, and of that one's tools."""

    catalog: Any
    rung: int = 0

    @property
    def deps(self) -> "Tools":
        return self

    def ring_notices(self) -> None:
        self.rung += 1


@pytest.mark.parametrize(
    ("seconds", "answered"),
    [(0.2, (0.2, "Dropped: it is not sent.")), (30.0, (1.0, None))],
)
def test_a_press_is_answered_within_a_second_however_long_the_deed_takes(
    seconds: float, answered: tuple[float, str | None]
) -> None:
    catalog, bot = SlowStoreCatalog(seconds), ListeningBot()
    tools: Any = Tools(catalog)
    query = CallbackQuery.model_validate(a_press("b:drop:1"), context={"bot": bot})

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        asked = Press(deed=Deed.DROP, on=1)
        runner.run(press(query, asked, tools, TONGUES["en"], teller=None))  # type: ignore[arg-type]

    ((at, said),) = bot.answered
    assert (pytest.approx(at), said) == answered
    assert at <= ANSWERED_WITHIN.total_seconds()
    assert catalog.done_at == pytest.approx(seconds)
    assert tools.rung == 1


# ── what a button is ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("deed", Deed)
def test_a_button_carries_what_it_does_in_the_few_bytes_there_are(deed: Deed) -> None:
    data = Press(deed=deed, on=2**63 - 1).pack()

    assert len(data.encode()) <= 31
    assert Press.unpack(data) == Press(deed=deed, on=2**63 - 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("deed", Deed)
def test_three_buttons_fit_side_by_side_on_a_phone(deed: Deed, language: str) -> None:
    shown = Button(deed=deed, on=1).shown(TONGUES[language], "88. ")

    assert len(shown.text) <= 16
    assert (shown.style == "danger") is (deed in {Deed.DROP, Deed.SKIP})


def test_no_buttons_are_no_keyboard() -> None:
    assert keyboard([]) is None
    assert keyboard([[]]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_are_as_short_as_telegram_wants_them(language: str) -> None:
    words = TONGUES[language]
    said = [
        words.label(f"{group}.{name}")
        for group, names in {
            "delivery": (*DeliveryState, "unknown"),
            "destination": (DestinationState.OPEN, DestinationState.PAUSED, "unknown"),
            "done": tuple(Deed),
        }.items()
        for name in names
    ]

    assert max(map(len, said)) <= TOAST_MAX
