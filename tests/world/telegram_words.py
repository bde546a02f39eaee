"""A request as aiogram makes it, in the Bot API's own words."""

from enum import Enum
from typing import Any

from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from pydantic import BaseModel


def parameters_of(method: TelegramMethod[Any]) -> dict[str, Any]:
    """Tell the parameters that are set, structures as JSON would hold them."""
    return _fields(method)


def _fields(model: BaseModel) -> dict[str, Any]:
    return {
        name: _plain(value)
        for name, value in model
        if value is not None and not isinstance(value, Default)
    }


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            return _fields(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case Enum():
            return value.value
        case _:
            return value
