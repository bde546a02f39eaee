"""Reasons as the real functions make them: every one must have its form in every language."""

import errno
import os
import random
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from aiogram.exceptions import TelegramConflictError
from aiogram.methods import GetUpdates
from aiohttp.client_reqrep import ConnectionKey

from bot.adapter import Gone, InDoubt, Moved, Rejected, RetryLater, Sent
from bot.adapters.telegram.outcomes import GONE, Exchange, judge, why_not
from bot.adapters.telegram.reach import Reach
from bot.adapters.telegram.standing import refusal_of
from bot.adapters.webhook import chat_outcomes, outcomes
from bot.commands.incident import cause_of
from bot.health import BeatSign, judge_health
from bot.verdict import judge_doubt
from feeds.backlog import after_closure, after_outage, too_old
from feeds.cadence import Heard, next_poll
from feeds.errors import ParseError, WebError, WebErrorKind
from feeds.fetch import Failed, fetch
from feeds.filters import Facts, read_filter
from feeds.guard import Guard
from feeds.guard.addresses import _REFUSED_IPV4, _REFUSED_IPV6
from feeds.health import why_disabled
from feeds.model import Backlog, BacklogPolicy, Failing, Finding, InDoubtPolicy
from feeds.parse import parse_document
from feeds.ports import WebResponse
from feeds.web.errors import Exchange as WebExchange
from feeds.web.errors import RefusedAddress, as_web_error, veiled
from tests.builders import NOON, a_feed
from tests.unit.publishing.test_verdict import a_doubt, a_look
from tests.unit.web.test_fetch import LIMITS, a_web

DAY = timedelta(days=1)
HOST = "berita.example"
STATUSES = (*(s.value for s in HTTPStatus if s >= HTTPStatus.MULTIPLE_CHOICES), 599)
CHATS = ("channel", "supergroup", "group", "private")
STANDINGS = ("kicked", "left", "restricted", "member")

# What Telegram says of a chat or a message that it refuses (tdlib/telegram-bot-api, Client.cpp).
TELEGRAM_SAYS = (
    (401, "Unauthorized"),
    *((403, f"Forbidden: bot was kicked from the {each} chat") for each in CHATS[:3]),
    *((403, f"Forbidden: bot is not a member of the {each} chat") for each in CHATS[:3]),
    (403, "Forbidden: bot was kicked from the basic group chat"),
    (403, "Forbidden: bot was blocked by the user"),
    (403, "Forbidden: user is deactivated"),
    (403, "Forbidden: bot can't initiate conversation with a user"),
    (403, "Forbidden: the group chat was deleted"),
    (400, "Bad Request: chat not found"),
    (400, "Bad Request: group chat was deactivated"),
    (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    (400, "Bad Request: need administrator rights in the channel chat"),
    (400, "Bad Request: not enough rights to send text messages to the chat"),
    (400, "Bad Request: have no write access to the chat"),
    (400, "Bad Request: message thread not found"),
    (400, "Bad Request: TOPIC_CLOSED"),
    (400, "Bad Request: TOPIC_DELETED"),
    (400, "Bad Request: message is too long"),
)
ERRNOS = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH)
FILE_ERRNOS = (errno.EACCES, errno.EISDIR, errno.ENOSPC)
OPENSSL_SAYS = (  # openssl/openssl, crypto/x509/x509_txt.c; CPython, Modules/_ssl.c
    "certificate has expired",
    "certificate is not yet valid",
    "self-signed certificate",
    "self-signed certificate in certificate chain",
    "unable to get local issuer certificate",
    "Hostname mismatch, certificate is not valid for 'berita.example'.",
    "IP address mismatch, certificate is not valid for '203.0.113.9'.",
)


