"""Dialogues by buttons: channels and feeds come, rest, go on and leave."""

from tests.commands.chat import CHANNEL, FEED, FOREIGN, OWNER, Chat
from tests.commands.first_story import poll
from tests.commands.news import rss

SECOND = -100124
PAGE = (
    '<html><head><link rel="alternate" type="application/rss+xml" title="Semua" href="/feed/">'
    '<link rel="alternate" type="application/rss+xml" title="Komentar" href="/comments/">'
)
OFTEN = "".join(
    f"<item><title>Berita {day}</title><link>https://often.example/{day}</link>"
    f"<pubDate>Wed, {day:02} Sep 2023 07:00:00 +0700</pubDate></item>"
    for day in range(10, 0, -1)
)


async def a_channel_by_buttons(chat: Chat) -> None:
    """Refused where somebody has no rights, taken where he has; then its card."""
    await chat.says("/start")
    await chat.taps("home:channel:0:")
    await chat.says("halo apa kabar")
    await chat.says("@oranglain")
    await chat.chooses(FOREIGN)
    chat.telegram.control.channel(SECOND, "@kedua", "Kanal Kedua")
    await chat.says("@kedua")
    await chat.chooses(CHANNEL)
    await chat.says("/channels")
    (place,) = await chat.store.list_destinations()
    for deed in ("show", "test", "pause", "test", "resume", "remove", "removing", "pause"):
        await chat.taps(f"ch:{deed}:{place.id}:")
    await chat.taps("chs:show:0:")
    await chat.says("/cancel")


async def a_language_chosen(chat: Chat) -> None:
    """On its card or by a word; all that is said from then on is said in it."""
    await chat.says("/start")
    await chat.taps("lang:show:0:")
    for language in ("id", "en", ""):
        await chat.taps(f"lang:speak:0:{language}")
        await chat.says("/pause berita")
    await chat.says("/language indonesia")
    await chat.says("/language klingon")
    await chat.says("/language english")
    await chat.says("/help")


async def a_feed_by_its_link(chat: Chat) -> None:
    """Seen first, begun as one likes, published where one says; then its card."""
    chat.serve("often.example", f'<rss version="2.0"><channel>{OFTEN}</channel></rss>')
    await chat.catalog.add_destination("telegram", str(CHANNEL))
    await chat.says("/start")
    await chat.taps("home:feed:0:")
    await chat.says("halo")
    await chat.says("often.example")
    at = chat.telegram.control.posts(OWNER)[-1]["message_id"]
    (place,) = await chat.store.list_destinations()
    for deed in ("start:{}:", "start:{}:", "choose:{}:", f"publish:{{}}:{place.id}"):
        await chat.taps(f"fn:{deed.format(at)}")
    (row,) = await chat.store.list_feeds()
    for deed in ("show:{}:", "pause:{}:", "resume:{}:", "resuming:{}:0", "remove:{}:"):
        await chat.taps(f"fd:{deed.format(row.id)}")
    await chat.taps(f"fd:removing:{row.id}:")
    await chat.taps(f"fd:resuming:{row.id}:0")
    await chat.taps(f"fn:start:{at}:")


async def a_feed_and_its_settings(chat: Chat) -> None:
    """Its interval by a tap and by words, its name, its address; each taken back or refused."""
    chat.serve("pindah.example", rss("Daily Berita"))
    await chat.catalog.add_destination("telegram", str(CHANNEL))
    await chat.catalog.add_feed(FEED, name="daily-berita", to=("daily-berita",))
    await poll(chat)
    (row,) = await chat.store.list_feeds()
    await chat.says("/start")
    await chat.taps("fds:show:0:")
    await chat.taps(f"fd:show:{row.id}:")
    await chat.taps(f"fs:show:{row.id}:")
    await chat.taps(f"fs:every:{row.id}:3600.default")
    (change, *_) = await chat.catalog.log()
    await chat.taps(f"fs:every:{row.id}:600.default")
    await chat.taps(f"fs:undo:{row.id}:{change.id}")
    await chat.taps(f"fs:ask:{row.id}:")
    for text in ("besok", "10 detik", "20 menit"):
        await chat.says(text)
    await chat.taps(f"fs:name:{row.id}:")
    for text in ("Kabar Utama", "kabar"):
        await chat.says(text)
    await chat.taps(f"fs:url:{row.id}:")
    for text in ("halo", "http://192.168.0.1/feed", "https://lost.example/", "pindah.example/rss"):
        await chat.says(text)
    chat.serve("lain.example", rss("Lain", "Banjir di Demak").replace("berita.", "lain."))
    await chat.taps(f"fs:url:{row.id}:")
    await chat.says("lain.example/feed")
    await chat.taps(f"fs:leave:{row.id}:")
    await chat.says("/setfeed kabar every default")
    await chat.says("/setfeed kabar name")


async def a_feed_that_goes_on(chat: Chat) -> None:
    """Asked how where it matters, told how in the same line, and what cannot be."""
    await chat.catalog.add_destination("telegram", str(CHANNEL))
    await chat.catalog.add_feed(FEED, name="daily-berita", to=("daily-berita",))
    await poll(chat)
    (row,) = await chat.store.list_feeds()
    await chat.says("/pause daily-berita")
    await chat.says("/resume daily-berita nanti")
    await chat.says("/resume daily-berita")
    await chat.taps(f"fd:resuming:{row.id}:3")
    for how in ("all", "5", "none"):
        await poll(chat)
        await chat.says("/pause daily-berita")
        await chat.says(f"/resume daily-berita {how}")
    await chat.says("/resume daily-berita 5")


async def links_that_lead_elsewhere(chat: Chat) -> None:
    """Several at once, a page that names feeds, what is no feed, a private network."""
    chat.serve("page.example", PAGE)
    chat.serve("lain.example", rss("Berita Lain"))
    chat.serve("lost.example", "gone", status=404)
    await chat.says("https://page.example/")
    await chat.says(f"{FEED} lain.example https://lost.example/feed")
    await chat.says("http://192.168.0.1/feed")
    await chat.says("\n".join(f"https://{number}.example" for number in range(11)))


async def a_list_by_file(chat: Chat) -> None:
    """Its feeds are looked at, and what is dead is told once."""
    urls = [FEED, *(f"https://dead-{number}.example/feed" for number in range(12))]
    outlines = "".join(f'<outline text="{url}" xmlUrl="{url}"/>' for url in urls)
    await chat.catalog.add_destination("telegram", str(CHANNEL))
    await chat.sends("feeds.opml", f"<opml><body>{outlines}</body></opml>".encode())
    at = chat.telegram.control.posts(OWNER)[-1]["message_id"]
    await chat.taps(f"om:nowhere:{at}:")
    await chat.taps(f"om:cancel:{at}:")
    await chat.sends("feeds.opml", b"", size=5_000_000)
    await chat.sends("photo.jpg", b"Halo")
    await chat.says("/export")


SCENES_OF_CARDS = (
    a_language_chosen,
    a_channel_by_buttons,
    a_feed_by_its_link,
    a_feed_and_its_settings,
    a_feed_that_goes_on,
    links_that_lead_elsewhere,
    a_list_by_file,
)
