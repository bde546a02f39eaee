"""Stewards: invited by an owner, admins by Telegram's word, masters of their own channels alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.membership import BELIEVED
from feeds.catalog.people import INVITE_LASTS
from feeds.model import DestinationState, FeedState
from tests.commands.chat import CHANNEL, FEED, OWNER, Chat, open_chat
from tests.commands.published import LINK, a_new_story, a_post, found
from tests.commands.stewards import (
    BUDI,
    OTHER,
    a_steward,
    admins,
    an_invitation,
    is_demoted,
    two_channels,
)
from tests.commands.troubles import HEADLINES, a_press, hears, toasts, waiting
from tests.store.situations import a_poll, a_source, states

PERSON = {"id": BUDI, "is_bot": False, "first_name": "Budi", "language_code": "en"}
PRIVATE = {"id": BUDI, "type": "private", "first_name": "Budi"}


async def forged(chat: Chat, data: str) -> list[str]:
    """Let Budi press what he was never shown; gives what he sees of it."""
    message = {"message_id": 1, "date": 1, "chat": PRIVATE, "text": "?"}
    whose = {"from": PERSON, "message": message}
    await hears(chat, chat.listener, "callback_query", a_press(f"c:{data}", **whose))
    return chat.told(BUDI)


async def test_an_invited_admin_looks_after_his_channel(chat: Chat) -> None:
    first, _ = await two_channels(chat)
    code = await an_invitation(chat, first)

    (welcomed,) = await chat.says(f"/start {code}", BUDI)
    await chat.says("/channels", BUDI)
    (card,) = await chat.taps(f"ch:show:{first.id}:", BUDI)
    await chat.taps(f"ch:pause:{first.id}:", BUDI)

    assert welcomed.startswith("Welcome!")
    assert "Daily Berita" in card
    assert (await chat.catalog.destination("daily-berita")).state is DestinationState.PAUSED
    assert await admins(chat, first) == [BUDI]
    log = [(line.change.what, line.change.person) for line in await chat.catalog.log()]
    assert log[:3] == [("destination.pause", BUDI), ("person.join", BUDI), ("person.invite", OWNER)]


async def test_an_invitation_is_no_use_to_who_is_no_admin_there_and_stays(chat: Chat) -> None:
    first, _ = await two_channels(chat)
    is_demoted(chat)
    code = await an_invitation(chat, first)

    (told,) = await chat.says(f"/start {code}", BUDI)
    assert await admins(chat, first) == []
    chat.telegram.control.standing(CHANNEL, BUDI, "administrator", can_post_messages=True)
    chat.clock.at += BELIEVED
    (welcomed,) = await chat.says(f"/start {code}", BUDI)

    assert told.startswith("This invitation is for admins of “Daily Berita”")
    assert welcomed.startswith("Welcome!")


async def test_an_admin_without_the_right_to_post_is_none(chat: Chat) -> None:
    first, _ = await two_channels(chat)
    chat.telegram.control.standing(CHANNEL, BUDI, "administrator", can_post_messages=False)
    code = await an_invitation(chat, first)

    (told,) = await chat.says(f"/start {code}", BUDI)

    assert told.startswith("This invitation is for admins")


async def test_an_invitation_works_once_and_for_a_day(chat: Chat) -> None:
    first, _ = await a_steward(chat)
    used = await an_invitation(chat, first)
    await chat.says(f"/start {used}", BUDI)
    old = await an_invitation(chat, first)
    chat.clock.at += INVITE_LASTS

    again = await chat.says(f"/start {used}", BUDI)
    late = await chat.says(f"/start {old}", BUDI)

    assert again == late != []
    assert "Welcome" not in again[0]


@pytest.mark.parametrize(
    "data",
    [
        "ch:show:{other}:",
        "ch:pause:{other}:",
        "ch:removing:{other}:",
        "ch:test:{other}:",
        "adm:show:{mine}:",
        "adm:invite:{mine}:",
        "adm:away:{mine}:1001",
        "home:channel:0:",
        "chs:channel:0:",
        "fd:show:{feed}:",
        "fd:pause:{feed}:",
        "fd:removing:{feed}:",
        "fd:undo:{feed}:{change}",
        "fs:show:{feed}:",
        "fs:every:{feed}:3600.default",
        "fs:ask:{feed}:",
        "fs:url:{feed}:",
        "fs:undo:{feed}:{change}",
        "fd:to:{feed}:{mine}",
        "fd:to:{feed}:{other}",
        "fn:publish:1:{other}",
        "way:show:{delivery}:",
        "way:drop:{delivery}:",
        "way:rest:{delivery}:",
        "fw:show:{delivery}:",
        "fw:own:{delivery}:",
        "fw:word:{delivery}:0.00000000",
        "fail:all:{other}:yes",
        "fail:resume:{other}:",
        "fail:skip:{delivery}:",
        "log:undo:{change}:",
    ],
)
async def test_what_is_not_his_a_steward_does_not_see_and_cannot_change(
    data: str, chat: Chat
) -> None:
    mine, other = await a_steward(chat)
    await waiting(chat, other, *HEADLINES, hold="burst: 12 new at once")
    feed = await chat.catalog.feed(f"feed-of-{other.name}")
    await chat.catalog.pause_destination(other.name)
    changes = await chat.catalog.log()
    (row, *_) = await chat.store.list_deliveries()
    ids = {"mine": mine.id, "other": other.id, "feed": feed.id}
    before = await states(chat.store)

    seen = await forged(chat, data.format(**ids, delivery=row.id, change=changes[0].id))

    assert seen == []
    assert "not yours" in toasts(chat)[-1]
    assert await states(chat.store) == before
    assert len(await chat.catalog.log()) == len(changes)
    assert (await chat.catalog.feed(feed.name)).state is FeedState.ACTIVE


@pytest.mark.parametrize("said", ["/channels", "/feeds", "/failures", "/log", "/status", "/start"])
async def test_his_lists_name_nothing_of_others(said: str, chat: Chat) -> None:
    _, other = await a_steward(chat)
    await waiting(chat, other, *HEADLINES, hold="burst: 12 new at once")
    await chat.catalog.pause_destination(other.name)

    told = await chat.says(said, BUDI)

    assert told
    seen = str(told) + str([key for key in chat.phone.buttons if key[0] == BUDI])
    names = str([label for (who, _), (_, label) in chat.phone.buttons.items() if who == BUDI])
    for secret in ("Kedua", "kedua", HEADLINES[0], f"ch:show:{other.id}:"):
        assert secret not in seen + names


@pytest.mark.parametrize(
    "said",
    [
        "/addfeed https://berita.example/feed/ @x",
        "/removefeed a",
        "/pause a",
        "/resume a",
        "/setfeed a every 1h",
    ],
)
async def test_the_owners_commands_are_not_a_stewards(said: str, chat: Chat) -> None:
    await a_steward(chat)

    (told,) = await chat.says(said, BUDI)

    assert "/help" in told
    assert await chat.store.list_feeds() == ()


async def test_why_tells_him_of_his_own_posts_alone(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    _, message = await a_post(chat)
    feed = await chat.catalog.feed("daily-berita")
    theirs = a_new_story("https://berita.example/lain/", "Rahasia")
    await chat.catalog.remove_route(feed.name, mine.name)
    await chat.catalog.add_route(feed.name, other.name)
    await chat.store.record_polls([a_poll(feed, theirs)], now=chat.clock.at)

    (his,) = await chat.says(f"/why {LINK}", BUDI)
    (not_his,) = await chat.says("/why https://berita.example/lain/", BUDI)
    await chat.until_heard(chat.telegram.control.forward(BUDI, CHANNEL, message))

    assert his.startswith("Kim Jong Un")
    assert not_his == "I know nothing of that in the channels that are yours."
    assert chat.told(BUDI)[0].startswith("Kim Jong Un")


async def test_he_gives_his_channel_a_feed_by_a_link(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    await chat.says(FEED, BUDI)
    (shown,) = [key for key in chat.phone.buttons if key[0] == BUDI and ":publish:" in key[1]]

    (done,) = await chat.taps(shown[1].removeprefix("c:"), BUDI)

    (feed,) = await chat.store.list_feeds()
    assert feed.destinations == (mine.name,)
    assert "Daily Berita" in done
    assert str(other.id) != shown[1].rpartition(":")[2], "another's channel is not offered"
    log = [(line.change.what, line.change.person) for line in await chat.catalog.log(limit=2)]
    assert ("feed.add", BUDI) in log


async def test_by_his_own_routes_card_he_undoes_nothing_of_others(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    await found(chat, mine, a_new_story())
    (row,) = await chat.store.list_routes()
    await chat.catalog.pause_destination(other.name)
    (change, *_) = await chat.catalog.log()

    await forged(chat, f"rt:undo:{row.route.id}:{change.id}")

    assert (await chat.catalog.destination(other.name)).state is DestinationState.PAUSED
    assert (await chat.catalog.log())[0].id == change.id


async def test_a_feed_of_two_masters_is_seen_by_both_and_paused_by_owners(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    feed = await a_source(chat.store, "shared", to=[mine.id, other.id])

    await chat.says("/feeds", BUDI)
    (seen,) = await chat.taps(f"fd:show:{feed.id}:", BUDI)
    await forged(chat, f"fd:pause:{feed.id}:")

    assert "shared" in seen
    assert "not yours" in toasts(chat)[-1]
    assert (await chat.catalog.feed("shared")).state is FeedState.ACTIVE


async def test_a_shared_feeds_card_names_no_channel_of_others(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    feed = await a_source(chat.store, "shared", to=[mine.id, other.id])
    await chat.says("/feeds", BUDI)

    (card,) = await chat.taps(f"fd:show:{feed.id}:", BUDI)

    assert "Daily Berita" in card
    assert "Kedua" not in card
    assert "Kedua" not in str(chat.telegram.control.posts(BUDI)[-1])


async def test_feed_url_with_a_token_is_not_shown_to_stewards(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    url = "https://ani:SANDI@berita.example/feed?key=RAHASIA"
    feed = await a_source(chat.store, "mine", url=url, to=[mine.id])
    await chat.says("/feeds", BUDI)

    (card,) = await chat.taps(f"fd:show:{feed.id}:", BUDI)
    await chat.taps(f"fd:remove:{feed.id}:", BUDI)
    (removed,) = await chat.taps(f"fd:removing:{feed.id}:", BUDI)

    for told in (card, removed):
        assert "https://berita.example/feed" in told
        assert "RAHASIA" not in told
        assert "SANDI" not in told


async def test_removed_and_added_again_nobody_looks_after_it(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    code = await an_invitation(chat, mine)

    await chat.catalog.remove_destination(mine.name)
    again = (await chat.catalog.add_destination("telegram", str(CHANNEL))).destination

    assert again.id == mine.id
    assert await admins(chat, again) == []
    await chat.says(f"/start {code}", BUDI)
    assert await admins(chat, again) == [], "nor does anybody by an old invitation"


async def test_a_feed_of_his_alone_he_rests(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    delivery = await found(chat, mine, a_new_story())
    await chat.says(f"/why {LINK}", BUDI)

    await chat.taps(f"way:rest:{delivery}:", BUDI)

    assert (await chat.catalog.feed("daily-berita")).state is FeedState.PAUSED


async def test_who_is_demoted_gets_nothing_within_a_minute(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    await chat.says("/channels", BUDI)
    is_demoted(chat)
    chat.clock.at += BELIEVED

    said = [await chat.says(text, BUDI) for text in ("/channels", "/status", "/why x", "/feeds")]
    await forged(chat, f"ch:pause:{mine.id}:")

    assert said == [[], [], [], []]
    assert (await chat.catalog.destination(mine.name)).state is DestinationState.OPEN


async def test_who_is_promoted_again_is_heard_again(chat: Chat) -> None:
    await a_steward(chat)
    is_demoted(chat)
    chat.clock.at += BELIEVED
    silent = await chat.says("/channels", BUDI)
    chat.telegram.control.standing(CHANNEL, BUDI, "administrator", can_post_messages=True)
    chat.clock.at += BELIEVED

    assert silent == []
    assert await chat.says("/channels", BUDI) != []


async def test_while_telegram_cannot_be_asked_he_is_nobody(chat: Chat) -> None:
    await a_steward(chat)
    chat.clock.at += BELIEVED
    chat.telegram.control.fault("reset", method="getChatMember", times=10)

    assert await chat.says("/channels", BUDI) == []


async def test_telegram_is_asked_once_a_minute(chat: Chat) -> None:
    await a_steward(chat)
    chat.clock.at += BELIEVED
    before = len(chat.telegram.control.calls("getChatMember"))

    for _ in range(5):
        await chat.says("/channels", BUDI)
        chat.clock.at += timedelta(seconds=10)

    assert len(chat.telegram.control.calls("getChatMember")) == before + 1


async def test_an_owner_takes_him_away_again(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    await chat.says("/channels")
    await chat.taps(f"ch:show:{mine.id}:")
    (card,) = await chat.taps(f"adm:show:{mine.id}:")

    await chat.taps(f"adm:away:{mine.id}:{BUDI}")

    assert "• Budi" in card
    assert await admins(chat, mine) == []
    assert await chat.says("/channels", BUDI) == []


async def test_who_is_on_the_list_brings_a_channel_of_his_own(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="en", allowed=frozenset({BUDI})) as chat:
        _, theirs = await two_channels(chat)
        await chat.store.remove_destination(
            (await chat.catalog.destination("daily-berita")).id, now=chat.clock.at
        )
        chat.telegram.control.standing(OTHER, BUDI, "administrator", can_post_messages=True)
        await chat.says("/start", BUDI)
        await chat.taps("home:channel:0:", BUDI)

        brought = await chat.says(str(CHANNEL), BUDI)
        refused = await chat.says(f"https://t.me/c/{str(OTHER)[4:]}/1", BUDI)
        mine = await chat.catalog.destination("daily-berita")

        assert await admins(chat, mine) == [BUDI]
        assert await admins(chat, theirs) == [], "it is here already: its owner decides"
        assert brought
        assert "not yours" in str(refused)


async def test_a_channel_that_is_not_his_nobody_brings(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="en", allowed=frozenset({BUDI})) as chat:
        chat.telegram.control.channel(CHANNEL, "@dailyberita", "Daily Berita")
        chat.speaks("en", BUDI)
        await chat.says("/start", BUDI)
        await chat.taps("home:channel:0:", BUDI)

        told = await chat.says("@dailyberita", BUDI)

        assert told
        assert await chat.store.list_destinations() == ()


async def test_nobody_brings_channels_unless_listed(chat: Chat) -> None:
    await two_channels(chat)

    assert await chat.says("@dailyberita", BUDI) == []
