"""What becomes of one post in doubt, scene by scene: no false word, and nobody held up by it."""

import asyncio

import pytest

from tests.simulation.books import Delivery
from tests.simulation.plan import OWNER
from tests.simulation.stage import CHAT, Stage
from tests.world.disk import Disk
from tests.world.fates import Fate
from tests.world.telegram import Doom

TOPICS = (42, 43)
AN_HOUR = 3_600
LONGER_THAN_A_LANE_WAITS = 200
BEFORE_THE_LATER_LOOKS = 500


def the_doubtful(stage: Stage) -> Delivery:
    (found,) = [d for d in stage.books().deliveries if d.attempts[0].outcome == "in_doubt"]
    return found


@pytest.mark.parametrize("in_doubt", ["hold", "resend_if_absent"])
def test_a_doubt_in_one_topic_is_not_settled_by_the_post_in_another(
    in_doubt: str, disk: Disk
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(70)
            lost = Doom(chat=CHAT, topic=TOPICS[0], fate=Fate.RESET_BEFORE)
            stage.outside.telegram.dooms.append(lost)
            stage.outside.publishers["feed-0"].publish(80)
            await asyncio.sleep(300)

        doubtful = the_doubtful(stage)
        there = [
            call.message_id
            for call in stage.posts(0)
            if call.headline == doubtful.title and call.parameters["message_thread_id"] == TOPICS[0]
        ]
        assert doubtful.place == "topic-42"
        assert len(there) == (in_doubt != "hold")
        assert doubtful.state == ("in_doubt" if in_doubt == "hold" else "sent")
        assert doubtful.message_id == (str(there[0]) if there else None)

    stage = Stage(disk)
    stage.forum(0, topics=TOPICS, stories=1, in_doubt=in_doubt)
    stage.play(scene)


def test_a_probe_chat_that_takes_nothing_for_an_hour_holds_no_channel_up(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(70)
            stage.outside.telegram.flood(OWNER, AN_HOUR)
            stage.outside.telegram.dooms.append(Doom(chat=CHAT, fate=Fate.RESET_BEFORE))
            begun_at = asyncio.get_running_loop().time()
            for _ in range(3):
                stage.outside.publishers["feed-0"].publish(80)
            await asyncio.sleep(300)

        later = [call.at for call in stage.posts(0) if call.at > begun_at]
        assert len(later) == 2
        assert max(later) < begun_at + 60 + 65, "a poll, and a minute in doubt"
        doubtful = the_doubtful(stage)
        assert {look.finding for look in doubtful.looks} == {"unknown"}
        (notice,) = [n for n in stage.books().notices if n.kind == "in_doubt"]
        assert notice.delivery == doubtful.id

    stage = Stage(disk)
    stage.channel(0, stories=1)
    stage.play(scene)


def test_a_post_that_there_was_no_room_to_look_for_is_found_as_soon_as_there_is(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        telegram = stage.outside.telegram
        async with stage.machine.running():
            await asyncio.sleep(70)
            telegram.flood(OWNER, LONGER_THAN_A_LANE_WAITS)
            telegram.dooms.append(Doom(chat=CHAT, fate=Fate.SILENCE_AFTER))
            stage.outside.publishers["feed-0"].publish(80)
            await asyncio.sleep(BEFORE_THE_LATER_LOOKS)

        doubtful = the_doubtful(stage)
        assert doubtful.state == "sent"
        assert doubtful.message_id == str(stage.posts(0)[-1].message_id)
        assert [look.finding for look in doubtful.looks] == ["unknown", "found"]

    stage = Stage(disk)
    stage.channel(0, stories=1)
    stage.play(scene)


def test_what_takes_effect_after_its_lane_went_on_is_found(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        telegram = stage.outside.telegram
        telegram.late_seconds = (88, 88)
        async with stage.machine.running():
            await asyncio.sleep(70)
            telegram.dooms.append(Doom(chat=CHAT, fate=Fate.LATE))
            for _ in range(2):
                stage.outside.publishers["feed-0"].publish(80)
            await asyncio.sleep(800)

        doubtful = the_doubtful(stage)
        told = [call.headline for call in stage.posts(0)]
        assert told.index(doubtful.title) == len(told) - 1, "it came last"
        assert doubtful.state == "sent"
        assert doubtful.message_id == str(stage.posts(0)[-1].message_id)

    stage = Stage(disk)
    stage.channel(0, stories=1)
    stage.play(scene)
