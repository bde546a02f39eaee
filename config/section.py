"""What all sections of the configuration share."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from config.fields import at_least_one, read_list

# bot/adapters holds an adapter for each
Kind = Literal["telegram", "webhook", "discord", "slack", "mattermost", "console"]
Language = Literal["id", "en"]
Event = Literal["story.published", "endpoint.disabled", "feed.failing"]
Events = Annotated[tuple[Event, ...], BeforeValidator(read_list), AfterValidator(at_least_one)]
EventFormat = Literal["standard", "cloudevents"]
Layout = Literal["card", "title"]
InDoubt = Literal["hold", "resend_if_absent", "resend"]


class Section(BaseModel):
    """A section: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )
