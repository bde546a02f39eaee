"""What a parser found → a Document: every rule of ours on texts, links, dates, authors and tags.

All parsers end here, so that the same entry reads the same whichever of them read it.
"""

import re
from datetime import timedelta
from functools import partial
from urllib.parse import urljoin, urlsplit

from feeds.model import Document, Entry
from feeds.parse.dates import read_date
from feeds.parse.found import FoundDocument, FoundEntry, Markup
from feeds.parse.images import choose_image
from feeds.parse.text import cut, lines, one_line

TITLE_MAX = 500  # characters, as all of these
SUMMARY_MAX = 4_000
CONTENT_MAX = 20_000
CONTENT_MAX_OF_MANY = 1_000  # in documents of more than MANY entries: an archive, not news
MANY = 100
AUTHOR_MAX = 200
TAGS_MAX = 20
TAG_MAX = 64
GUID_MAX = 4_096
URL_MAX = 4_096
TTL_MAX = timedelta(days=7)

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_EMAIL = re.compile(r"\b[\w.+%-]{1,64}@[\w.-]{1,255}")
_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # for JSON, SQL or HTTP


def finish(found: FoundDocument, *, url: str, contents: bool = True) -> Document:
    """Apply the rules; `url` is where the document came from, the last base of relative links.

    Without `contents` the full text is read only of entries that have no summary.
    """
    link = _absolute(found.link, base=_join(url, found.base))
    content_max = CONTENT_MAX if len(found.entries) <= MANY else CONTENT_MAX_OF_MANY
    entries = (
        _entry(
            entry,
            base=_join(url, entry.base) if entry.base else link or url,
            author=found.author,
            content_max=content_max,
            contents=contents,
        )
        for entry in found.entries
    )
    return Document(
        title=one_line(found.title, limit=TITLE_MAX),
        link=link,
        language=_language(found.language),
        ttl=_ttl(found),
        entries=tuple(entry for entry in entries if _says_anything(entry)),
    )


def _entry(found: FoundEntry, *, base: str, author: str, content_max: int, contents: bool) -> Entry:
    absolute = partial(_absolute, base=base)
    guid = _UNFIT.sub("", found.guid).strip()[:GUID_MAX]
    summary = lines(found.summary, limit=SUMMARY_MAX)
    content = lines(found.content, limit=content_max) if contents or not summary else ""
    published_at, updated_at = read_date(found.published), read_date(found.updated)
    return Entry(
        guid=guid or None,
        link=absolute(found.link)
        or (absolute(guid) if found.guid_is_link and _HTTP.match(guid) else None),
        title=one_line(found.title, limit=TITLE_MAX),
        summary=summary or cut(content, SUMMARY_MAX),
        content=content,
        author=_author(found.author) or _author(author),
        published_at=published_at or updated_at,
        updated_at=updated_at,
        image=choose_image(found.pictures, (found.content, found.summary), absolute=absolute),
        tags=_tags(found.tags),
    )


def _says_anything(entry: Entry) -> bool:
    return bool(entry.guid or entry.link or entry.title or entry.summary)


def _absolute(written: str, *, base: str) -> str | None:
    """Make an absolute http(s) URL of what is written, or None.

    A reference that is still escaped (`&amp;` in CDATA, or escaped twice) is decoded, line breaks
    inside a URL are dropped and spaces escaped, as browsers do (WHATWG URL §4.4).
    """
    url = _UNFIT.sub("", written).strip().replace(" ", "%20")
    if "&" in url:
        url = url.replace("&amp;", "&").replace("&#038;", "&").replace("&#38;", "&")
    if url and not url.lower().startswith(("http:", "https:")):
        url = _join(base, url)
    if not url or len(url) > URL_MAX or not _HTTP.match(url):
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _join(base: str, url: str) -> str:
    if not url:
        return base
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _author(written: str) -> str | None:
    """Keep the name: "ani@example.org (Ani)" and "Ani <ani@example.org>" are both Ani."""
    name = one_line(Markup(text=written, html=True), limit=AUTHOR_MAX)
    if "@" in name:
        name = _EMAIL.sub("", name).strip(' ()<>,;:"')
    return name or None


def _tags(written: tuple[str, ...]) -> tuple[str, ...]:
    tags: dict[str, str] = {}
    for raw in written:
        tag = one_line(Markup(text=raw, html=True), limit=TAG_MAX)
        if tag and len(tags) < TAGS_MAX:
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())


def _language(written: str) -> str | None:
    tag = written.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _ttl(found: FoundDocument) -> timedelta | None:
    minutes = found.ttl.strip()
    if minutes.isdecimal() and len(minutes) < 9 and int(minutes) > 0:  # noqa: PLR2004  # digits
        return min(timedelta(minutes=int(minutes)), TTL_MAX)
    period = _PERIODS.get(found.update_period.strip().lower())
    if period is None:
        return None
    times = found.update_frequency.strip()
    often = int(times) if times.isdecimal() and len(times) < 6 else 1  # noqa: PLR2004  # digits
    return min(period / max(often, 1), TTL_MAX)
