"""A template that fails never stops a post: the plain card goes, and admins are told once."""

import json
from pathlib import Path

from bot.templates import TemplateWatch
from feeds.model import NoticeKind, RouteOptions, Story
from tests.adapters.kinds import a_chat_adapter
from tests.builders import NOON, a_destination, a_parcel, a_source, a_story
from tests.store.situations import a_place
from tests.store.situations import a_source as a_stored_source
from tests.world.store import fresh_store

ONLY_WITH_AUTHOR = RouteOptions(template="{% if author %}{{ title }} ({{ author }}){% endif %}")
BY_NOBODY, BY_SOMEBODY = a_story(author=None), a_story(author="Redaksi")


def test_where_a_template_fails_the_plain_card_goes_out() -> None:
    adapter = a_chat_adapter("mattermost", None)
    place = a_destination(kind="mattermost")

    told, plain, usual = (
        json.loads(adapter.render(place, a_parcel(story=story, options=options)))["text"]
        for story, options in (
            (BY_SOMEBODY, ONLY_WITH_AUTHOR),
            (BY_NOBODY, ONLY_WITH_AUTHOR),
            (BY_NOBODY, RouteOptions()),
        )
    )

    assert told == f"{BY_SOMEBODY.title} (Redaksi)"
    assert plain == usual


async def test_admins_are_told_of_it_once_and_once_when_it_works_again(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path, inline=True)
    feed, place = await a_stored_source(store), await a_place(store, "channel", "telegram")

    async def serve(*stories: Story) -> int:
        watch = TemplateWatch(place)
        for story in stories:
            source = a_source(id=feed.id, name=feed.name)
            watch.note(a_parcel(story=story, source=source, options=ONLY_WITH_AUTHOR))
        await watch.tell(store, now=NOON)
        return len(await store.open_notices(NoticeKind.TEMPLATE_BROKEN))

    told = [await serve(BY_SOMEBODY), await serve(BY_NOBODY), await serve(BY_NOBODY, BY_NOBODY)]
    (notice,) = await store.open_notices(NoticeKind.TEMPLATE_BROKEN)
    told.append(await serve(BY_SOMEBODY))
    await store.close()

    assert told == [0, 1, 1, 0]
    told_of = notice.incident.details
    assert (told_of["fault"], told_of["line"], told_of["column"]) == ("silent", "1", "1")
