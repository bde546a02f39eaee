"""Which message ids are looked at after a post in doubt, and what their looks amount to."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta

import async_solipsism
import pytest

from bot.adapters.telegram.marks import mark_of_body, mark_of_text
from bot.adapters.telegram.reach import GAP_MAX, PROBED_MAX, reach_of
from bot.adapters.telegram.seeking import (
    WALK_SECONDS,
    LinkedGroupSeeker,
    Probed,
    ProbeSeeker,
)
from feeds.model import Doubt, Finding, Sighting
from feeds.ports import WebResponse
from tests.builders import NOON, a_delivery, a_destination, a_parcel
from tests.world.web import SimWeb

CHAT = "-1001234"
TEXT = "Kim Jong Un Janji Dukung Penuh Putin\n\nKeduanya bertemu."
MARK = mark_of_text(TEXT)


class Noon:
    def now(self) -> object:
        return NOON


class ScriptedProber:
    """Finds by script what is at each id; nothing elsewhere."""

    def __init__(self, there: Mapping[int, Probed]) -> None:
        self.there = there
        self.asked: list[int] = []

    def may_look(self) -> bool:
        return True

    async def probe(self, chat: int, message_id: int, mark: bytes) -> Probed:
        assert (chat, mark) == (int(CHAT), MARK)
        self.asked.append(message_id)
        return self.there.get(message_id, Probed.NOTHING)


def a_doubt(
    last_before: str | None = None,
    first_after: str | None = None,
    *,
    address: str = CHAT,
    taken: frozenset[str] = frozenset(),
    contested: bool = False,
    sightings: tuple[Sighting, ...] = (),
) -> Doubt:
    body = json.dumps({"text": TEXT}).encode()
    return Doubt(
        parcel=a_parcel(delivery=a_delivery(body=body)),
        destination=a_destination(kind="telegram", address=address),
        since=NOON,
        look_until=None,
        last_before=last_before,
        first_after=first_after,
        taken=taken,
        contested=contested,
        sightings=sightings,
    )


async def probed(
    doubt: Doubt, there: Mapping[int, Probed], *, thorough: bool = True
) -> tuple[Finding, list[int]]:
    prober = ScriptedProber(there)
    found = await ProbeSeeker(prober, Noon()).look(doubt, thorough=thorough)  # type: ignore[arg-type]
    assert found is not None
    assert (found.message_id is not None) == (found.finding is Finding.FOUND)
    return found.finding, prober.asked


def test_white_space_makes_no_other_post_of_it() -> None:
    assert mark_of_text(f"  {TEXT} \n") == MARK
    assert mark_of_text(TEXT.replace("Putin", "Putih")) != MARK
    assert mark_of_body(b"no json") is None


@pytest.mark.parametrize(
    ("there", "finding", "asked"),
    [
        ({8: Probed.OURS}, Finding.FOUND, [8]),
        ({8: Probed.OTHER, 9: Probed.OTHER, 10: Probed.OURS}, Finding.FOUND, [8, 9, 10]),
        ({}, Finding.ABSENT, [*range(8, 19)]),
        ({10: Probed.OTHER}, Finding.ABSENT, [*range(8, 22)]),
        ({18: Probed.OURS}, Finding.FOUND, [*range(8, 19)]),
        ({8: Probed.UNSURE}, Finding.UNKNOWN, [8, 9, 10, 11]),
        ({8: Probed.UNSURE, 9: Probed.OURS}, Finding.FOUND, [8, 9]),
        ({9: Probed.CLOSED}, Finding.UNKNOWN, [8, 9]),
        ({8: Probed.CLOSED}, Finding.UNKNOWN, [8]),
    ],
)
async def test_after_the_newest_post_ids_are_looked_at_until_a_long_gap(
    there: Mapping[int, Probed], finding: Finding, asked: list[int]
) -> None:
    assert await probed(a_doubt("7"), there) == (finding, asked)


async def test_between_two_known_posts_each_id_is_looked_at() -> None:
    doubt = a_doubt("7", "11", taken=frozenset({"9"}))

    assert await probed(doubt, {10: Probed.OURS}) == (Finding.FOUND, [8, 10])


async def test_what_took_effect_late_is_found_after_younger_posts() -> None:
    doubt = a_doubt("7", "8", taken=frozenset({"8", "9"}))

    assert await probed(doubt, {10: Probed.OURS}) == (Finding.FOUND, [10])
    assert await probed(doubt, {}) == (Finding.ABSENT, [*range(10, 21)])


async def test_a_gap_among_known_posts_is_not_the_end() -> None:
    doubt = a_doubt("7", "20", taken=frozenset({"20"}))

    finding, asked = await probed(doubt, {})

    assert (finding, asked) == (Finding.UNKNOWN, [*range(8, 20), 21, 22, 23])


@pytest.mark.parametrize(
    ("there", "finding", "asked"),
    [
        ({}, Finding.UNKNOWN, [8]),
        ({8: Probed.OURS}, Finding.FOUND, [8]),
        ({8: Probed.OTHER, 9: Probed.OURS}, Finding.FOUND, [8, 9]),
        ({9: Probed.OURS}, Finding.UNKNOWN, [8]),
    ],
)
async def test_a_look_in_passing_ends_soon_and_tells_of_no_absence(
    there: Mapping[int, Probed], finding: Finding, asked: list[int]
) -> None:
    assert await probed(a_doubt("7"), there, thorough=False) == (finding, asked)


class SlowProber(ScriptedProber):
    """Takes its time for each."""

    async def probe(self, chat: int, message_id: int, mark: bytes) -> Probed:
        await asyncio.sleep(WALK_SECONDS / 3)
        return await super().probe(chat, message_id, mark)


def test_a_walk_ends_in_time_and_says_that_it_was_cut_short() -> None:
    async def walk() -> None:
        prober = SlowProber({})

        found = await ProbeSeeker(prober, Noon()).look(a_doubt("7"))  # type: ignore[arg-type]

        assert found is not None
        assert (found.finding, prober.asked) == (Finding.UNKNOWN, [8, 9, 10])
        assert found.detail == (
            "messages 8 to 10 looked at: not there; the probe chat takes no more for now"
        )

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(walk())


async def test_where_too_many_posts_came_between_nothing_is_proven_absent() -> None:
    finding, asked = await probed(a_doubt("7", "1000"), {})

    assert (finding, len(asked)) == (Finding.UNKNOWN, PROBED_MAX)


async def test_a_crowd_after_the_newest_post_proves_nothing_absent() -> None:
    crowd = dict.fromkeys(range(8, 1000), Probed.OTHER)

    assert (await probed(a_doubt("7"), crowd))[0] is Finding.UNKNOWN
    assert GAP_MAX < PROBED_MAX


async def test_before_the_first_post_known_ids_are_looked_at_backwards_then_after_it() -> None:
    found = await probed(a_doubt(None, "4"), {2: Probed.OURS})
    absent = await probed(a_doubt(None, "4"), {})

    assert found == (Finding.FOUND, [3, 2])
    assert absent == (Finding.UNKNOWN, [3, 2, 1, *range(5, 17)])
    assert len(absent[1]) == PROBED_MAX


async def test_what_may_be_the_post_of_another_topic_proves_nothing() -> None:
    finding, asked = await probed(a_doubt("7", contested=True), {8: Probed.OURS})

    assert (finding, asked) == (Finding.UNKNOWN, [8])


async def test_where_no_post_is_known_there_is_nothing_to_begin_from() -> None:
    assert reach_of(a_doubt()) is None
    assert await probed(a_doubt(), {1: Probed.OURS}) == (Finding.UNKNOWN, [])


@pytest.mark.parametrize("address", ["7", "-123456", "@berita"])
async def test_ids_tell_nothing_in_chats_that_count_none_of_their_own(address: str) -> None:
    seeker = ProbeSeeker(ScriptedProber({}), Noon())  # type: ignore[arg-type]

    assert await seeker.look(a_doubt("7", address=address)) is None


# ── the linked group ─────────────────────────────────────────────────────────────────────────────


def a_linked_seeker(*, linked: bool | None = True) -> LinkedGroupSeeker:
    web = SimWeb()
    chat = {"id": int(CHAT), "type": "channel"} | ({"linked_chat_id": -1005} if linked else {})
    body = json.dumps({"ok": True, "result": chat}).encode()
    web.serve(
        "api.example",
        lambda _method, url, _headers, _body: WebResponse(
            status=200, url=url, headers={}, body=body
        ),
        down=linked is None,
        latency=timedelta(0),
    )
    return LinkedGroupSeeker(web, Noon(), api_base="https://api.example", token="1:x")  # type: ignore[arg-type]


async def test_a_copy_seen_in_the_linked_group_is_the_proof() -> None:
    seen = Sighting(message_id="9", mark=MARK)

    found = await a_linked_seeker().look(a_doubt(sightings=(seen,)))

    assert found is not None
    assert (found.finding, found.message_id) == (Finding.FOUND, "9")


async def test_a_copy_that_belongs_to_another_delivery_proves_nothing() -> None:
    seen = Sighting(message_id="9", mark=MARK)
    doubt = a_doubt(taken=frozenset({"9"}), sightings=(seen, Sighting(message_id="8", mark=b"")))

    found = await a_linked_seeker().look(doubt)

    assert found is not None
    assert found.finding is Finding.UNKNOWN


async def test_a_copy_that_may_be_another_s_proves_nothing() -> None:
    seen = Sighting(message_id="9", mark=MARK)

    found = await a_linked_seeker().look(a_doubt(contested=True, sightings=(seen,)))

    assert found is not None
    assert (found.finding, found.message_id) == (Finding.UNKNOWN, None)


@pytest.mark.parametrize("linked", [False, None])
async def test_without_a_linked_group_this_is_no_way(linked: bool | None) -> None:
    assert await a_linked_seeker(linked=linked).look(a_doubt()) is None
