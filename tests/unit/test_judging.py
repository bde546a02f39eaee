"""One judgement for all: owners everything, stewards their own channels, others nothing."""

import pytest

from bot.commands.judging import BRINGS, COMMON, Refused, Who, judge, judge_feed
from feeds.model.people import Role

OWNER = Who(person=1, role=Role.OWNER)
STEWARD = Who(person=2, role=Role.STEWARD, looks_after=frozenset({7, 8}))
LISTED = Who(person=3, role=Role.GUEST, listed=True)
STRANGER = Who(person=4, role=Role.GUEST)
NOT_YOURS = Refused.NOT_YOURS


@pytest.mark.parametrize("deed", ["ch.remove", "adm.invite", "home.channel", "x.y", "fd.pause"])
@pytest.mark.parametrize("destination", [None, 7, 9])
def test_an_owner_may_do_everything_and_a_stranger_nothing(
    deed: str, destination: int | None
) -> None:
    assert judge(OWNER, deed, destination) is None
    assert judge(STRANGER, deed, destination) is Refused.STRANGER


@pytest.mark.parametrize("deed", ["ch.show", "ch.remove", "way.delete", "fail.all", "log.undo"])
def test_a_steward_may_do_everything_about_his_channels_and_nothing_about_others(deed: str) -> None:
    assert judge(STEWARD, deed, 7) is None
    assert judge(STEWARD, deed, 9) is NOT_YOURS


@pytest.mark.parametrize("deed", ["adm.show", "adm.invite", "adm.away"])
def test_who_looks_after_a_channel_is_for_owners_to_say(deed: str) -> None:
    assert judge(STEWARD, deed, 7) is NOT_YOURS


@pytest.mark.parametrize("deed", ["opml.show", "fn.publish", "ch.show", "people.x", "", "."])
def test_what_is_about_the_whole_bot_and_not_named_is_for_owners(deed: str) -> None:
    assert judge(STEWARD, deed, None) is NOT_YOURS
    assert judge(LISTED, deed, None) is NOT_YOURS


@pytest.mark.parametrize("deed", sorted(COMMON))
def test_what_shows_him_his_own_a_steward_may_ask_for(deed: str) -> None:
    assert judge(STEWARD, deed, None) is None


@pytest.mark.parametrize("deed", sorted(BRINGS))
def test_only_who_is_on_the_list_brings_channels(deed: str) -> None:
    assert judge(LISTED, deed, None) is None
    assert judge(STEWARD, deed, None) is NOT_YOURS


@pytest.mark.parametrize(
    ("deed", "places", "to", "verdict"),
    [
        ("fd.show", {7}, None, None),
        ("fd.show", {7, 9}, None, None),
        ("fd.show", {9}, None, NOT_YOURS),
        ("fd.show", set(), None, NOT_YOURS),
        ("fd.pause", {7, 8}, None, None),
        ("fd.pause", {7, 9}, None, NOT_YOURS),
        ("fd.removing", set(), None, NOT_YOURS),
        ("fd.to", {7}, 8, None),
        ("fd.to", {7}, 9, NOT_YOURS),
        ("fd.to", {9}, 7, NOT_YOURS),
        ("fd.to", {7}, 0, NOT_YOURS),
    ],
)
def test_a_feed_is_looked_at_by_who_has_it_and_changed_by_who_alone_has_it(
    deed: str, places: set[int], to: int | None, verdict: Refused | None
) -> None:
    assert judge_feed(STEWARD, deed, places, to) is verdict
    assert judge_feed(OWNER, deed, places, to) is None
    assert judge_feed(STRANGER, deed, places, to) is Refused.STRANGER
