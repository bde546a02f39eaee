"""Which image goes with an entry: what Media RSS offers, else an enclosure, else the first picture.

A picture of the text must look like one: no tracking pixel, emoji, avatar, button or SVG.
"""

import html
import re
from collections.abc import Callable, Iterable

from feeds.parse.found import Markup, Picture

SIDE_MIN = 80  # pixels; smaller is decoration, where a size is given at all
_HTML_MAX = 50_000  # characters searched for the first picture
_IMG = re.compile(r"<img\b([^>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(src|data-src|data-lazy-src|width|height|class)\s*=\s*"""
    r"""(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
_NAMED_IMAGE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"\.svg(?:$|[?#])|gravatar\.com/avatar|/emoji/|/smilies/|wp-smiley|pixel\.wp\.com|stats\.wordpress"
    r"|feedburner\.com/~|feedsportal\.com|doubleclick\.net|/(?:pixel|spacer|blank|1x1|transparent)\.",
    re.IGNORECASE,
)


def choose_image(
    pictures: Iterable[Picture],
    markups: Iterable[Markup],
    *,
    absolute: Callable[[str], str | None],
) -> str | None:
    """Choose the first that is an image; `absolute` makes an http(s) URL of what is written."""
    for picture in pictures:
        if _is_image(picture) and (url := absolute(picture.url)):
            return url
    for markup in markups:
        for found in _IMG.finditer(markup.text, 0, _HTML_MAX) if markup.html else ():
            picture = _read_tag(found[1])
            if _is_worth_showing(picture) and (url := absolute(picture.url)):
                return url
    return None


def _is_image(picture: Picture) -> bool:
    if not _is_worth_showing(picture):
        return False
    if picture.medium or picture.type:
        return picture.medium == "image" or picture.type.startswith("image/")
    return _NAMED_IMAGE.search(picture.url) is not None


def _is_worth_showing(picture: Picture) -> bool:
    return (
        bool(picture.url)
        and "svg" not in picture.type
        and not _NO_PICTURE.search(picture.url)
        and not any(_is_tiny(side) for side in (picture.width, picture.height))
    )


def _is_tiny(side: str) -> bool:
    digits = side.strip().removesuffix("px")
    return digits.isdecimal() and len(digits) < 6 and int(digits) < SIDE_MIN  # noqa: PLR2004  # any longer one is no tiny side


def _read_tag(attributes: str) -> Picture:
    """Read an img tag; pages that load lazily keep the real address in data-src."""
    said = {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
    if "emoji" in said.get("class", "") or "wp-smiley" in said.get("class", ""):
        return Picture(url="")
    url = said.get("data-src") or said.get("data-lazy-src") or said.get("src", "")
    return Picture(url=url, width=said.get("width", ""), height=said.get("height", ""))
