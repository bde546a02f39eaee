"""JSON Feed 1.0 and 1.1 (jsonfeed.org) → what it holds."""

import json
from typing import Any

from feeds.errors import ParseError
from feeds.parse.found import EMPTY, ENTRIES_MAX, FoundDocument, FoundEntry, Markup, Picture


def read_json(body: bytes) -> FoundDocument:
    """Read a JSON Feed; raises ParseError for JSON that is none, or no JSON at all."""
    try:
        feed = json.loads(body.decode("utf-8", "replace"), strict=False)
    except RecursionError:
        raise ParseError("too deep: JSON nested beyond reading") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"broken beyond reading: not valid JSON, {where}") from None
    except ValueError:
        raise ParseError("broken beyond reading: JSON with an endless number") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError(
            "not a feed we know: JSON, but without a JSON Feed's list of items",
            "error.parse.unknown",
        )
    items = [item for item in feed["items"] if isinstance(item, dict)]
    return FoundDocument(
        title=_plain(feed, "title"),
        link=_word(feed, "home_page_url"),
        language=_word(feed, "language"),
        author=_author(feed),
        entries=tuple(_entry(item) for item in items[:ENTRIES_MAX]),
    )


def _entry(item: dict[str, Any]) -> FoundEntry:
    markup = _word(item, "content_html")
    content = Markup(text=markup, html=True) if markup else _plain(item, "content_text")
    tags = item.get("tags")
    return FoundEntry(
        guid=_id(item.get("id")),
        link=_word(item, "url") or _word(item, "external_url"),
        title=_plain(item, "title"),
        summary=_plain(item, "summary"),
        content=content,
        author=_author(item),
        published=_word(item, "date_published"),
        updated=_word(item, "date_modified"),
        pictures=tuple(_pictures(item)),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _id(value: object) -> str:
    """Read an id; numbers are allowed to be sent and become strings (JSON Feed 1.1, "id")."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int | float) and value is not True else ""


def _word(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _plain(said: dict[str, Any], key: str) -> Markup:
    text = _word(said, key)
    return Markup(text=text) if text else EMPTY


def _author(said: dict[str, Any]) -> str:
    """Name the first author: `authors` of 1.1, else `author` of 1.0."""
    authors = said.get("authors")
    people = authors if isinstance(authors, list) else [said.get("author")]
    names = (_word(person, "name") for person in people if isinstance(person, dict))
    return next(filter(None, names), "")


def _pictures(item: dict[str, Any]) -> list[Picture]:
    own = [_word(item, key) for key in ("image", "banner_image")]
    pictures = [Picture(url=url, medium="image") for url in own if url]
    attachments = item.get("attachments")
    pictures += (
        Picture(url=_word(attached, "url"), type=_word(attached, "mime_type").lower())
        for attached in (attachments if isinstance(attachments, list) else ())
        if isinstance(attached, dict)
    )
    return pictures
