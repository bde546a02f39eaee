"""What the Bot API checks of a message's text, entities and buttons, with its own words."""

from typing import Any

from tests.servers.bot_api_faults import bad

TEXT_MAX = 4096  # code points, after parsing
RAW_BYTES_MAX = 32_768
CALLBACK_BYTES_MAX = 64
BLANKS = " \t\n\r\v\f\u00a0"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def checked_text(
    text: str, entities: list[dict[str, Any]], *, editing: bool = False
) -> tuple[str, list[dict[str, Any]]]:
    """Give text and entities as they are stored, trimmed; raises the Bot API's 400s."""
    if not text:
        raise bad("message text is empty")
    if len(text.encode()) > RAW_BYTES_MAX:
        raise bad("text is too long")
    for entity in entities:
        _check_bounds(text, entity)
    trimmed = text.strip(BLANKS)
    if not trimmed:
        raise bad("text must be non-empty")
    if len(trimmed) > TEXT_MAX:
        raise bad("MESSAGE_TOO_LONG" if editing else "message is too long")
    return trimmed, _shifted(text, trimmed, entities)


def _check_bounds(text: str, entity: dict[str, Any]) -> None:
    offset, length, total = int(entity["offset"]), int(entity["length"]), utf16(text)
    end = offset + length
    if offset < 0:
        raise bad(f"receive an entity with incorrect offset {offset}")
    if length < 0:
        raise bad(f"receive an entity with incorrect length {length}")
    if length == 0:
        return
    if offset > total:
        raise bad(f"entity begins after the end of the text at UTF-16 offset {offset}")
    beginning = f"entity beginning at UTF-16 offset {offset}"
    if (byte := _split_symbol(text, offset)) is not None:
        raise bad(f"entity begins in a middle of a UTF-16 symbol at byte offset {byte}")
    if end > total:
        raise bad(f"{beginning} ends after the end of the text at UTF-16 offset {end}")
    if (byte := _split_symbol(text, end)) is not None:
        raise bad(f"{beginning} ends in a middle of a UTF-16 symbol at byte offset {byte}")


def _split_symbol(text: str, units: int) -> int | None:
    """Tell where the symbol that an offset cuts in two ends, in bytes; None: it cuts none."""
    passed = 0
    for index, symbol in enumerate(text):
        if passed >= units:
            break
        passed += utf16(symbol)
        if passed > units:
            return len(text[: index + 1].encode())
    return None


def _shifted(text: str, trimmed: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = utf16(text[: len(text) - len(text.lstrip(BLANKS))])
    total = utf16(trimmed)
    kept = []
    for entity in entities:
        begin = max(int(entity["offset"]) - before, 0)
        end = min(int(entity["offset"]) - before + int(entity["length"]), total)
        if end > begin:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return kept


def check_markup(markup: Any) -> None:
    """Check the buttons of an inline keyboard; raises the Bot API's 400s."""
    if markup is None:
        return
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not str(button.get("text", "")).strip():
                raise bad("inline keyboard button text must be non-empty")
            if len(str(button.get("callback_data", "")).encode()) > CALLBACK_BYTES_MAX:
                raise bad("BUTTON_DATA_INVALID")
            if not button.keys() - {"text", "style"}:
                raise bad(
                    "can't parse inline keyboard button:"
                    " Text buttons are unallowed in the inline keyboard"
                )
