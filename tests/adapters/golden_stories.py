"""The stories whose published looks are kept as golden files, and how those files are written."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapter import Adapter
from bot.adapters.console import card, roll_up_card
from bot.adapters.telegram.render import render
from bot.adapters.telegram.render_roll_up import render_roll_up
from bot.adapters.webhook import WebhookAdapter
from bot.adapters.webhook.chat import ChatAdapter
from bot.app.build import CHATS
from bot.summary import summary_of
from bot.summary.rolled import rolled_up_of
from feeds.model import DestinationOptions, EventFormat, Layout, Parcel, RouteOptions
from tests.builders import (
    a_delivery,
    a_destination,
    a_parcel,
    a_rolled_up_parcel,
    a_source,
    a_story,
    a_test_parcel,
    an_event_parcel,
)

GOLDEN = Path(__file__).parent / "golden"
JAKARTA = ZoneInfo("Asia/Jakarta")
LANGUAGE = "id"

KIM = "Kim Jong Un Janjikan Dukungan Penuh bagi “Perjuangan Suci” Rusia"
KIM_LEAD = (
    "Pemimpin Korea Utara Kim Jong Un menjanjikan dukungan penuh kepada Rusia ketika bertemu "
    "Presiden Vladimir Putin di bandar antariksa Vostochny, Timur Jauh Rusia, pada Rabu "
    "(13/9/2023). Dalam pertemuan puncak pertama keduanya dalam empat tahun itu, Kim memakai "
    "istilah “perjuangan suci” …\n"
    f"The post {KIM} appeared first on Daily Berita."
)
LINK = "https://dailyberita.example/2023/09/13/kim-jong-un-dukung-penuh-perjuangan-suci-rusia/"
LONG = (
    "Kereta lapis baja itu tiba di Stasiun Khasan pada Selasa pagi. "
    "Kol. Inf. (Purn.) A. Sutrisno, S.H., menilai perjalanan sejauh 1.180 km itu penuh pesan. "
    "“Naik kereta berarti tidak tergesa-gesa,” katanya kepada wartawan di Jl. Merdeka No. 17. "
)


def a_told_story(**changes: Any) -> Parcel:
    """A parcel from Daily Berita; what is not said is as in the Kim–Putin report."""
    story = {
        "title": KIM,
        "link": LINK,
        "summary": KIM_LEAD,
        "author": "Redaksi Internasional",
        "image": "https://dailyberita.example/wp-content/uploads/2023/09/vostochny.jpg",
        "tags": ("Internasional", "Asia Timur"),
        "language": "id",
        "published_at": datetime(2023, 9, 13, 9, 20, 14, tzinfo=UTC),
    }
    source = a_source(url="https://dailyberita.example/feed/", link="https://dailyberita.example/")
    return a_parcel(story=a_story(**story | changes), source=source)


TEMPLATE = """🔴 {{ title | bold | link }}

