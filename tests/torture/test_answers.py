"""Servers that answer late, never, twice or with garbage: ambiguity is accounted for, exactly."""

import asyncio
from collections import Counter

import pytest
from aiogram import Bot

from bot.adapter import Sent
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.session import BeritaSession
from tests.e2e.house import House
from tests.e2e.processes import until
from tests.servers.bot_api import BotApi
from tests.torture.stage import Stage, doubts_that_are_missing
from tests.torture.verdict import judge

LATE_SECONDS = 5.0
OF_CHATS = (  # of the second post: the fault, and where that leaves it
    ({"how": "slow", "seconds": LATE_SECONDS, "apply": True}, "heard"),
    ({"how": "twice", "apply": True}, "heard"),
    ({"how": "hang", "apply": True}, "there"),
    ({"how": "hang"}, "missing"),
    ({"how": "garbage", "apply": True}, "there"),
    ({"how": "cut", "apply": True}, "there"),
    ({"how": "truncated"}, "missing"),
    ({"how": "reset", "apply": True}, "there"),
)
OF_WEBHOOKS = (  # of the second event: the fault, and how often it comes
    ({"how": "slow", "seconds": 1.0}, 1),
    ({"how": "twice", "status": 410}, 1),
    ({"how": "hang"}, 2),
    ({"how": "garbage"}, 2),
    ({"how": "reset_after"}, 2),
)


@pytest.mark.long  # a post is waited for 25 s, a doubt looked into for 50, a webhook left for 60
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dies", [False, True], ids=["living on", "dying in the middle"])
def test_bad_answers_leave_nothing_in_doubt_but_what_is_not_there(house: House, dies: bool) -> None:
    # Every other chat answers well: two doubts in a row would rightly stop all sending for minutes.
    stage = Stage(house, webhooks=len(OF_WEBHOOKS), chats=2 * len(OF_CHATS))
    house.set("webhooks", timeout="3s")
    stage.settle_in()
    faulty = _plan_faults(stage)
    running = house.run()
    stage.until_ready(running)

    (story,) = stage.publish()
    if dies:
        before = stage.requests()
        until(lambda: stage.requests() >= before + len(stage.paths) + 4, "some under way")
        running.destroy()
        running = house.run()
    stage.publish(2)
    stage.until_settled()
    stage.until_proven()

    ledgers = stage.read()
    verdict = judge(ledgers, stage.expected, in_flight_max=len(stage.places), deaths_alone=False)
    assert verdict.complaints == ()
    assert verdict.doubles == 0
    assert {row.title for row in ledgers.rows if row.state == "in_doubt"} == {story}
    missing = {row.place for row in doubts_that_are_missing(ledgers)}
    assert missing >= {place for place, left in faulty.items() if left == "missing"}
    if not dies:
        assert missing == {place for place, left in faulty.items() if left == "missing"}
        assert verdict.proven == sum(left == "there" for left in faulty.values())
        came = Counter(heard.place for heard in ledgers.heard if heard.title == story)
        assert [came[path] for path in stage.paths] == [times for _, times in OF_WEBHOOKS]
    assert running.end() == 0


def _plan_faults(stage: Stage) -> dict[str, str]:
    """Let the next post or event of each place go wrong in its way; gives what that leaves."""
    assert stage.telegram
    assert stage.receiver
    faulty = {}
    for chat, (fault, left) in zip(stage.chats[::2], OF_CHATS, strict=True):
        stage.telegram.control("fault", **fault, chat=chat)
        faulty[str(chat)] = left
    for path, (fault, _) in zip(stage.paths, OF_WEBHOOKS, strict=True):
        stage.receiver.control("fault", **fault, path=path)
    return faulty


async def test_a_second_answer_to_one_question_is_no_answer_to_the_next() -> None:
    async with BotApi() as telegram:
        telegram.control.channel(-1001)
        telegram.control.fault("twice", apply=True, seconds=0.05)
        async with Bot(telegram.token, session=BeritaSession(api_base=telegram.base)) as bot:
            sender = TelegramSender(bot)
            await sender.send("-1001", b'{"text": "first"}')
            await asyncio.sleep(0.2)  # real: the second answer comes while nobody asks

            outcome = await sender.send("-1001", b'{"text": "second"}')

        ids = {post["text"]: post["message_id"] for post in telegram.control.posts(-1001)}
    assert not isinstance(outcome, Sent) or outcome.message_id == str(ids["second"])
