"""PURE: texts of a bundle that would end an import if they were believed."""

from feeds.errors import BadRequest


def check_text(text: str, key: str) -> None:
    """Refuse what no database takes, NUL and lone surrogates; raises BadRequest."""
    if "\0" in text or text.encode("utf-8", "ignore").decode() != text:
        raise BadRequest(f"{key} holds a character that is none", "error.item.character", field=key)
