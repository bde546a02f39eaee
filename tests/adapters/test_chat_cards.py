"""What chats are posted: within their bounds, nobody called, no markup of a feed's alive."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.adapters.webhook.markup import WORD_JOINER, escaped, fitted, parted
from bot.summary.cutting import units
from feeds.model import RouteOptions
from tests.adapters import wild
from tests.adapters.kinds import a_chat_adapter
from tests.builders import a_delivery, a_destination, a_parcel, a_source, a_story
from tests.servers.chat_hooks import WRONG

FEED = "https://berita.example/kim"
CALLS = (
    *("@everyone", "@here dan @channel", "<!channel>", "<!here|x>", "<!subteam^S1>", "<@U0001>"),
    *("<@!42>", "<@&42>", "<#42>", "(@all)", "x.@all", "_@all_", "https://a.example/@all"),
    *("<id:customize>", "<t:0:R>", "<:kim:42>", "а@all", "@\u0430ll"),
)
MARKUP = (
    *("**tebal**", "_miring_", "~~coret~~", "`kode`", "||rahasia||", "[klik](https://x.example)"),
    *("> kutip", "# judul", "- butir", "1. satu", "2) dua", "+ butir", "***", "a\\*b", "![x](y)"),
    *(
        "| a | b |",
        "<https://x.example|klik>",
        "&lt;b&gt;",
        "```",
        "~kanal",
        "https://x.example/_a_",
    ),
)
texts = wild.texts | st.lists(st.sampled_from((*CALLS, *MARKUP)), max_size=9).map(" ".join)
CALLING = re.compile(rf"(?<![A-Za-z0-9])@(?!{WORD_JOINER})")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
MARKDOWN.disable(["autolink", "entity"])  # they lead where they say; entities are only letters


def posted(kind: str, *, plain: bool = False, silent: bool = False, **story: Any) -> dict[str, Any]:
    most, site = story.pop("most", 3_000), story.pop("site", "Daily Berita")
    parcel = a_parcel(
        delivery=a_delivery(plain=plain),
        story=a_story(**{"link": FEED} | story),
        source=a_source(title=site),
        options=RouteOptions(summary_max=most, silent=silent),
    )
    body: dict[str, Any] = json.loads(
        a_chat_adapter(kind, None).render(a_destination(kind=kind), parcel)
    )
    return body


def strings(value: Any) -> list[str]:
    """Collect every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in strings(each)]


def shown(markdown: str) -> str:
    """Read Markdown as its readers see it; fails where anything but plain text came of it."""
    (opening, inline, closing) = MARKDOWN.parse(markdown)
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert {token.type for token in inline.children or ()} <= {"text", "text_special", "softbreak"}
    return "".join(token.content for token in inline.children or ())


wild_stories = given(
    title=texts,
    summary=texts,
    link=wild.links,
    image=wild.links,
    most=st.integers(0, 3_000),
    plain=st.booleans(),
    site=texts,
)
many = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("kind", ["discord", "slack", "mattermost"])
@wild_stories
@many
def test_any_story_is_one_that_the_service_takes(kind: str, **story: Any) -> None:
    assert WRONG[kind](posted(kind, **story)) is None


@wild_stories
@many
def test_discord_is_told_that_nobody_is_meant_and_sees_no_mention(**story: Any) -> None:
    body = posted("discord", **story)

    assert body["allowed_mentions"] == {"parse": []}
    embed = body.get("embeds", [{}])[0]
    texts = [embed.get("title", ""), embed.get("description", "")]
    texts += [body.get("content", "").partition("\n")[0]]
    for text in texts:
        assert not re.search(r"(?<!\\)(?:\\\\)*<", text)
        assert not CALLING.search(text)


@wild_stories
@many
def test_slack_parses_nothing_that_a_feed_wrote(**story: Any) -> None:
    body = posted("slack", **story)

    blocks = body.get("blocks", [])
    parsed = [body["text"], *strings([b for b in blocks if b["type"] != "rich_text"])]
    for text in parsed:
        assert "<" not in text
        assert ">" not in text
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
        assert not CALLING.search(text)
    assert all(b["text"]["type"] == "plain_text" for b in blocks if b["type"] == "section")
    assert body["mrkdwn"] is False


@wild_stories
@many
def test_mattermost_is_given_nothing_that_it_would_take_for_a_call(**story: Any) -> None:
    text = posted("mattermost", **story)["text"]

    assert not CALLING.search(text)
    assert not re.search("<[!@#]", text)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["discord", "mattermost"])
