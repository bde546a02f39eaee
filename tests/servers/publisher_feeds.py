"""What the loopback publisher publishes: items, and feeds of them as real software writes them."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import blake2b
from xml.sax.saxutils import escape, quoteattr

ITEMS_SHOWN = 50  # the newest; WordPress shows 10, many news sites 50
KINDS = ("rss", "atom", "json")
HEADLINES = (
    "Kim Jong Un dukung penuh “perjuangan suci” Rusia",
    "Putin dan Kim bertemu di kosmodrom Vostochny",
    "Washington: jual beli senjata melanggar resolusi PBB",
    "Harga beras naik & pasar menunggu panen",
    "Gempa 5,2 mengguncang Maluku; tidak ada korban",
)
LEADS = (
    "Pemimpin Korea Utara menyatakan dukungan penuh dalam pertemuan pertama setelah empat tahun.",
    "Pertemuan berlangsung di Timur Jauh Rusia, jauh dari kedua ibu kota.",
    "Amerika Serikat memperingatkan kedua negara sejak pekan lalu.",
    "Pedagang di Jakarta menyebut pasokan masih cukup sampai akhir bulan.",
    "Warga diminta tetap tenang & memeriksa retakan di rumah.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post; `number` counts within its feed, from 1."""

    number: int
    guid: str
    link: str
    title: str
    lead: str
    published_at: datetime
    updated_at: datetime
    filler_bytes: int = 0  # how much text the full content carries


@dataclass(kw_only=True)
class Channel:
    """One feed with all it ever published, newest last; `revision` grows with every change."""

    number: int
    kind: str
    base_url: str
    filler_bytes: int = 0
    items: list[Item] = field(default_factory=list)
    made: int = 0
    revision: int = 0
    changed_at: datetime

    @property
    def title(self) -> str:
        return f"Daily Berita {self.number}"

    @property
    def site(self) -> str:
        return f"https://berita-{self.number}.example"

    def add(self, count: int, now: datetime) -> list[Item]:
        """Publish `count` new posts."""
        new = [self._make(now) for _ in range(count)]
        self.items += new
        self._changed(now)
        return new

    def rewrite(self, change: Callable[[Item], Item], now: datetime) -> None:
        """Change every post at once."""
        self.items = [change(item) for item in self.items]
        self._changed(now)

    def rekey(self, now: datetime) -> None:
        """Move the site from http to https: every guid changes, nothing else."""
        self.rewrite(lambda item: replace(item, guid=item.guid.replace("http:", "https:")), now)

    def edit_all(self, now: datetime) -> None:
        """Edit all posts in bulk, as a plugin does: text and date of change, guids as they were."""
        self.rewrite(
            lambda item: replace(item, lead=f"{item.lead} (diperbarui)", updated_at=now), now
        )

    def remove(self, count: int, now: datetime) -> None:
        """Take the newest `count` posts back."""
        del self.items[len(self.items) - count :]
        self._changed(now)

    def _make(self, now: datetime) -> Item:
        self.made += 1
        turn = (self.number + self.made) % len(HEADLINES)
        return Item(
            number=self.made,
            guid=f"http://berita-{self.number}.example/?p={self.made}",
            link=f"{self.site}/{now:%Y/%m/%d}/berita-{self.made}/",
            title=f"{HEADLINES[turn]} ({self.number}/{self.made})",
            lead=LEADS[turn],
            published_at=now,
            updated_at=now,
            filler_bytes=self.filler_bytes,
        )

    def _changed(self, now: datetime) -> None:
        self.revision += 1
        self.changed_at = now

    def edition(self) -> "Edition":
        """Give the feed as it stands, as bytes with their validators."""
        write = {"rss": write_rss, "atom": write_atom, "json": write_json}[self.kind]
        return Edition(
            revision=self.revision,
            content_type=CONTENT_TYPES[self.kind],
            body=write(self, self.items[: -ITEMS_SHOWN - 1 : -1]),
            last_modified=http_date(self.changed_at),
        )


