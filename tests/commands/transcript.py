"""How a dialogue is written down."""

from collections.abc import Mapping
from typing import Any

from tests.servers.bot_api_chats import Post


def shown(post: Post) -> str:
    """Write a post for a transcript: `copyable`, **bold**, [linked]; ‸ is an unseen joiner.

    Below it its buttons, a row in a line.
    """
    marks: dict[int, str] = {}
    for entity in post.entities:
        opened, closed = _marks(entity)
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        marks[begin] = marks.get(begin, "") + opened
        marks[end] = closed + marks.get(end, "")
    written, units = "", 0
    for character in post.text:
        written += marks.pop(units, "") + character
        units += 2 if character > "\uffff" else 1
    rows = (post.markup or {}).get("inline_keyboard", ())
    buttons = [" ".join(f"[{each['text']}]" for each in row) for row in rows]
    return "\n".join(((written + marks.pop(units, "")).replace("\u2060", "‸"), *buttons))


def _marks(entity: Mapping[str, Any]) -> tuple[str, str]:
    match entity["type"]:
        case "code":
            return "`", "`"
        case "bold":
            return "**", "**"
        case "text_link":
            return "[", f"]({entity['url']})"
        case other:
            return f"<{other}>", f"</{other}>"


def quoted(mark: str, text: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))