def test_each_call_that_is_known_is_parted(kind: str, call: str) -> None:
    said = posted(kind, title=f"Kim {call}", summary=f"Kata {call}")

    assert call not in "\n".join(strings(said))


@given(text=texts.map(lambda text: " ".join(text.split())))
@settings(max_examples=400, deadline=None)
def test_what_is_escaped_reads_as_it_was_written(text: str) -> None:
    if not text or "http" in text or "\0" in text or not text.isprintable():
        return
    text = text.replace("<", "‹")  # Mattermost has no escape for it; it only ever begins a link

    assert shown(escaped(text)) == text


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_is_shown_and_not_obeyed(markup: str) -> None:
    if "http" in markup:
        assert not re.search(r"(?<!\\)\]\(", escaped(markup))
    else:
        assert html.unescape(shown(escaped(markup))) == html.unescape(markup)


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("surel ke redaksi@berita.example", "surel ke redaksi@berita.example"),
        ("@kim", f"@{WORD_JOINER}kim"),
        ("https://x.example/@kim lihat @kim", f"https://x.example/%40kim lihat @{WORD_JOINER}kim"),
        ("https://x.example/a_b_c*d", r"https://x.example/a_b_c\*d"),
    ],
)
def test_addresses_stay_of_use(text: str, harmless: str) -> None:
    assert escaped(parted(text)) == harmless


@pytest.mark.parametrize("kind", ["discord", "slack", "mattermost"])
def test_headline_link_text_source_and_time_are_all_there(kind: str) -> None:
    told = "\n".join(strings(posted(kind)))

    for expected in (
        *("Kim Jong Un Janji Dukung Penuh Putin", FEED, "Keduanya bertemu di pusat antariksa"),
        *("Rabu, 13 September 2023 17.05 WIB",),
    ):
        assert expected in told


@pytest.mark.parametrize("kind", ["discord", "slack", "mattermost"])
def test_plain_is_headline_and_link_and_no_more(kind: str) -> None:
    story = {"image": "https://berita.example/kim.jpg", "summary": "Isi."}

    said = strings(posted(kind, plain=True, **story))

    assert said == [f"Kim Jong Un Janji Dukung Penuh Putin\n{FEED}"]


def test_a_silent_story_makes_no_sound_at_discord() -> None:
    assert posted("discord", silent=True)["flags"] == 4_096
    assert "flags" not in posted("discord")


@pytest.mark.parametrize("image", ["data:image/png;base64,x", "//x.example/a.jpg", "x" * 3_000])
def test_a_picture_that_cannot_be_shown_is_left_out(image: str) -> None:
    for kind in ("discord", "mattermost"):
        assert image not in strings(posted(kind, image=image))


def test_a_link_too_long_is_left_out() -> None:
    for kind in ("discord", "slack", "mattermost"):
        assert "xxx" not in "".join(strings(posted(kind, link=FEED + "x" * 2_100)))


def test_a_text_is_cut_so_that_it_fits_once_it_is_escaped() -> None:
    text = "**Kim** bertemu _Putin_. " * 300

    cut = fitted(text, 1_000, escaped)

    assert 700 < units(cut) <= 1_000
    assert fitted("****", 3, escaped) == "\\*…"
    assert fitted("Kim", 0, escaped) == ""
    assert fitted("Kim", 3, escaped) == "Kim"


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("mark", ["*", "<", "&", "@", "\\", "😀"])
@pytest.mark.parametrize("kind", ["discord", "slack", "mattermost"])
def test_the_longest_story_of_nothing_but_marks_is_taken(kind: str, mark: str, plain: bool) -> None:
    words = (mark * 9 + " ") * 700

    body = posted(kind, plain=plain, title=words, summary=f"Isi. {words}", site=words)

    assert WRONG[kind](body) is None
    assert sum(map(units, strings(body))) > 200


def test_mattermost_is_given_no_more_than_it_takes_whatever_is_long() -> None:
    for length in range(300, 500):
        link = "https://b.example/".ljust(length, "x")
        said = posted("mattermost", link=link, title="j" * 500, summary="k" * 2_999 + ".")

        assert units(said["text"]) <= 4_000


@pytest.mark.parametrize("plain", [False, True])
def test_a_link_calls_nobody_and_ends_where_it_ends(plain: bool) -> None:
    text = posted("mattermost", plain=plain, link="https://b.example/@all(x)y")["text"]

    assert "https://b.example/%40all%28x%29y" in text