@dataclass(kw_only=True)
class Edition:
    """One state of a feed, ready to be served."""

    revision: int
    content_type: str
    body: bytes
    last_modified: str

    @cached_property
    def etag(self) -> str:
        return f'W/"{self.revision}-{blake2b(self.body, digest_size=6).hexdigest()}"'

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.body, compresslevel=6, mtime=0)


CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=UTF-8",
    "atom": "application/atom+xml; charset=UTF-8",
    "json": "application/feed+json; charset=UTF-8",
}


def http_date(instant: datetime) -> str:
    """Write an instant as HTTP does, to the second."""
    return format_datetime(instant, usegmt=True)


def write_rss(channel: Channel, items: list[Item]) -> bytes:
    """Write RSS 2.0 the way WordPress does."""
    head = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom"
\txmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
\txmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
\t<title>{escape(channel.title)}</title>
\t<atom:link href={quoteattr(channel.base_url)} rel="self" type="application/rss+xml" />
\t<link>{channel.site}</link>
\t<description>Berita hari ini</description>
\t<lastBuildDate>{format_datetime(channel.changed_at)}</lastBuildDate>
\t<language>id-ID</language>
\t<sy:updatePeriod>hourly</sy:updatePeriod>
\t<sy:updateFrequency>1</sy:updateFrequency>
\t<generator>https://wordpress.org/?v=6.6</generator>
"""
    return "".join((head, *(_rss_item(channel, item) for item in items), TAIL)).encode()


TAIL = "</channel>\n</rss>\n"


def _rss_item(channel: Channel, item: Item) -> str:
    appeared = (
        f'<p>The post <a rel="nofollow" href="{item.link}">{escape(item.title)}</a> appeared '
        f'first on <a rel="nofollow" href="{channel.site}">{channel.title}</a>.</p>'
    )
    lead = escape(item.lead)
    return f"""\t<item>
\t\t<title>{escape(item.title)}</title>
\t\t<link>{item.link}</link>
\t\t<comments>{item.link}#respond</comments>
\t\t<dc:creator><![CDATA[redaksi]]></dc:creator>
\t\t<pubDate>{format_datetime(item.published_at)}</pubDate>
\t\t<category><![CDATA[Dunia]]></category>
\t\t<guid isPermaLink="false">{escape(item.guid)}</guid>
\t\t<description><![CDATA[<p>{lead}</p>
{appeared}
]]></description>
\t\t<content:encoded><![CDATA[<p>{lead}</p>
{_filler(item)}{appeared}
]]></content:encoded>
\t\t<slash:comments>0</slash:comments>
\t</item>
"""


def write_atom(channel: Channel, items: list[Item]) -> bytes:
    """Write Atom 1.0 (RFC 4287)."""
    entries = "".join(
        f"""  <entry>
    <id>{escape(item.guid)}</id>
    <title type="html">{escape(escape(item.title))}</title>
    <link rel="alternate" type="text/html" href={quoteattr(item.link)}/>
    <published>{item.published_at.isoformat()}</published>
    <updated>{item.updated_at.isoformat()}</updated>
    <summary>{escape(item.lead)}</summary>
    <content type="html">{escape(_filler(item) or f"<p>{escape(item.lead)}</p>")}</content>
  </entry>
"""
        for item in items
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id">
  <id>{channel.site}/</id>
  <title>{escape(channel.title)}</title>
  <link rel="self" href={quoteattr(channel.base_url)}/>
  <link rel="alternate" href="{channel.site}/"/>
  <updated>{channel.changed_at.isoformat()}</updated>
  <author><name>redaksi</name></author>
{entries}</feed>
""".encode()


def write_json(channel: Channel, items: list[Item]) -> bytes:
    """Write JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.site,
        "feed_url": channel.base_url,
        "language": "id",
        "items": [
            {
                "id": item.guid,
                "url": item.link,
                "title": item.title,
                "summary": item.lead,
                "content_html": _filler(item) or f"<p>{escape(item.lead)}</p>",
                "date_published": item.published_at.isoformat(),
                "date_modified": item.updated_at.isoformat(),
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _filler(item: Item) -> str:
    if not item.filler_bytes:
        return ""
    paragraph = f"<p>{escape(item.lead)} {escape(item.title)}.</p>\n"
    return paragraph * (item.filler_bytes // len(paragraph) + 1)
