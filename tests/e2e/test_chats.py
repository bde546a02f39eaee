"""Discord, Slack and Mattermost from the real process: each story once, and no key told."""

from tests.e2e.house import House

SERVICES = ("discord", "slack", "mattermost")


def test_a_story_goes_to_every_chat_once_and_no_address_is_told(house: House) -> None:
    publisher, chats = house.publisher(items=2), house.chats()
    house.feed("news", publisher.urls[0], start=1)
    for service in SERVICES:
        house.place(service, service, chats.told[service])
    house.route("news", *SERVICES)

    told = house.call("run", "--once")
    again = house.call("run", "--once")
    listed = house.call("destination", "list", "--json")

    assert (told.returncode, again.returncode) == (0, 0), told.stderr
    assert {service: len(posts) for service, posts in chats.posts().items()} == dict.fromkeys(
        SERVICES, 1
    )
    assert house.ask("status")["deliveries"] == {"sent": 3}
    texts = told.stdout + told.stderr + again.stderr + listed.stdout
    assert "t0ken" not in texts
    assert listed.stdout.count("/…") == 3


def test_a_post_whose_answer_was_cut_off_is_left_to_an_admin_and_the_next_one_goes(
    house: House,
) -> None:
    publisher, chats = house.publisher(items=3), house.chats()
    house.feed("news", publisher.urls[0], start=2)
    house.place("room", "slack", chats.told["slack"])
    house.route("news", "room")
    chats.fault(how="reset_after")

    house.call("run", "--once")
    house.call("run", "--once")

    assert len(chats.posts()["slack"]) == 1
    states = {row["seq"]: row["state"] for row in house.deliveries()}
    assert states == {1: "in_doubt", 2: "sent"}