async def of_feeds() -> list[str]:
    """What is wrong with a feed by its answer, its file, its time."""
    found = [await fetch(a_feed(), web=a_web(s), limits=LIMITS, now=NOON) for s in STATUSES]
    found.append(await fetch(a_feed(), web=a_web(200, b" "), limits=LIMITS, now=NOON))
    gone_since = replace(a_feed().memory, gone_since=NOON - 2 * DAY)
    gone = next_poll(
        a_feed(memory=gone_since),
        Heard(failed=True, status=410),
        default_every=DAY,
        dice=random.Random(1),
        now=NOON,
    )
    assert gone.state_reason is not None
    told = [each.message for each in found if isinstance(each, Failed)]
    faults = [f"cannot read /x: {os.strerror(each).lower()}" for each in FILE_ERRNOS]
    return [*told, *faults, gone.state_reason]


async def of_documents() -> list[str]:
    """What is wrong with what answered, as the parsers tell it."""
    return [told for body in BODIES if (told := _refused(body)) is not None]


def _refused(body: bytes) -> str | None:
    try:
        parse_document(body, url=f"https://{HOST}/")
    except ParseError as error:
        return str(error)
    return None


BODIES = (
    *(b"", b"%PDF-1.7", b"<html>", b"<opml>", b'{"items": x}', b'{"version": 1}'),
    *(b"<!DOCTYPE rss [<!entity a 'b'>]><rss>", b"<rss>" + b"<" * 100_000, b'{"items":' * 9_000),
    *(b'{"items":[{"id":' + b"9" * 5_000 + b"}]}", b"<rss>" + b"<a>" * 300 + b"</a>" * 300),
)


async def of_the_web() -> list[str]:
    """What befalls a request: every kind of error, every network that is not dialled."""
    exchange, key = WebExchange(host=HOST), ConnectionKey(HOST, 443, True, True, None, None, None)
    refused = {RefusedAddress("10.0.0.1", why) for _, why in (*_REFUSED_IPV4, *_REFUSED_IPV6)}
    refused.add(RefusedAddress("x", Guard().refuses("x") or ""))
    errors: list[Exception] = [
        *(aiohttp.ClientConnectorError(key, each) for each in refused),
        *(aiohttp.ClientConnectorError(key, OSError(each, "")) for each in (*ERRNOS, 0)),
        aiohttp.ClientConnectorError(key, OSError(errno.ENETUNREACH, "")),
        aiohttp.ClientConnectorDNSError(key, OSError(0, "")),
        *(_tls(said) for said in OPENSSL_SAYS),
        ssl.SSLError(1, "?"),
        *(_ssl(said) for said in ("WRONG_VERSION_NUMBER", "CERTIFICATE_VERIFY_FAILED")),
        TimeoutError(),
        aiohttp.InvalidURL("x"),
        aiohttp.ServerDisconnectedError(),
    ]
    told = [as_web_error(each, exchange) for each in errors]
    return [*map(str, told), str(veiled(told[0], exchange))]


async def of_telegram() -> list[str]:
    """What the Bot API, or whatever answers in its place, says of a post."""
    made = [_refusal(code, said) for code, said in TELEGRAM_SAYS]
    made += [_answered(status) for status in (200, 302, 400, 413, 429, 502)]
    made.append(_answered(200, '{"ok": true, "result": true}'))
    made.append(Exchange(bytes_left=True, status=200))
    made += [Exchange(bytes_left=left, fault=said) for left in (True, False) for said in FAULTS]
    told = [each.reason for made_ in made if not isinstance(each := _judged(made_), Sent)]
    told += [why_not(each) for each in made[1:]]
    return told + [refusal_of(chat, status) for chat in CHATS for status in STANDINGS]


FAULTS = ("timed out", "the answer is too large", "")


async def of_known_refusals() -> list[str]:
    """Each word that Telegram refuses a chat with, in a sentence of another's."""
    made = [_judged(_refusal(400, f"Bad Request: {word}")) for word in GONE]
    made.append(_judged(_refusal(403, "Forbidden: not today")))
    return [each.reason for each in made if isinstance(each, Gone)]