{{ summary | shorten(120) | italic }}
{% if author %}
@{{ author }} — {{ source }}, {{ published }}
{% endif %}
{{ hashtags | join(" ") }} @DailyBerita"""


def _looking(options: RouteOptions) -> Parcel:
    return replace(a_told_story(), options=options)


STORIES: dict[str, Parcel] = {
    "kim-putin": a_told_story(),
    "emoji-title": a_told_story(
        title="🚀🇷🇺 Kim & Putin Tinjau Roket di Vostochny 👨‍🚀",
        summary="Keduanya melihat menara peluncuran Soyuz-2 👀. Kim bertanya soal bahan bakar.",
    ),
    "no-summary": a_told_story(summary=""),
    "summary-is-the-headline": a_told_story(
        summary=f"{KIM}\nArtikel {KIM} pertama kali tampil di Daily Berita."
    ),
    "very-long": a_told_story(title=f"{KIM}: " + "dan seterusnya, " * 60, summary=LONG * 30),
    "right-to-left": a_told_story(
        title="كيم يعد بدعم كامل لروسيا في «كفاحها المقدس» - Daily Berita",
        summary="التقى الزعيمان في ميناء فوستوتشني الفضائي (Vostochny) يوم الأربعاء. "
        "وهي أول قمة بينهما منذ أربع سنوات.",
        language="ar",
    ),
    "injection": a_told_story(
        title="<b>Promo</b> @kanal_lain /mulai **x** [klik](tg://resolve?domain=x)\u202e gnubmok",
        summary="/hapus semua @admin_palsu \x1b]0;judul\x07\x1b[2J &lt;script&gt; "
        "tg://user?id=1 https://contoh.example/@kim #Korut \u200b\u2066palsu\u2069.",
        author="Peretas\r\nwebhook-id: 1",
        tags=("\x1b[31mmerah", " "),
    ),
    "no-link": a_told_story(link=None, image=None, published_at=None),
    "bad-link": a_told_story(link="javascript:alert(1)"),
    "no-title": a_told_story(title="", summary="Kim tiba di Vostochny. Putin sudah menunggu."),
    "future-date": a_told_story(published_at=datetime(2123, 9, 13, tzinfo=UTC), summary=""),
    "silent-without-preview": Parcel(
        delivery=a_delivery(),
        story=a_told_story().story,
        source=a_source(),
        options=RouteOptions(silent=True, preview=False, summary_max=120),
    ),
    "every-line": _looking(RouteOptions(hashtags=("DailyBerita",), hashtags_from_tags=True)),
    "title-only": _looking(RouteOptions(layout=Layout.TITLE, hashtags=("berita_pagi", "dunia"))),
    "without-source": _looking(RouteOptions(source=False)),
    "without-time-in-english": _looking(RouteOptions(time=False, language="en")),
    "in-own-words": _looking(RouteOptions(template=TEMPLATE, hashtags=("berita",))),
    "injection-into-a-template": replace(
        a_told_story(
            title="@kanal_lain **x** [klik](tg://user?id=1) {{ link }} /mulai",
            summary="/hapus <b>semua</b> \x01tebal\x04 @admin_palsu",
            author="admin_palsu",
        ),
        options=RouteOptions(template=TEMPLATE),
    ),
    "plain": a_parcel(
        delivery=a_delivery(plain=True), story=a_told_story().story, source=a_source()
    ),
    "test": a_test_parcel(),
}

EVENTS: dict[str, Parcel] = {
    "feed-failing": an_event_parcel(
        "feed.failing:1:1",
        feed={
            "name": "daily-berita",
            "title": "Daily Berita",
            "url": "https://dailyberita.example/feed/",
        },
        error="the publisher's server is in trouble (503)",
        failures=5,
        last_success_at="2023-09-13T09:20:14Z",
    ),
    "endpoint-disabled": an_event_parcel(
        "endpoint.disabled:2:2",
        destination={"name": "partner", "kind": "webhook", "address": "https://partner.example/"},
        reason="the endpoint answered 410 Gone: it wants no more",
    ),
}
AS_CLOUDEVENTS = ("kim-putin", "test", "feed-failing", "endpoint-disabled")


HEADLINES = (
    "Kim Jong Un Pulang dengan Kereta Lapis Baja",
    KIM,
    "Washington: Jual Beli Senjata Melanggar Resolusi PBB - Daily Berita",
    "Putin Sambut Kim di Bandar Antariksa Vostochny",
    "Kereta Kim Menyeberang ke Rusia Lewat Khasan",
    "Seoul Pantau Perjalanan Kim ke Timur Jauh",
)
OTHER_FEED = a_source(id=2, name="antara", title="Kantor Berita @Antara")


def _told_at_once(parcel: Parcel) -> Parcel:
    """A day's headlines as one message, the newest first, one of them of another feed."""
    members = tuple(
        a_story(id=9 - n, title=title, link=f"{LINK}{9 - n}/", feed=2 if n == 3 else 1)
        for n, title in enumerate(HEADLINES)
    )
    total = len(members)
    sources = (a_source(), OTHER_FEED)
    return replace(parcel, members=members, members_total=total, sources=sources)


