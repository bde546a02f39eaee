"""What a chat's answer, or its silence, means; and that what may have arrived is not repeated."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.adapter import Gone, InDoubt, Outcome, Rejected, RetryLater, Sent
from bot.adapters.webhook.outcomes import RETRY_AFTER_MAX
from bot.pacer import Pacer
from bot.turn import Turns
from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from tests.adapters.kinds import Room, a_chat_adapter, a_room
from tests.builders import NOON, a_delivery, a_destination, a_parcel

CHATS = ("discord", "slack", "mattermost")
INVALID = {"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook."}
GENERAL = {"id": "web.incoming_webhook.general.app_error", "message": "Unable to handle."}


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOON


def judged(
    kind: str,
    status: int,
    body: bytes | dict[str, Any] = b"",
    *,
    plain: bool = False,
    **headers: str,
) -> Outcome:
    said = json.dumps(body).encode() if isinstance(body, dict) else body
    response = WebResponse(
        status=status,
        url="",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=said,
    )
    adapter: Any = a_chat_adapter(kind, None)
    outcome: Outcome = adapter.judge(response, plain=plain, now=NOON, detail="as it was")
    return outcome


async def send(room: Room, *, plain: bool = False) -> Outcome:
    parcel = a_parcel(delivery=a_delivery(plain=plain))
    body = room.adapter.render(room.destination, parcel)
    return await room.adapter.send(room.destination, parcel, body)


# ── taken ────────────────────────────────────────────────────────────────────────────────────────


async def test_discord_is_waited_for_and_names_the_message() -> None:
    async with a_room("discord") as room:
        room.destination = replace(
            room.destination, address=f"{room.destination.address}?thread_id=7"
        )
        outcome = await send(room)

        ((_, query, headers),) = room.chats.asked
    assert isinstance(outcome, Sent)
    assert outcome.message_id == "1152000000000000001"
    assert query == {"thread_id": "7", "wait": "true"}
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "berita/test")


@pytest.mark.parametrize("kind", ["slack", "mattermost"])
async def test_the_others_say_ok_and_name_nothing(kind: str) -> None:
    async with a_room(kind) as room:
        outcome = await send(room)

    assert isinstance(outcome, Sent)
    assert outcome.message_id is None


def test_a_success_without_content_is_one() -> None:
    assert isinstance(judged("discord", 204), Sent)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("body", [b"<html>please log in</html>", b"", b"[1]", b"OK!"])
def test_a_success_that_is_not_the_chats_own_is_in_doubt(kind: str, body: bytes) -> None:
    assert isinstance(judged(kind, 200, body), InDoubt)


# ── gone ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", CHATS)
async def test_a_hook_that_is_no_more_parks_its_destination_with_the_services_words(
    kind: str,
) -> None:
    async with a_room(kind) as room:
        room.chats.gone.add(kind)
        outcome = await send(room)

    assert isinstance(outcome, Gone)
    expected = {
        "discord": "Unknown Webhook",
        "slack": "no_service",
        "mattermost": "Invalid webhook",
    }
    assert expected[kind] in outcome.reason


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("discord", 404, {"code": 10015, "message": "Unknown Webhook"}),
        ("discord", 401, {"code": 50027, "message": "Invalid Webhook Token"}),
        ("discord", 403, {"code": 50013, "message": "Missing Permissions"}),
        ("discord", 410, {"code": 0, "message": "Gone"}),
        ("slack", 403, b"invalid_token"),
        ("slack", 403, b"action_prohibited\n"),
        ("slack", 404, b"channel_not_found"),
        ("slack", 404, b"<html>"),
        ("slack", 410, b"channel_is_archived"),
        ("slack", 400, b"no_service"),
        ("mattermost", 400, INVALID),
        ("mattermost", 403, {"id": "web.incoming_webhook.channel_locked.app_error"}),
        ("mattermost", 404, {"id": "web.incoming_webhook.channel.app_error"}),
        ("mattermost", 404, {"id": "store.sql_webhooks.get_incoming.app_error", "message": "x"}),
    ],
)
def test_what_says_in_its_own_words_that_it_refuses_us_is_gone(
    kind: str, status: int, body: bytes | dict[str, Any]
) -> None:
    assert isinstance(judged(kind, status, body), Gone)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *(("discord", status) for status in (401, 403, 404)),
        *(("slack", status) for status in (401, 403)),
        *(("mattermost", status) for status in (401, 403, 404, 410)),
    ],
)
def test_a_page_of_somebody_elses_is_not_the_chats_refusal(kind: str, status: int) -> None:
    outcome = judged(kind, status, b"<html>a proxy's page</html>")

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(minutes=10)
    assert outcome.counts


def test_a_vague_refusal_of_mattermost_is_the_storys_first_and_then_the_hooks() -> None:
    first, second = (judged("mattermost", 400, GENERAL, plain=plain) for plain in (False, True))

    assert isinstance(first, Rejected)
    assert first.malformed
    assert isinstance(second, Gone)


# ── not now ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "body", "headers", "seconds"),
    [
        ("discord", {"retry_after": 0.35, "global": False}, {}, 0.35),
        ("discord", {"retry_after": 64, "global": False}, {"retry_after": "65"}, 64),
        ("discord", {"retry_after": "soon"}, {"retry_after": "7"}, 7),
        ("discord", {"retry_after": -1}, {}, 60),
        ("discord", {"retry_after": True}, {}, 60),
        ("discord", {"retry_after": 1e308}, {}, 60),
        ("discord", {"retry_after": 9e8}, {}, RETRY_AFTER_MAX.total_seconds()),
        ("discord", b"<html>error 1015</html>", {"retry_after": "3600"}, 3_600),
        ("slack", b"rate_limited", {"retry_after": "30"}, 30),
        ("mattermost", b"limit exceeded", {}, 60),
    ],
)
def test_a_throttle_is_obeyed_and_burns_no_attempt(
    kind: str, body: bytes | dict[str, Any], headers: dict[str, str], seconds: float
) -> None:
    outcome = judged(kind, 429, body, **headers)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(seconds=seconds)
    assert (outcome.counts, outcome.lane, outcome.scope) == (False, True, None)


def test_discords_global_throttle_closes_all_of_its_hooks() -> None:
    outcome = judged("discord", 429, {"retry_after": 2.5, "global": True})

    assert isinstance(outcome, RetryLater)
    adapter = a_chat_adapter("discord", None)
    one, another = (adapter.scopes(a_destination(kind="discord", id=id_))[0] for id_ in (1, 2))
    assert outcome.scope == one.name == another.name


@pytest.mark.parametrize(("everywhere", "waits"), [(True, 64), (False, 0)])
def test_another_hook_of_discords_waits_for_a_global_throttle_alone(
    *, everywhere: bool, waits: int
) -> None:
    outcome = judged("discord", 429, {"retry_after": 64, "global": everywhere})
    adapter = a_chat_adapter("discord", None)
    one, another = (adapter.scopes(a_destination(kind="discord", id=id_)) for id_ in (1, 2))
    clock = Standing()
    pacer = Pacer(clock)
    turns = Turns(
        pacer=pacer,
        scopes=one,
        passage=None,
        lanes=lambda: 2,
        clock=clock,
        stopping=lambda: False,
    )

    turns.heed(outcome, NOON + timedelta(seconds=64))

    assert pacer.free_at(another) - NOON == timedelta(seconds=waits)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("status", [408, 425, 503])
def test_what_was_not_handled_is_tried_again(kind: str, status: int) -> None:
    outcome = judged(kind, status, b"not now", retry_after="9")

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(seconds=9)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("status", [500, 502, 504, 520, 599])
def test_what_may_have_been_taken_is_in_doubt(kind: str, status: int) -> None:
    assert isinstance(judged(kind, status, b"<html>bad gateway</html>"), InDoubt)


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_malformed_post_is_tried_once_more_in_plain_form(kind: str, status: int) -> None:
    outcome = judged(kind, status, b"invalid_blocks")

    assert isinstance(outcome, Rejected)
    assert outcome.malformed


@pytest.mark.parametrize("kind", CHATS)
def test_a_redirect_is_told_and_not_followed(kind: str) -> None:
    outcome = judged(kind, 307, b"", location="https://elsewhere.example/")

    assert isinstance(outcome, RetryLater)
    assert "not followed" in outcome.reason


# ── no answer ────────────────────────────────────────────────────────────────────────────────────


class Silence:
    """A web in which every post fails in one way."""

    def __init__(self, *, left: bool) -> None:
        self._left = left

    async def post(self, url: str, **_: Any) -> WebResponse:
        raise WebError(WebErrorKind.TIMED_OUT, "no answer in time", request_left=self._left)


@pytest.mark.parametrize("kind", CHATS)
async def test_only_what_certainly_never_left_is_sent_again(kind: str) -> None:
    async with a_room(kind) as room:
        adapters = [a_chat_adapter(kind, Silence(left=left)) for left in (True, False)]

        outcomes = [await adapter.send(room.destination, a_parcel(), b"{}") for adapter in adapters]

    assert [type(outcome) for outcome in outcomes] == [InDoubt, RetryLater]


@pytest.mark.parametrize("kind", CHATS)
async def test_a_post_whose_connection_was_cut_may_be_there(kind: str) -> None:
    async with a_room(kind) as room:
        room.chats.fault(how="reset_after")

        assert isinstance(await send(room), InDoubt)


@pytest.mark.parametrize("kind", CHATS)
async def test_the_key_in_the_address_is_in_no_text(kind: str) -> None:
    async with a_room(kind) as room:
        room.chats.fault(how="status", status=500, body="no such hook: /x/t0ken")
        outcome = await send(room)

    assert "t0ken" not in outcome.detail + getattr(outcome, "reason", "")
    assert "•••" in outcome.detail
