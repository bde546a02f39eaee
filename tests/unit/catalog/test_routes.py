from dataclasses import replace

import pytest

from feeds.catalog import Catalog, RouteChanges
from feeds.errors import BadRequest, Conflict, UnknownName
from feeds.filters import BrokenFilter
from feeds.model import Layout, RouteOptions
from feeds.templates import BrokenTemplate
from tests.unit.catalog.situations import FEED_URL, a_file_declares, a_story_is_published


@pytest.fixture
async def both(catalog: Catalog) -> Catalog:
    """A feed and a destination that do not know each other yet."""
    await catalog.add_destination("console", "", name="here")
    await catalog.add_feed(FEED_URL)
    return catalog


async def test_a_route_is_added_with_its_options_and_listed(both: Catalog) -> None:
    await both.add_route("daily-berita", "here", RouteChanges(silent=True, summary_max=0))

    row = (await both.list_routes())[0]
    assert (row.feed, row.destination) == ("daily-berita", "here")
    assert (row.route.options.silent, row.route.options.summary_max) == (True, 0)
    assert row.route.options.preview


async def test_a_pair_has_one_route(both: Catalog) -> None:
    await both.add_route("daily-berita", "here")

    with pytest.raises(Conflict):
        await both.add_route("daily-berita", "here")


async def test_setting_changes_only_what_is_given(both: Catalog) -> None:
    await both.add_route("daily-berita", "here", RouteChanges(silent=True))

    row = await both.set_route("daily-berita", "here", RouteChanges(preview=False))

    assert (row.route.options.silent, row.route.options.preview) == (True, False)
    assert (await both.route("daily-berita", "here")).route.options == row.route.options


async def test_every_look_of_a_route_is_set_and_set_back(both: Catalog) -> None:
    await both.add_route("daily-berita", "here")
    looks = RouteChanges(
        layout="title",
        source=False,
        time=False,
        hashtags=("#Berita", "berita", "dunia"),
        hashtags_from_tags=True,
        language="en",
    )

    await both.set_route("daily-berita", "here", looks)
    set_ = (await both.route("daily-berita", "here")).route.options
    back = RouteChanges.to(RouteOptions())
    back = replace(back, layout="default", language="default")
    row = await both.set_route("daily-berita", "here", back)

    assert set_ == RouteOptions(
        layout=Layout.TITLE,
        source=False,
        time=False,
        hashtags=("Berita", "dunia"),
        hashtags_from_tags=True,
        language="en",
    )
    assert row.route.options == RouteOptions()


@pytest.mark.parametrize(
    "changes",
    [
        RouteChanges(),
        RouteChanges(summary_max=3001),
        RouteChanges(layout="poster"),
        RouteChanges(language="fr"),
        RouteChanges(hashtags=("a b",)),
        RouteChanges(hashtags=("2023",)),
        RouteChanges(hashtags=tuple(f"t{n}" for n in range(11))),
    ],
)
async def test_no_change_and_one_out_of_bounds_are_wrong_calls(
    both: Catalog, changes: RouteChanges
) -> None:
    await both.add_route("daily-berita", "here")

    with pytest.raises(BadRequest):
        await both.set_route("daily-berita", "here", changes)


async def test_a_filter_is_tried_on_what_is_stored_before_it_is_kept(both: Catalog) -> None:
    await both.add_route("daily-berita", "here")
    feed = await both.feed("daily-berita")
    for title in ("Gempa", "Iklan", "Tsunami"):
        await a_story_is_published(both, feed, title)

    tried = await both.try_route("daily-berita", "here", RouteChanges(filter=("none: iklan",)))

    assert [story.title for story in tried.kept] == ["Tsunami", "Gempa"]
    assert [each.drop for each in tried.dropped] == ["filtered: has iklan (none: iklan)"]
    assert not tried.as_it_is_now
    assert (await both.route("daily-berita", "here")).route.options == RouteOptions()


async def test_before_the_first_story_the_feed_itself_is_asked(both: Catalog) -> None:
    tried = await both.try_route("daily-berita", "here", RouteChanges(filter=("any: dua",)))

    assert [story.title for story in tried.kept] == ["Dua"]
    assert (len(tried.stories), tried.as_it_is_now) == (4, True)


async def test_a_filter_is_kept_put_right_and_a_broken_one_refused(both: Catalog) -> None:
    await both.add_route("daily-berita", "here", RouteChanges(filter=("ANY:  gempa ,tsunami",)))
    kept = (await both.route("daily-berita", "here")).route.options.filter

    with pytest.raises(BrokenFilter, match=r"Rule 1, character 7"):
        await both.set_route("daily-berita", "here", RouteChanges(filter=("any ~ (",)))

    assert kept == ("any: gempa, tsunami",)
    assert (await both.route("daily-berita", "here")).route.options.filter == kept


async def test_a_template_is_checked_on_real_stories_before_it_is_kept(both: Catalog) -> None:
    await both.add_route("daily-berita", "here", RouteChanges(template="{{ title | bold }}"))
    await a_story_is_published(both, await both.feed("daily-berita"), "Gempa")
    unknown = "{% if image_of_nobody %}{% endif %}"
    silent = "{% if author %}{{ author }}{% endif %}"

    with pytest.raises(BrokenTemplate, match="Line 1, column 7: there is no such field"):
        await both.set_route("daily-berita", "here", RouteChanges(template=unknown))
    with pytest.raises(BrokenTemplate, match="says nothing of this story"):
        await both.set_route("daily-berita", "here", RouteChanges(template=silent))

    kept = (await both.route("daily-berita", "here")).route.options.template
    assert kept == "{{ title | bold }}"
    await both.set_route("daily-berita", "here", RouteChanges(template=""))
    assert (await both.route("daily-berita", "here")).route.options == RouteOptions()


async def test_removing_drops_what_waits_on_it(both: Catalog) -> None:
    await both.add_route("daily-berita", "here")
    waiting = await a_story_is_published(both, await both.feed("daily-berita"))

    await both.remove_route("daily-berita", "here")

    story = await both.delivery_story(waiting.id)
    assert (story.delivery.state, story.delivery.reason) == ("dropped", "route removed")
    with pytest.raises(UnknownName, match="no route"):
        await both.remove_route("daily-berita", "here")


async def test_a_declared_route_is_changed_in_the_file(catalog: Catalog) -> None:
    await a_file_declares(catalog)

    with pytest.raises(Conflict, match=r"filed → hook.*berita\.toml"):
        await catalog.remove_route("filed", "hook")
    with pytest.raises(Conflict, match=r"berita\.toml"):
        await catalog.set_route("filed", "hook", RouteChanges(silent=True))
