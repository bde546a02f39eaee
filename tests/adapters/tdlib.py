"""TDLib, Telegram's own library, as the judge of texts: it parses offline, without an account."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tdjson import td_execute

Json = dict[str, Any]

# TDLib turns entities into Markdown where the text allows it; after these it must leave them be.
_SENTINEL = "\n**x** __y__ [z](w)"
_TYPES = {
    "bold": "textEntityTypeBold",
    "italic": "textEntityTypeItalic",
    "text_link": "textEntityTypeTextUrl",
}


class Refused(AssertionError):  # noqa: N818  # reads as what happened
    """TDLib would not send this, and says why."""


def kept(text: str, entities: Sequence[Mapping[str, Any]]) -> tuple[str, list[Json]]:
    """Give what is left of a message after TDLib has put it right; raises Refused.

    A message that comes back as it went in is one that Telegram shows just as it was meant.
    """
    answer = _execute(
        {
            "@type": "getMarkdownText",
            "text": {
                "@type": "formattedText",
                "text": text + _SENTINEL,
                "entities": [_to_tdlib(entity) for entity in entities],
            },
        }
    )
    if answer["@type"] == "error":
        raise Refused(answer["message"])
    assert answer["text"].endswith(_SENTINEL), "the sentinel keeps TDLib from writing Markdown"
    found = [_from_tdlib(entity) for entity in answer["entities"]]
    return answer["text"].removesuffix(_SENTINEL), sorted(found, key=lambda e: e["type"])


def found_by_itself(text: str) -> set[tuple[str, str]]:
    """List what Telegram finds in a bare text: {("Mention", "@name"), ("BotCommand", "/go") …}."""
    coded = text.encode("utf-16-le")
    answer = _execute({"@type": "getTextEntities", "text": text})
    return {
        (
            entity["type"]["@type"].removeprefix("textEntityType"),
            coded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode(
                "utf-16-le"
            ),
        )
        for entity in answer["entities"]
    }


def _to_tdlib(entity: Mapping[str, Any]) -> Json:
    kind: Json = {"@type": _TYPES[entity["type"]]}
    if "url" in entity:
        kind["url"] = entity["url"]
    return {
        "@type": "textEntity",
        "offset": entity["offset"],
        "length": entity["length"],
        "type": kind,
    }


def _from_tdlib(entity: Mapping[str, Any]) -> Json:
    names = {theirs: ours for ours, theirs in _TYPES.items()}
    plain: Json = {
        "type": names[entity["type"]["@type"]],
        "offset": entity["offset"],
        "length": entity["length"],
    }
    if "url" in entity["type"]:
        plain["url"] = entity["type"]["url"]
    return plain


def _execute(request: Json) -> Json:
    _quiet()
    answer = td_execute(json.dumps(request).encode())
    assert answer is not None, "TDLib answers every synchronous request"
    result: Json = json.loads(answer)
    return result


def _quiet() -> None:
    """Keep TDLib's log off the terminal."""
    td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
