from base64 import b64encode
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from feeds.catalog import Catalog, DestinationChanges
from feeds.errors import AddressError, BadRequest, Conflict, UnknownName
from feeds.model import DestinationOptions, DestinationState, Event, EventFormat, InDoubtPolicy
from tests.builders import NOON
from tests.unit.catalog.situations import a_file_declares

HOOK = "https://partner.example/hook"


async def test_a_channel_is_resolved_to_its_number_and_named_by_its_title(
    catalog: Catalog,
) -> None:
    added = await catalog.add_destination("telegram", "@dailyberita")

    place = added.destination
    assert (place.address, place.title, place.name) == ("-1001234", "Daily Berita", "daily-berita")
    assert place.resolved
    assert place.secret is None


async def test_a_channel_that_does_not_know_us_is_not_added(catalog: Catalog) -> None:
    with pytest.raises(AddressError, match="chat not found"):
        await catalog.add_destination("telegram", "@nobody_there")

    assert await catalog.store.list_destinations() == ()


async def test_a_webhook_gets_a_secret_that_signs(catalog: Catalog) -> None:
    added = await catalog.add_destination("webhook", HOOK)

    secret = await catalog.secret_of("partner-example")
    assert added.secret_made
    assert added.destination.secret == secret
    assert Webhook(secret)
    assert secret not in repr(added)


async def test_a_given_secret_is_kept(catalog: Catalog) -> None:
    given = "whsec_QSBzZWNyZXQgbWFkZSB1cCBmb3IgdGVzdHM="

    added = await catalog.add_destination("webhook", HOOK, secret=given)

    assert not added.secret_made
    assert await catalog.secret_of(added.destination.name) == given


async def test_a_given_secret_that_would_sign_nothing_is_refused(catalog: Catalog) -> None:
    with pytest.raises(BadRequest, match="base64 of 24 to 64 bytes"):
        await catalog.add_destination("webhook", HOOK, secret="whsec_c2hvcnQ=")

    assert not await catalog.store.list_destinations()


async def test_a_rotated_secret_signs_at_once_and_the_one_before_for_a_day(
    catalog: Catalog,
) -> None:
    old = (await catalog.add_destination("webhook", HOOK)).destination.secret
    day = timedelta(hours=24)

    rotated = await catalog.rotate_secret("partner-example")

    assert rotated.secret != old
    assert rotated.old_until == NOON + day
    assert await catalog.secret_of("partner-example") == rotated.secret
    place = await catalog.destination("partner-example")
    assert place.secrets_at(NOON + day - timedelta(seconds=1)) == (rotated.secret, old)
    assert place.secrets_at(NOON + day) == (rotated.secret,)
    assert "whsec_" not in repr(rotated) + repr(place)


async def test_rotating_twice_ends_the_first_secret_at_once(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK)

    second = await catalog.rotate_secret("partner-example")
    third = await catalog.rotate_secret("partner-example")

    place = await catalog.destination("partner-example")
    assert place.secrets_at(NOON) == (third.secret, second.secret)


async def test_a_secret_that_the_file_gives_is_changed_there(catalog: Catalog) -> None:
    await a_file_declares(catalog)
    await catalog.rotate_secret("hook")  # one that was made here is not the file's

    with pytest.raises(Conflict, match=r"secret of “hook” is declared in berita\.toml"):
        await catalog.rotate_secret("hook", declared={"hook"})


async def test_a_password_in_the_address_becomes_a_header_and_is_kept_out_of_the_address(
    catalog: Catalog,
) -> None:
    added = await catalog.add_destination(
        "webhook",
        "https://berita:s%40fe:word@Partner.Example/hook",
        options=DestinationOptions(headers=(("X-Env", "test"),)),
    )

    place = added.destination
    assert (place.name, place.address) == ("partner-example", HOOK)
    user, password = "berita", "s@fe:word"
    basic = b64encode(f"{user}:{password}".encode()).decode()
    assert place.options.headers == (("X-Env", "test"), ("Authorization", f"Basic {basic}"))
    assert not any(secret in repr(added) for secret in (password, basic))


