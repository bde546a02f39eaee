"""Attacks on the bot, each a dialogue: who sends what, and the only answer that he may get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.commands.chat import CHANNEL, FEED, OWNER, STRANGER
from tests.commands.troubles import PERSON, PRIVATE, a_press

GROUP = -100456
ANONYMOUS, CHANNEL_BOT, TELEGRAM = 1087968824, 136817688, 777000
IN_GROUP = {"id": GROUP, "type": "supergroup", "title": "Kita"}
OF_CHANNEL = {"id": CHANNEL, "type": "channel", "title": "Daily Berita"}
GROUP_POST = {"message_id": 1, "date": 1, "chat": IN_GROUP, "text": "?"}
NASTY = "<b>@admin</b> /removefeed daily \u202egnirts [x](tg://user?id=1) *_`"
VOID = "This code is worth nothing"
NOT_A_POST = "I can only tell the way"
NOT_OURS = "I did not send that post"

Update = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """`updates` of an attack; `hears`: how the one safe answer begins, None for silence.

    `{names}` in data are ids of the situation (see `test_attacks.besieged`).
    """

    updates: tuple[Update, ...]
    hears: str | tuple[str, ...] | None = None
    whose: int = STRANGER  # in whose chat the answer stands
    times: int = 1
    toasts: str = ""


def person(number: int, **changes: Any) -> dict[str, Any]:
    return PERSON | {"id": number, "first_name": "Budi"} | changes


def private(number: int) -> dict[str, Any]:
    return PRIVATE | {"id": number}


def said(text: str | None, by: int = STRANGER, **changes: Any) -> Update:
    """A message in somebody's private chat with the bot."""
    whole = {
        "message_id": 1,
        "date": 1,
        "chat": private(by),
        "from": person(by),
        "text": text,
    } | changes
    return "message", {name: value for name, value in whole.items() if value is not None}


def pressed(data: str, by: int = STRANGER, **changes: Any) -> Update:
    """A press of a button in somebody's private chat with the bot."""
    message = {"message_id": 1, "date": 1, "chat": private(by), "text": "?"}
    whole = {"from": person(by), "message": message} | changes
    return "callback_query", a_press(data, **whole)


def forwarded(by: int, text: str = "…", **origin: Any) -> Update:
    whole = {"type": "channel", "date": 0, "chat": OF_CHANNEL, "message_id": 999} | origin
    return said(text, by, forward_origin=whole)


def one(update: Update, **more: Any) -> Attack:
    return Attack(updates=(update,), **more)


STRANGERS: Mapping[str, Attack] = {
    "asks how things stand": one(said("/status")),
    "asks for failures": one(said("/failures")),
    "asks for the log": one(said("/log")),
    "asks why": one(said("/why https://berita.example/1/")),
    "adds a feed": one(said(f"/addfeed {FEED} @dailyberita")),
    "removes a feed": one(said("/removefeed daily")),
    "changes a feed": one(said("/setfeed daily every 1d")),
    "slows a feed down": one(pressed("c:fs:every:{feed}:86400.default")),
    "asks for a feed's new address": one(pressed("c:fs:url:{feed}:")),
    "resumes a feed": one(said("/resume daily none")),
    "filters a word": one(pressed("c:fw:word:{doubt}:0.00000000")),
    "asks to filter by words of his own": one(pressed("c:fw:own:{doubt}:")),
    "exports everything": one(said("/export")),
    "exports every setting": one(said("/export json")),
    "sends a set-up": one(
        said(None, document={"file_id": "x", "file_unique_id": "x", "file_name": "a.json"})
    ),
    "takes a set-up in": one(pressed("c:bd:take:1:")),
    "sends a link": one(said(FEED)),
    "shares a chat": one(said(None, chat_shared={"request_id": 1, "chat_id": CHANNEL})),
    "sends a list": one(
        said(None, document={"file_id": "x", "file_unique_id": "x", "file_name": "a.opml"})
    ),
    "decides on a doubt": one(pressed("b:drop:{doubt}")),
    "publishes a burst": one(pressed("b:publish:{doubt}")),
    "pauses a channel": one(pressed("c:ch:pause:{mine}:")),
    "sets a channel": one(pressed("c:cs:language:{mine}:id.-")),
    "adds a webhook": one(said("/addwebhook https://evil.example/hook")),
    "asks for a secret": one(pressed("c:sec:tell:{mine}:")),
    "asks for deliveries": one(said("/deliveries")),
    "looks into a queue": one(pressed("c:dl:show:{mine}:a0")),
    "sends again what failed": one(pressed("c:ra:go:{mine}:24")),
    "invites himself": one(pressed("c:adm:invite:{mine}:")),
    "deletes a post": one(pressed("c:way:delete:{doubt}:yes")),
    "undoes a change": one(pressed("c:log:undo:{change}:")),
    "forwards a post": one(forwarded(STRANGER)),
    "forwards an owner's command": one(
        said("/removefeed daily", forward_origin={"type": "user", "date": 0, "sender_user": PERSON})
    ),
    "presses under an owner's message": one(
        pressed("c:ch:pause:{mine}:", message={"message_id": 1, "date": 1, "chat": PRIVATE})
    ),
    "presses under a message sent through the bot": one(
        pressed("b:drop:{doubt}", message=None, inline_message_id="x")
    ),
    "has a name full of marks": one(
        said("/start", **{"from": person(STRANGER, first_name=NASTY)}), hears="Hello! This bot"
    ),
    "writes too much": one(said("/pause daily " + "x" * 4_000)),
}
STAND_INS: Mapping[str, Attack] = {
    "a bot under the owner's number": one(
        said("/removefeed daily", OWNER, **{"from": person(OWNER, is_bot=True)}), whose=OWNER
    ),
    "words made by another bot": one(
        said("/removefeed daily", OWNER, via_bot={"id": 9, "is_bot": True, "first_name": "Lain"}),
        whose=OWNER,
    ),
    "a channel that speaks in private": one(
        said("/removefeed daily", OWNER, sender_chat=OF_CHANNEL), whose=OWNER
    ),
    "the owner in a group": one(said("/removefeed daily", OWNER, chat=IN_GROUP), whose=GROUP),
    "a command for this bot in a group": one(
        said("/status@berita_bot", OWNER, chat=IN_GROUP), whose=GROUP
    ),
    "an anonymous admin of a group": one(
        said("/status", ANONYMOUS, chat=IN_GROUP, sender_chat=IN_GROUP), whose=GROUP
    ),
    "an anonymous admin's press": one(
        pressed("c:ch:pause:{mine}:", ANONYMOUS, message=GROUP_POST),
        whose=GROUP,
    ),
    "the owner's press in a group": one(
        pressed("b:drop:{doubt}", OWNER, message={"message_id": 1, "date": 1, "chat": IN_GROUP}),
        whose=GROUP,
    ),
    "Telegram's own number": one(said("/removefeed daily", TELEGRAM), whose=TELEGRAM),
    "the number of channels": one(said("/removefeed daily", CHANNEL_BOT), whose=CHANNEL_BOT),
    "a post in the channel": one(
        ("channel_post", said("/removefeed daily", chat=OF_CHANNEL, **{"from": None})[1]),
        whose=CHANNEL,
    ),
    "a command that was edited in": one(
        ("edited_message", said("/removefeed daily", OWNER)[1] | {"edit_date": 2}), whose=OWNER
    ),
    "a command that an owner forwards": one(
        said(
            "/removefeed daily",
            OWNER,
            forward_origin={"type": "hidden_user", "date": 0, "sender_user_name": "Ani"},
        ),
        whose=OWNER,
        hears=NOT_A_POST,
    ),
    "a command posted in the channel and forwarded": one(
        forwarded(OWNER, "/removefeed daily"), whose=OWNER, hears=NOT_OURS
    ),
    "an owner's forwarded button": one(
        pressed("c:fs:every:{feed}:86400.default", message=None, inline_message_id="x")
    ),
    "a forged origin": one(
        forwarded(OWNER, chat={"id": -1, "type": "channel", "title": NASTY}),
        whose=OWNER,
        hears=NOT_OURS,
    ),
}
FORGED: Mapping[str, Attack] = {
    data: one(pressed(data, OWNER), whose=OWNER)
    for data in (
        "c",
        "c:",
        "c:ch",
        "c:ch:pause",
        "c:ch:pause:x:",
        "c:ch:pause:-1:",
        "c:ch:pause:1:2:3",
        "c:ch:pause:99999999999999999999:",
        "b:drop:0",
        "b:drop",
        "b::1",
        "\u202e" * 20,
        "d:x:1",
    )
}
STALE: Mapping[str, Attack] = {
    data: one(pressed(data, OWNER), whose=OWNER, hears="", toasts="")
    for data in (
        "c:nowhere:pause:1:",
        "c:log:../../etc:0:",
        "c:ch:explode:{mine}:",
        "c:cs:explode:{mine}:",
        "c:cs:rate:{mine}:5.-",
        "c:cs:age:{mine}:1.-",
        "c:cs:age:{mine}:99999999999999.-",
        "c:cs:backlog:{mine}:nx.-",
        "c:cs:language:{mine}:id.en",
        "c:cs:type:{mine}:secret",
        "c:cs:undo:{mine}:{change}",
        "c:cs:show:999:",
        "c:bd:take:999:",
        "c:bd:explode:1:",
        "c:dl:explode:0:",
        "c:dl:show:999:a0",
        "c:ra:go:{mine}:9999",
        "c:ra:explode:{mine}:24",
        "c:ra:go:999:24",
        "c:sec:tell:{mine}:",
        "c:sec:rotating:{mine}:00000000",
        "c:sec:explode:{mine}:",
        "c:wh:as:0:webhook",
        "c:fail:explode:0:",
        "c:way:explode:{doubt}:",
        "c:way:delete:999:yes",
        "c:way:delete:{doubt}:no",
        "c:log:undo:999:",
        "c:fs:every:{feed}:1.default",
        "c:fs:every:{feed}:99999999999999.default",
        "c:fs:every:{feed}:600.900",
        "c:fs:every:{feed}:",
        "c:fs:undo:{feed}:{other_change}",
        "c:fs:explode:{feed}:",
        "c:fs:name:999:",
        "c:fs:move:{feed}:",
        "c:fs:leave:999:",
        "c:fw:show:999:",
        "c:fw:own:999:",
        "c:fw:word:{doubt}:0.00000000",
        "c:fw:explode:{doubt}:",
        "c:fd:undo:{feed}:999",
        "c:fd:removing:999:",
        "c:ch:removing:999:",
        "c:adm:away:{mine}:x",
        "c:fail:all:999:yes",
        "c:fn:publish:1:{mine}",
        "b:drop:999",
        "b:resume:{mine}",
    )
}
STEWARDS: Mapping[str, Attack] = {
    "a demoted admin's old button": one(pressed("c:ch:pause:{mine}:")),
    "a demoted admin's old setting": one(pressed("c:cs:language:{mine}:id.-")),
    "a demoted admin's look at a secret": one(pressed("c:sec:tell:{mine}:")),
    "a demoted admin's webhook": one(said("/addwebhook https://evil.example/hook")),
    "a demoted admin's look at deliveries": one(said("/deliveries")),
    "a demoted admin's queue": one(pressed("c:dl:show:{mine}:a0")),
    "a demoted admin's replay": one(pressed("c:ra:go:{mine}:168")),
    "a demoted admin's set-up": one(
        said(None, document={"file_id": "x", "file_unique_id": "x", "file_name": "a.json"})
    ),
    "a demoted admin's press on a set-up": one(pressed("c:bd:take:1:")),
    "a demoted admin's command": one(said("/failures")),
    "a demoted admin's forward": one(forwarded(STRANGER)),
    "a demoted admin's look at settings": one(pressed("c:fs:show:{feed}:")),
    "a demoted admin's interval": one(pressed("c:fs:every:{feed}:86400.default")),
    "a demoted admin's word of a title": one(pressed("c:fw:word:{doubt}:0.00000000")),
    "a demoted admin's own words": one(pressed("c:fw:own:{doubt}:")),
    "a demoted admin's yes to a move": one(pressed("c:fs:move:{feed}:")),
    "a demoted admin's undo": one(pressed("c:fs:undo:{feed}:{change}")),
    "a demoted admin's invitation": one(pressed("c:adm:invite:{mine}:")),
}
CODES: Mapping[str, Attack] = {
    "a guessed claim": one(said("/start claim-" + "0" * 32), hears=VOID),
    "a guessed invitation": one(said("/start invite-" + "0" * 32), hears=VOID),
    "a code that was used": one(said("/start {used}"), hears=VOID),
    "a code that is too old": one(said("/start {old}"), hears=VOID),
    "a code that is too long": one(said("/start " + "a" * 65), hears="Hello! This bot"),
    "a code full of marks": one(said("/start ' OR 1=1; --"), hears="Hello! This bot"),
    "more guesses than a person makes": one(
        said("/start claim-" + "1" * 32), hears=(VOID, "Hello! This bot"), times=30
    ),
}
GROUPS: Mapping[str, Mapping[str, Attack]] = {
    "stranger": STRANGERS,
    "stand-in": STAND_INS,
    "forged": FORGED,
    "stale": STALE,
    "demoted": STEWARDS,
    "code": CODES,
}
ALL: Mapping[str, Attack] = {
    f"{group}: {name}": attack for group, row in GROUPS.items() for name, attack in row.items()
}


def filled(update: Update, ids: Mapping[str, object]) -> Update:
    """Put the situation's ids into what is pressed or said."""
    kind, value = update
    changed = {
        name: value[name].format(**ids)
        for name in ("data", "text")
        if isinstance(value.get(name), str) and "{" in value[name]
    }
    return kind, value | changed
