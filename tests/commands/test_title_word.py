"""From a post to a filter: a word of its title, tried on real stories before it is kept."""

from pathlib import Path

import pytest

from bot.commands.membership import BELIEVED
from feeds.catalog import RouteChanges
from feeds.filters import RULES_MAX
from tests.commands.chat import OWNER, Chat, open_chat
from tests.commands.published import TITLE, a_post
from tests.commands.stewards import BUDI, a_steward, is_demoted
from tests.commands.test_links import buttons
from tests.commands.test_routes import a_press_on_nothing, said
from tests.commands.test_why import forwards
from tests.commands.troubles import another, hears, toasts


async def rules(chat: Chat) -> tuple[str, ...]:
    (row,) = await chat.store.list_routes()
    return row.route.options.filter


async def opened(chat: Chat, title: str = TITLE, user: int = OWNER) -> int:
    """A post that was forwarded, and the card of its title; gives its delivery."""
    delivery, message = await a_post(chat, title=title)
    await forwards(chat, message, user)
    await chat.taps(f"fw:show:{delivery}:", user)
    return delivery


def words_of(chat: Chat, user: int = OWNER) -> dict[str, str]:
    """The words on the buttons under the newest message → what each sends."""
    markup = chat.telegram.control.posts(user)[-1]["markup"]["inline_keyboard"]
    offered = [each for row in markup for each in row if ":word:" in each["callback_data"]]
    return {each["text"]: each["callback_data"].removeprefix("c:") for each in offered}


async def test_a_forwarded_post_offers_the_words_of_its_title(chat: Chat) -> None:
    await opened(chat, "Kim Jong Un janji dukung penuh Putin di Rusia, dan Putin: ‘ya’ 5G")

    assert list(words_of(chat)) == ["Kim", "Jong", "janji", "dukung", "penuh", "Putin", "Rusia"]