async def test_two_words_on_who_is_authorized_are_one_too_many(catalog: Catalog) -> None:
    options = DestinationOptions(headers=(("authorization", "Bearer x"),))

    with pytest.raises(BadRequest, match="Authorization is given twice"):
        await catalog.add_destination("webhook", "https://u:p@partner.example/", options=options)


async def test_headers_are_for_webhooks_alone(catalog: Catalog) -> None:
    headers = (("X-Env", "test"),)
    await catalog.add_destination("console", "")

    with pytest.raises(BadRequest, match="Headers is for webhooks alone"):
        await catalog.add_destination(
            "telegram", "@dailyberita", options=DestinationOptions(headers=headers)
        )
    with pytest.raises(BadRequest, match="webhooks alone"):
        await catalog.set_destination("console", DestinationChanges(headers=headers))


async def test_headers_are_set_and_taken_away_one_by_one(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK, name="partner")
    one, two = ("X-Api-Key", "s3cret"), ("X-Env", "test")

    both = await catalog.set_destination("partner", DestinationChanges(headers=(one, two)))
    last = await catalog.set_destination("partner", DestinationChanges(without_headers=("x-env",)))

    assert both.options.headers == (one, two)
    assert last.options.headers == (one,)


async def test_events_and_format_are_chosen_and_given_back_to_the_default(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK, name="ops")
    wanted = DestinationChanges(
        events=("feed.failing", "endpoint.disabled", "feed.failing"), format="cloudevents"
    )

    chosen = await catalog.set_destination("ops", wanted)
    usual = DestinationChanges(events=("default",), format="default")
    back = await catalog.set_destination("ops", usual)

    assert chosen.options.events == (Event.ENDPOINT_DISABLED, Event.FEED_FAILING)
    assert chosen.options.format is EventFormat.CLOUDEVENTS
    assert back.options == DestinationOptions()


@pytest.mark.parametrize(
    "changes",
    [DestinationChanges(events=("feed.failing",)), DestinationChanges(format="cloudevents")],
)
async def test_events_and_format_are_for_webhooks_alone(
    catalog: Catalog, changes: DestinationChanges
) -> None:
    await catalog.add_destination("console", "")

    with pytest.raises(BadRequest, match="webhooks alone"):
        await catalog.set_destination("console", changes)


async def test_what_is_not_signed_for_has_no_secret(catalog: Catalog) -> None:
    await catalog.add_destination("console", "")

    with pytest.raises(Conflict, match="no secret"):
        await catalog.secret_of("console")
    with pytest.raises(Conflict, match="signed"):
        await catalog.rotate_secret("console")
    with pytest.raises(BadRequest, match="secret"):
        await catalog.add_destination("telegram", "-100", secret="whsec_x")


async def test_an_unknown_kind_is_a_wrong_call_with_a_suggestion(catalog: Catalog) -> None:
    with pytest.raises(BadRequest, match="did you mean telegram"):
        await catalog.add_destination("telegrm", "@dailyberita")
    with pytest.raises(BadRequest, match="telegram, webhook, console"):
        await catalog.add_destination("fax", "1")


async def test_one_place_is_added_once(catalog: Catalog) -> None:
    await catalog.add_destination("telegram", "@dailyberita")

    with pytest.raises(Conflict, match="daily-berita"):
        await catalog.add_destination("telegram", "-1001234", name="other")


async def test_options_are_set_and_given_back_to_the_default(catalog: Catalog) -> None:
    await catalog.add_destination("telegram", "@dailyberita", name="channel")

    set_ = await catalog.set_destination(
        "channel", DestinationChanges(rename="kanal", language="en", in_doubt="resend")
    )
    back = await catalog.set_destination("kanal", DestinationChanges(language="default"))

    assert (set_.name, set_.options.language) == ("kanal", "en")
    assert back.options.language is None
    assert back.options.in_doubt is InDoubtPolicy.RESEND


