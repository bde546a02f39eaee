import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.adapter import Gone, InDoubt, Moved, Outcome, Rejected, RetryLater, Sent
from bot.adapters.telegram.outcomes import Exchange, judge

SCOPE = "telegram:bot:42"


def an_answer(status: int, body: object, **more: Any) -> Outcome:
    text = body if isinstance(body, str) else json.dumps(body)
    return judge(Exchange(bytes_left=True, status=status, body=text, **more), bot_scope=SCOPE)


def a_refusal(code: int, description: str, **parameters: int) -> Outcome:
    body = {"ok": False, "error_code": code, "description": description}
    return an_answer(code, body | ({"parameters": parameters} if parameters else {}))


def test_an_accepted_message_is_sent_under_its_number() -> None:
    outcome = an_answer(200, {"ok": True, "result": {"message_id": 7}})

    assert outcome == Sent(message_id="7", status=200)


@pytest.mark.parametrize("seconds", [1, 35, 3_600, 86_400 * 2])
def test_a_429_is_obeyed_as_it_stands_and_burns_no_attempt(seconds: int) -> None:
    outcome = a_refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(seconds=seconds)
    assert (outcome.counts, outcome.lane, outcome.scope, outcome.status) == (False, True, None, 429)


def test_a_429_from_something_in_between_is_obeyed_by_its_header() -> None:
    outcome = an_answer(429, "<html>slow down</html>", retry_after="17")

    assert isinstance(outcome, RetryLater)
    assert (outcome.after, outcome.counts) == (timedelta(seconds=17), False)


@pytest.mark.parametrize("value", ["soon", -1, None, [], 1.5, ""])
def test_a_429_without_a_usable_number_leaves_the_wait_to_us(value: object) -> None:
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests"}

    outcome = an_answer(429, body | {"parameters": {"retry_after": value}})

    assert isinstance(outcome, RetryLater)
    assert (outcome.after, outcome.counts) == (None, False)


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (401, "Unauthorized"),
        (401, "Unauthorized: invalid token specified"),
        (404, "Not Found"),
        (404, "Not Found: method not found"),
    ],
)
def test_a_refused_token_stops_the_bot_and_keeps_the_queue(code: int, description: str) -> None:
    outcome = a_refusal(code, description)

    assert isinstance(outcome, RetryLater)
    assert (outcome.scope, outcome.counts, outcome.status) == (SCOPE, False, code)
    assert outcome.after == timedelta(seconds=60)
    assert "check the token" in outcome.reason


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: the bot can't send messages to the bot"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (403, "Forbidden: bot is not a member of the channel chat"),
        (403, "Forbidden: the group chat was deleted"),
        (403, "Forbidden: something Telegram never said before"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: need administrator rights in the channel chat"),
        (400, "Bad Request: have no write access to the chat"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (400, "Bad Request: message thread not found"),
        (400, "Bad Request: TOPIC_CLOSED"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED"),
        (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    ],
)
def test_a_chat_that_refuses_us_is_gone_and_the_reason_says_what_to_do(
    code: int, description: str
) -> None:
    outcome = a_refusal(code, description)

    assert isinstance(outcome, Gone)
    assert outcome.status == code
    assert outcome.reason.startswith(f"{code} {description}: ")


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    text = "Bad Request: group chat was upgraded to a supergroup chat"

    outcome = a_refusal(400, text, migrate_to_chat_id=-1001234567890)

    assert isinstance(outcome, Moved)
    assert outcome.address == "-1001234567890"


@pytest.mark.parametrize(
    "description",
    [
        "message text is empty",
        "text must be non-empty",
        "message is too long",
        "text is too long",
        "can't parse entities: Unsupported start tag",
        "entity begins after the end of the text at UTF-16 offset 9",
        "strings must be encoded in UTF-8",
        "BUTTON_DATA_INVALID",
        "BUTTON_URL_INVALID",
        "ENTITY_BOUNDS_INVALID",
        "a text of tomorrow",
    ],
)
def test_a_message_refused_with_400_may_be_tried_once_in_plain_form(description: str) -> None:
    outcome = a_refusal(400, f"Bad Request: {description}")

    assert isinstance(outcome, Rejected)
    assert outcome.malformed


def test_a_message_too_large_for_the_front_end_is_malformed_in_either_form() -> None:
    api = a_refusal(413, "Request Entity Too Large")
    front = an_answer(413, "<html>413</html>")

    assert isinstance(api, Rejected)
    assert isinstance(front, Rejected)
    assert api.malformed
    assert front.malformed


@pytest.mark.parametrize("code", [408, 409, 421, 423, 425])
def test_a_refusal_of_the_moment_is_tried_again_and_burns_an_attempt(code: int) -> None:
    outcome = a_refusal(code, "Conflict")

    assert isinstance(outcome, RetryLater)
    assert outcome.counts


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}'),
        (503, '{"ok":false,"error_code":503,"description":"Service Unavailable"}'),
        (500, '{"ok":false,"error_code":500,"parameters":{"retry_after":5}}'),
        (502, "<html>502 Bad Gateway</html>"),
        (504, ""),
        (200, "<html>log in to the hotel's network</html>"),
        (200, '{"ok":true,"result":{"mess'),
        (200, '{"ok":true,"result":true}'),
        (200, '{"ok":true}'),
        (200, "[]"),
        (200, "[" * 200_000),
        (502, '{"ok":true,"result":{"message_id":7}}'),
    ],
)
def test_an_answer_behind_which_a_message_may_stand_is_doubt(status: int, body: str) -> None:
    outcome = an_answer(status, body)

    assert isinstance(outcome, InDoubt)
    assert outcome.status == status


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 404, 451, 499])
def test_a_page_that_is_not_the_bot_apis_never_parks_a_chat(status: int) -> None:
    outcome = an_answer(status, "<html>blocked by your provider</html>")

    assert isinstance(outcome, RetryLater)
    assert (outcome.scope, outcome.counts) == (SCOPE, False)
    assert "telegram.api_base" in outcome.reason