async def test_a_word_is_tried_on_the_newest_stories_and_kept_by_a_tap(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()

    (tried,) = await chat.taps(words_of(chat)["Putin"])
    untouched = await rules(chat)
    await chat.taps(f"rf:save:{row.route.id}:")

    assert "＋ none title: Putin" in tried
    assert f"1 would not:\n✖️ {TITLE} – it has “Putin”" in tried
    assert untouched == ()
    assert await rules(chat) == ("none title: Putin",)


async def test_it_may_be_left_after_the_trial(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    await chat.taps(words_of(chat)["Putin"])

    await chat.taps(f"rf:drop:{row.route.id}:")

    assert await rules(chat) == ()
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_after_the_trial_other_words_may_be_typed_in_their_place(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    await chat.taps(words_of(chat)["Putin"])

    (tried,) = await chat.says("Kim Jong Un, Rusia")
    await chat.taps(f"rf:save:{row.route.id}:")

    assert "＋ none title: Kim Jong Un, Rusia" in tried
    assert await rules(chat) == ("none title: Kim Jong Un, Rusia",)


async def test_words_of_ones_own_are_asked_for(chat: Chat) -> None:
    delivery = await opened(chat)

    (asked,) = await chat.taps(f"fw:own:{delivery}:")
    (wrong,) = await chat.says("!!!")
    (tried,) = await chat.says("janji")

    assert asked.startswith("none title: …")
    assert "no letter and no digit" in wrong
    assert "＋ none title: janji" in tried
    assert await rules(chat) == ()


async def test_a_restart_between_the_trial_and_the_word_yes_loses_nothing(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    press = a_press_on_nothing(f"c:{words_of(chat)['Putin']}")
    await hears(chat, another(chat), "callback_query", press)
    save = a_press_on_nothing(f"c:rf:save:{row.route.id}:")

    await hears(chat, another(chat), "callback_query", save)

    assert await rules(chat) == ("none title: Putin",)


async def test_a_restart_before_ones_own_words_loses_nothing(chat: Chat) -> None:
    delivery = await opened(chat)
    await chat.taps(f"fw:own:{delivery}:")
    (row,) = await chat.store.list_routes()

    await hears(chat, another(chat), "message", said("janji"))
    save = a_press_on_nothing(f"c:rf:save:{row.route.id}:")
    await hears(chat, another(chat), "callback_query", save)

    assert await rules(chat) == ("none title: janji",)


async def test_a_filter_changed_since_the_trial_is_tried_anew_before_it_is_kept(
    chat: Chat,
) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    await chat.taps(words_of(chat)["Putin"])
    mine = RouteChanges(filter=("any: kim",))
    await chat.catalog.set_route(row.feed, row.destination, mine)

    await chat.taps(f"rf:save:{row.route.id}:")
    between = await rules(chat)
    await chat.taps(f"rf:save:{row.route.id}:")

    assert between == ("any: kim",)
    assert await rules(chat) == ("any: kim", "none title: Putin")


async def test_a_title_that_was_edited_meanwhile_shows_its_new_words(chat: Chat) -> None:
    delivery = await opened(chat)
    number, _, _ = words_of(chat)["Putin"].rpartition(":")[2].partition(".")

    press = a_press_on_nothing(f"c:fw:word:{delivery}:{number}.00000000")
    await hears(chat, another(chat), "callback_query", press)

    assert toasts(chat)[-1] == "The title is another one by now. These are its words."
    assert await rules(chat) == ()


@pytest.mark.parametrize("more", ["", "x", "99.abcdef01", "-1.x", "9999999999999.x", "²."])
async def test_a_button_that_nobody_was_given_tries_nothing(more: str, chat: Chat) -> None:
    delivery = await opened(chat)

    press = a_press_on_nothing(f"c:fw:word:{delivery}:{more}")
    await hears(chat, another(chat), "callback_query", press)

    assert toasts(chat)[-1] == "The title is another one by now. These are its words."
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


@pytest.mark.parametrize("title", ["Di sini dan di sana ada apa?", "5G: A, B & C", "😀 😀"])
async def test_a_title_of_common_words_asks_for_ones_own(title: str, chat: Chat) -> None:
    delivery = await opened(chat, title)

    card = chat.telegram.control.posts(OWNER)[-1]["text"]

    assert card.endswith("There is no word in this title to go by: send one of your own.")
    assert words_of(chat) == {}
    assert f"fw:own:{delivery}:" in buttons(chat)


async def test_every_button_fits_whatever_the_title(chat: Chat) -> None:
    title = " ".join(f"{'kata' * 9}{number}" for number in range(40)) + " \u202egnirts @ani /pause"
    await opened(chat, title)

    markup = chat.telegram.control.posts(OWNER)[-1]["markup"]["inline_keyboard"]
    data = [each["callback_data"] for row in markup for each in row]

    assert len(words_of(chat)) <= 12
    assert all(len(each.encode()) <= 64 for each in data)
    assert all(len(each["text"]) <= 40 for row in markup for each in row)


async def test_more_rules_than_a_filter_may_have_are_told_and_not_tried(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    full = RouteChanges(filter=tuple(f"none: kata{number}" for number in range(RULES_MAX)))
    await chat.catalog.set_route(row.feed, row.destination, full)

    await chat.taps(words_of(chat)["Putin"])

    assert "too many rules" in chat.toast
    assert len(await rules(chat)) == RULES_MAX
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_a_word_that_is_filtered_already_is_not_kept_twice(chat: Chat) -> None:
    await opened(chat)
    (row,) = await chat.store.list_routes()
    known = RouteChanges(filter=("none title: PUTIN",))
    await chat.catalog.set_route(row.feed, row.destination, known)

    await chat.taps(words_of(chat)["Putin"])

    assert chat.toast == "Stories with that word in their title do not go there already."
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_a_route_that_is_no_more_says_so(chat: Chat) -> None:
    delivery = await opened(chat)
    word = words_of(chat)["Putin"]
    (row,) = await chat.store.list_routes()
    await chat.catalog.remove_route(row.feed, row.destination)

    (told,) = await chat.taps(word)

    assert told == "That route is there no more."
    assert await chat.taps(f"fw:show:{delivery}:") == []


async def test_a_steward_filters_his_own_channel_and_once_demoted_gets_nothing(
    chat: Chat,
) -> None:
    await a_steward(chat)
    await opened(chat, user=BUDI)
    word = words_of(chat, BUDI)["Putin"]
    (row,) = await chat.store.list_routes()
    (tried,) = await chat.taps(word, BUDI)
    await chat.taps(f"rf:save:{row.route.id}:", BUDI)
    kept = await rules(chat)
    is_demoted(chat)
    chat.clock.at += BELIEVED

    answers = [await chat.taps(word, BUDI), await chat.says("janji", BUDI)]

    assert "＋ none title: Putin" in tried
    assert kept == ("none title: Putin",)
    assert answers == [[], []]
    assert await rules(chat) == kept


async def test_in_indonesian_it_is_offered_in_indonesian(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="id") as chat:
        await opened(chat)

        card = chat.telegram.control.posts(OWNER)[-1]["text"]
        (tried,) = await chat.taps(words_of(chat)["Putin"])

        assert "Berita dengan kata apa di judulnya yang tidak usah dikirim ke sana?" in card
        assert "＋ none title: Putin" in tried
