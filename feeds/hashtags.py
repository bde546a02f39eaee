"""PURE: hashtags: which words may be one, and what a publisher's tag becomes.

Letters, digits and underscores alone, so that nothing in one can mean anything else to a chat.
"""

import re
from collections.abc import Iterable
from typing import Final

from feeds.errors import BadRequest

OWN_MAX: Final = 10  # of a route
FROM_TAGS_MAX: Final = 5  # that a story's tags add to them
LENGTH_MAX: Final = 64  # characters, without the "#"

_WORDS = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s,#]+")


def read_hashtags(typed: str) -> tuple[str, ...]:
    """Read hashtags parted by blanks or commas, with or without "#"; raises BadRequest."""
    return checked_hashtags(word for word in _BETWEEN.split(typed) if word)


def checked_hashtags(words: Iterable[str]) -> tuple[str, ...]:
    """Give hashtags without "#", each once however it is written; raises BadRequest."""
    kept: dict[str, str] = {}
    for word in words:
        tag = word.removeprefix("#")
        if not is_hashtag(tag):
            raise BadRequest(
                f"“{word[:LENGTH_MAX]}” is no hashtag: 1 to {LENGTH_MAX} letters, digits and"
                " underscores, not digits alone.",
                "error.hashtag.shape",
                word=word[:LENGTH_MAX],
                most=LENGTH_MAX,
            )
        kept.setdefault(tag.casefold(), tag)
    if len(kept) > OWN_MAX:
        raise BadRequest(
            f"There are {len(kept)} hashtags: at most {OWN_MAX} go with a post.",
            "error.hashtag.many",
            held=len(kept),
            most=OWN_MAX,
        )
    return tuple(kept.values())


def is_hashtag(tag: str) -> bool:
    """Tell whether chats would take a word behind "#" for one hashtag, and all of it."""
    sound = all(each.isalpha() or each.isdecimal() or each == "_" for each in tag)
    return sound and len(tag) <= LENGTH_MAX and any(each.isalpha() for each in tag)


def hashtags_of(own: tuple[str, ...], tags: Iterable[str], *, from_tags: bool) -> tuple[str, ...]:
    """List what stands under a post: its route's own, and if wanted those the story's tags make.

    A tag's words are joined by underscores; one that makes no sound hashtag is left out.
    """
    kept = {tag.casefold(): tag for tag in own}
    made = ("_".join(_WORDS.findall(tag)) for tag in tags) if from_tags else ()
    room = len(kept) + FROM_TAGS_MAX
    for tag in made:
        if len(kept) < room and is_hashtag(tag):
            kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())