def _told_in_part(parcel: Parcel) -> Parcel:
    """The stories above, time and again, and 315 more that are not shown."""
    told = [parcel.story for parcel in STORIES.values() if parcel.story is not None]
    return replace(parcel, members=tuple((told * 3)[:30]), members_total=345)


ROLL_UPS: Mapping[str, tuple[Parcel, str]] = {
    "roll-up": (_told_at_once(a_rolled_up_parcel()), "id"),
    "roll-up-in-english": (_told_at_once(a_rolled_up_parcel()), "en"),
    "roll-up-of-many": (_told_in_part(a_rolled_up_parcel()), "id"),
    "roll-up-of-one": (a_rolled_up_parcel(1), "en"),
    "roll-up-plain": (
        _told_at_once(a_rolled_up_parcel(delivery=a_delivery(story=None, plain=True))),
        "id",
    ),
    "roll-up-plain-of-many": (
        _told_in_part(a_rolled_up_parcel(delivery=a_delivery(story=None, plain=True))),
        "en",
    ),
}


def written() -> dict[str, str]:
    """Render every story for every kind: file name → content."""
    looks = {}
    for name, parcel in STORIES.items():
        summary = summary_of(parcel, a_destination(), language=LANGUAGE, time_zone=JAKARTA)
        post = json.loads(render(summary, parcel.options, plain=parcel.delivery.plain))
        looks[f"{name}.telegram.json"] = _json({"reads": post["text"].split("\n"), "call": post})
        looks[f"{name}.console.txt"] = card(summary)
        for chat in CHATS:
            post = json.loads(_chat(chat).render(a_destination(kind=chat.kind), parcel))
            looks[f"{name}.{chat.kind}.json"] = _json(post)
    for name, parcel in (STORIES | EVENTS).items():
        looks[f"{name}.webhook.json"] = _json(event(parcel))
    for name in AS_CLOUDEVENTS:
        parcel = (STORIES | EVENTS)[name]
        looks[f"{name}.cloudevent.json"] = _json(event(parcel, EventFormat.CLOUDEVENTS))
    for name, (parcel, language) in ROLL_UPS.items():
        rolled = rolled_up_of(parcel, a_destination(), language=language, time_zone=JAKARTA)
        plain = parcel.delivery.plain
        post = json.loads(render_roll_up(rolled, parcel.options, plain=plain))
        looks[f"{name}.telegram.json"] = _json({"reads": post["text"].split("\n"), "call": post})
        looks[f"{name}.console.txt"] = roll_up_card(rolled)
    return looks


def event(parcel: Parcel, format_: EventFormat = EventFormat.STANDARD) -> Any:
    """Read back what a webhook would get."""
    place = a_destination(options=DestinationOptions(format=format_))
    return json.loads(_webhook().render(place, parcel))


def schema_with_example(schema: bytes) -> bytes:
    """Put what is really sent into a schema as its example."""
    document = json.loads(schema)
    kind = document["properties"]["type"]["const"]
    samples = (event((STORIES | EVENTS)[name]) for name in AS_CLOUDEVENTS)
    document["examples"] = [sample for sample in samples if sample["type"] == kind]
    return _json(document).encode()


def _webhook() -> Adapter:
    return WebhookAdapter(
        None,  # type: ignore[arg-type]  # nothing is posted
        None,  # type: ignore[arg-type]
        user_agent="berita/test",
        timeout=timedelta(seconds=1),
        limit=(),
        language=LANGUAGE,
        time_zone=JAKARTA,
    )


def _chat(chat: type[ChatAdapter]) -> Adapter:
    return chat(
        None,  # type: ignore[arg-type]  # nothing is posted
        None,  # type: ignore[arg-type]
        user_agent="berita/test",
        timeout=timedelta(seconds=1),
        language=LANGUAGE,
        time_zone=JAKARTA,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