def test_a_broken_answer_is_doubt() -> None:
    outcome = judge(Exchange(bytes_left=True, status=200, fault="cut"), bot_scope=SCOPE)

    assert isinstance(outcome, InDoubt)


def test_silence_is_doubt_only_if_something_left() -> None:
    left = judge(Exchange(bytes_left=True, fault="timed out"), bot_scope=SCOPE)
    stayed = judge(Exchange(bytes_left=False, fault="timed out"), bot_scope=SCOPE)

    assert isinstance(left, InDoubt)
    assert isinstance(stayed, RetryLater)
    assert (stayed.counts, stayed.lane, stayed.scope) == (False, True, SCOPE)


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)
answers = some.fixed_dictionaries(
    {},
    optional={
        "ok": some.booleans() | json_values,
        "error_code": some.integers(0, 999) | json_values,
        "description": json_values,
        "parameters": json_values
        | some.fixed_dictionaries(
            {}, optional={"retry_after": json_values, "migrate_to_chat_id": json_values}
        ),
        "result": json_values,
    },
)


@settings(deadline=None)
@given(
    status=some.integers(100, 999),
    body=answers | json_values | some.text(),
    header=some.none() | some.text(),
)
def test_no_answer_whatever_it_says_breaks_the_judge(
    status: int, body: object, header: str | None
) -> None:
    outcome = an_answer(status, body, retry_after=header)

    assert not isinstance(outcome, Sent) or outcome.message_id is not None
    assert len(outcome.detail) <= 2_000


@pytest.mark.parametrize("code", [10**20, -(10**20), 0, 99, 1_000, True])
def test_a_code_that_is_none_is_taken_from_the_status_of_the_answer(code: int) -> None:
    outcome = an_answer(400, {"ok": False, "error_code": code, "description": "Bad Request"})

    assert outcome.status == 400