async def test_an_age_and_a_policy_for_the_backlog_are_set_and_taken_away(
    catalog: Catalog,
) -> None:
    await catalog.add_destination("telegram", "@dailyberita", name="channel")

    set_ = await catalog.set_destination(
        "channel", DestinationChanges(max_age=timedelta(days=1), backlog="newest:20")
    )
    other = await catalog.set_destination("channel", DestinationChanges(language="en"))
    back = await catalog.set_destination(
        "channel", DestinationChanges(max_age="default", backlog="default")
    )

    assert (set_.options.max_age, str(set_.options.backlog)) == (timedelta(days=1), "newest:20")
    assert other.options.max_age == timedelta(days=1)
    assert (back.options.max_age, back.options.backlog) == (None, None)


async def test_a_webhooks_own_rate_is_set_and_taken_away(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK)

    set_ = await catalog.set_destination("partner-example", DestinationChanges(max_per_second=5))
    back = await catalog.set_destination(
        "partner-example", DestinationChanges(max_per_second="default")
    )

    assert (set_.options.max_per_second, back.options.max_per_second) == (5, None)


async def test_a_channel_has_no_rate_of_its_own(catalog: Catalog) -> None:
    await catalog.add_destination("telegram", "@dailyberita", name="channel")

    with pytest.raises(BadRequest, match="Max per second is for webhooks alone"):
        await catalog.set_destination("channel", DestinationChanges(max_per_second=5))


async def test_a_webhook_cannot_be_told_to_roll_up(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK)

    with pytest.raises(BadRequest, match="each story as an event of its own"):
        await catalog.set_destination("partner-example", DestinationChanges(backlog="roll_up"))


@pytest.mark.parametrize(
    "changes",
    [
        DestinationChanges(),
        DestinationChanges(language="fr"),
        DestinationChanges(in_doubt="maybe"),
        DestinationChanges(events=("story.told",)),
        DestinationChanges(format="xml"),
        DestinationChanges(max_age=timedelta(seconds=59)),
        DestinationChanges(max_age=timedelta(days=366)),
        DestinationChanges(backlog="some"),
        DestinationChanges(max_per_second=0),
        DestinationChanges(max_per_second=1_001),
        DestinationChanges(rename="Not A Name"),
    ],
)
async def test_changes_that_are_none_or_unknown_are_wrong_calls(
    catalog: Catalog, changes: DestinationChanges
) -> None:
    await catalog.add_destination("console", "")

    with pytest.raises(BadRequest):
        await catalog.set_destination("console", changes)


async def test_resume_opens_what_was_paused_and_what_was_parked(catalog: Catalog) -> None:
    added = await catalog.add_destination("console", "")
    now = catalog.clock.now()

    paused = await catalog.pause_destination("console")
    resumed = await catalog.resume_destination("console")
    await catalog.store.park_destination(added.destination.id, reason="kicked", now=now)
    unparked = await catalog.resume_destination("console")

    assert paused.state is DestinationState.PAUSED
    assert resumed.state is unparked.state is DestinationState.OPEN
    assert unparked.state_reason is None


async def test_a_test_message_waits_in_the_lane_and_says_what_blocks_it(catalog: Catalog) -> None:
    await catalog.add_destination("console", "")

    first = await catalog.test_destination("console")
    await catalog.pause_destination("console")
    second = await catalog.test_destination("console")

    assert first.blocked is None
    assert second.blocked is not None
    assert "paused" in second.blocked
    assert first.delivery.occasion != second.delivery.occasion
    assert (await catalog.destination_row("console")).waiting == 2


async def test_removing_a_destination_closes_its_routes(catalog: Catalog) -> None:
    await catalog.add_destination("console", "")
    await catalog.add_feed("https://berita.example/feed/", to=("console",))

    await catalog.remove_destination("console")

    assert tuple(await catalog.list_routes()) == ()
    with pytest.raises(UnknownName):
        await catalog.destination("console")


async def test_what_the_file_declares_is_changed_there(catalog: Catalog) -> None:
    await a_file_declares(catalog)

    with pytest.raises(Conflict, match=r"berita\.toml"):
        await catalog.remove_destination("hook")
    with pytest.raises(Conflict, match=r"berita\.toml"):
        await catalog.set_destination("hook", DestinationChanges(language="en"))
