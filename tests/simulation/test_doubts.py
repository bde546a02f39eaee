"""What becomes of one post in doubt, scene by scene: no false word, and nobody held up by it."""

import asyncio

import pytest

from tests.simulation.books import Delivery
from tests.simulation.stage import CHAT, Stage
from tests.world.disk import Disk
from tests.world.fates import Fate
from tests.world.telegram import Doom

TOPICS = (42, 43)


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
