"""What all sections of the configuration share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["telegram", "webhook", "console"]  # bot/adapters holds an adapter for each
Language = Literal["id", "en"]
InDoubt = Literal["hold", "resend_if_absent", "resend"]


class Section(BaseModel):
    """A section: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )
