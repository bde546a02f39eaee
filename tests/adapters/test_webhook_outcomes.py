"""What an endpoint's answer, or its silence, means."""

from datetime import timedelta

import pytest

from bot.adapter import Gone, Outcome, Rejected, RetryLater, Sent
from bot.adapters.webhook.outcomes import RETRY_AFTER_MAX, judge_answer, judge_silence
from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from tests.adapters.kinds import SECRET
from tests.builders import NOON


def answer(status: int, *, body: bytes = b"", **headers: str) -> Outcome:
    heard = {name.replace("_", "-"): value for name, value in headers.items()}
    response = WebResponse(status=status, url="https://x.example/", headers=heard, body=body)
    return judge_answer(response, now=NOON, secrets=(SECRET,))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_sent(status: int) -> None:
    assert isinstance(answer(status), Sent)


def test_gone_parks_the_endpoint() -> None:
    assert isinstance(answer(410), Gone)


def test_too_large_is_refused_for_good() -> None:
    outcome = answer(413)

    assert isinstance(outcome, Rejected)
    assert not outcome.malformed


@pytest.mark.parametrize(
    ("status", "lane"),
    [
        *((status, False) for status in (400, 422)),
        *((status, True) for status in (301, 307, 401, 403, 404, 405, 408, 409, 415, 425)),
        *((status, True) for status in (500, 502, 503, 504, 599)),
    ],
)
def test_every_other_answer_is_tried_again_and_counts(status: int, *, lane: bool) -> None:
    outcome = answer(status)

    assert isinstance(outcome, RetryLater)
    assert (outcome.lane, outcome.counts, outcome.status) == (lane, True, status)
    assert str(status) in outcome.reason


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("Wed, 13 Sep 2023 12:10:00 GMT", timedelta(minutes=10)),
        ("Wed, 13 Sep 2023 11:00:00 GMT", timedelta(0)),
        ("9999999999999", RETRY_AFTER_MAX),
        ("Wed, 13 Sep 2033 12:10:00 GMT", RETRY_AFTER_MAX),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
        ("Wed, 13 Sep 2023 12:00:00 +99999999999", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 -2359", RETRY_AFTER_MAX),
    ],
)
def test_retry_after_is_obeyed_as_far_as_it_makes_sense(
    header: str, after: timedelta | None
) -> None:
    outcome = answer(503, retry_after=header)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == after


@pytest.mark.parametrize(("header", "seconds"), [("5", 60), ("90", 90), ("", 60)])
def test_a_429_burns_no_attempt_and_waits_a_minute_at_least(header: str, seconds: int) -> None:
    outcome = answer(429, retry_after=header)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(seconds=seconds)
    assert not outcome.counts
    assert outcome.lane


def test_what_the_endpoint_said_is_kept_without_secrets_or_tricks() -> None:
    body = f"tidak\x1b[31m bisa\r\n\u202e{SECRET} {'x' * 5_000}".encode() + b"\xff"

    outcome = answer(500, body=body)

    assert outcome.detail.startswith("tidak [31m bisa ••• xxx")
    assert len(outcome.detail) <= 2_000
    assert SECRET not in outcome.detail


def test_a_secret_that_the_answers_end_cuts_in_two_is_not_kept_either() -> None:
    body = b"x" * 1_970 + b" " + SECRET.encode()

    outcome = answer(500, body=body[:2_000])

    assert outcome.detail.endswith("x •••")


@pytest.mark.parametrize("kind", WebErrorKind)
@pytest.mark.parametrize("left", [True, False])
def test_silence_is_tried_again_whatever_its_cause(kind: WebErrorKind, *, left: bool) -> None:
    outcome = judge_silence(WebError(kind, "why", request_left=left))

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "why"
    assert outcome.counts
    late = kind is WebErrorKind.TIMED_OUT
    assert outcome.after == (timedelta(seconds=60) if late else None)