async def of_webhooks() -> list[str]:
    """What an endpoint, or a chat behind a webhook, answers."""
    told = []
    for status in STATUSES:
        answer = WebResponse(status=status, url="", headers={}, body=b"")
        for outcome in (
            outcomes.judge_answer(answer, now=NOON, secrets=()),
            chat_outcomes.judge_refusal(answer, now=NOON, detail=""),
            chat_outcomes.unnamed(answer, detail=""),
            chat_outcomes.gone("Slack", answer, "the hook is not there", detail=""),
        ):
            assert isinstance(outcome, RetryLater | Rejected | Gone | InDoubt)
            told.append(outcome.reason)
    slow = WebError(WebErrorKind.TIMED_OUT, f"{HOST} was too slow to answer", request_left=True)
    silent = chat_outcomes.judge_silence(slow)
    assert isinstance(silent, InDoubt)
    last = f"out of attempts (10); the last: {told[0]}"
    failing = Failing(since=NOON, failures=9, answer=told[0])
    return [*told, silent.reason, last, why_disabled(failing)]


async def of_deliveries() -> list[str]:
    """Why something is held or dropped, what was found of a post in doubt."""
    waited = [
        after_closure(900, None, state=state, rolled_up=False).reason
        for state in ("paused", "parked")
    ]
    newest = Backlog(policy=BacklogPolicy.NEWEST, newest=3)
    verdicts = [
        judge_doubt(a_doubt(), [a_look(finding)], policy=policy, now=NOON + DAY).reason
        for finding in Finding
        for policy in InDoubtPolicy
    ]
    looked = [Reach(ids=(7, 8, 9), newest=None).said(last) for last in (None, 7, 9)]
    rules = ("any: gempa", "all: gempa", "none: berita", "any ~ gempa", "none ~ berita")
    facts = Facts(title="Berita", summary="", author=None, tags=(), link=None)
    filtered = [read_filter((rule,)).drops(facts) for rule in rules]
    reasons = [*waited, after_outage(9, newest, rolled_up=False).reason, *verdicts, *filtered]
    assert all(filtered)
    return [*filter(None, reasons), *looked, too_old(timedelta(hours=36)), *_found_ways()]


def _found_ways() -> Iterator[str]:
    for way in ("probe", "linked group"):
        found = replace(a_look(Finding.FOUND), way=way)
        verdict = judge_doubt(a_doubt(), [found], policy=InDoubtPolicy.HOLD, now=NOON)
        assert verdict.reason is not None
        yield verdict.reason


async def of_health() -> list[str]:
    """What keeps the program from being well; what is ill stands before it."""
    silent = BeatSign(name="publish", rounds=1, alive_at=None, quiet_max=DAY, trouble=None)
    health = judge_health(
        beats=[silent],
        closed=(),
        unwritten=2,
        polling_paused="The disk is full: free some space; nothing was half-written.",
        started_at=NOON - 9 * DAY,
        now=NOON,
    )
    *whole, of_beat = health.problems
    elsewhere = "Conflict: terminated by other getUpdates request"
    conflict = cause_of(TelegramConflictError(GetUpdates(), elsewhere))
    return [*whole, of_beat.partition(": ")[2], conflict.text]


MAKERS = (of_feeds, of_documents, of_the_web, of_telegram, of_webhooks, of_deliveries, of_health)


def _judged(exchange: Exchange) -> RetryLater | Rejected | Gone | InDoubt | Moved | Sent:
    return judge(exchange, bot_scope="telegram:bot:42")


def _answered(status: int, body: str = "<html>") -> Exchange:
    return Exchange(bytes_left=True, status=status, body=body)


def _refusal(code: int, said: str) -> Exchange:
    body = f'{{"ok": false, "error_code": {code}, "description": "{said}"}}'
    return Exchange(bytes_left=True, status=code, body=body)


def _tls(said: str) -> Exception:
    error = ssl.SSLCertVerificationError(1, "?")
    error.verify_message = said
    return error


def _ssl(reason: str) -> Exception:
    error: Any = ssl.SSLError(1, "?")
    error.reason = reason
    return error
