import pytest

from bot.adapters.telegram.address import Address, parse
from feeds.errors import AddressError


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("@dailyberita", "@dailyberita"),
        (" @DailyBerita ", "@dailyberita"),
        ("@news", "@news"),
        ("@dailyberita/42", "@dailyberita/42"),
        ("-1001234567890", "-1001234567890"),
        ("-1001234567890/42", "-1001234567890/42"),
        ("-1001234567890/1", "-1001234567890"),
        ("-4012345", "-4012345"),
        ("123456", "123456"),
        ("https://t.me/DailyBerita", "@dailyberita"),
        ("http://t.me/dailyberita/", "@dailyberita"),
        ("t.me/dailyberita", "@dailyberita"),
        ("https://www.telegram.me/dailyberita?start=x", "@dailyberita"),
        ("https://t.me/s/dailyberita", "@dailyberita"),
        ("https://t.me/s/dailyberita/17", "@dailyberita"),
        ("https://t.me/dailyberita/42/1001", "@dailyberita/42"),
        ("https://t.me/c/1234567890/45", "-1001234567890/45"),
        ("https://t.me/c/1234567890/45/678", "-1001234567890/45"),
        ("https://t.me/c/1234567890", "-1001234567890"),
    ],
)
def test_what_people_paste_comes_to_one_form(typed: str, canonical: str) -> None:
    assert str(parse(typed)) == canonical


@pytest.mark.parametrize("canonical", ["@dailyberita", "@dailyberita/42", "-100123", "-100123/42"])
def test_a_canonical_address_reads_as_itself(canonical: str) -> None:
    assert str(parse(canonical)) == canonical


def test_a_canonical_address_gives_chat_and_topic() -> None:
    assert parse("-1001234567890/42") == Address(chat=-1001234567890, topic=42)
    assert parse("-1001234567890") == Address(chat=-1001234567890, topic=None)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "use @channelname"),
        ("dailyberita", "@dailyberita"),
        ("@ab", "use @channelname"),
        ("@berita_", "use @channelname"),
        ("@1berita", "use @channelname"),
        ("@" + "b" * 33, "use @channelname"),
        ("Daily Berita", "use @channelname"),
        ("0", "use @channelname"),
        ("-" + "9" * 16, "use @channelname"),
        ("-100123/x", "-1001234567890/42"),
        ("-100123/4/5", "-1001234567890/42"),
        ("-100123/", "-1001234567890/42"),
        ("-100123/0", "from 1 to"),
        ("-100123/9999999999", "from 1 to"),
        ("https://t.me/+AbCdEf", "add the bot"),
        ("https://t.me/joinchat/AbCdEf", "add the bot"),
        ("https://t.me/", "use @channelname"),
        ("https://t.me/addstickers/Berita", "use @channelname"),
        ("https://example.org/dailyberita", "use @channelname"),
        ("-١٢٣", "use @channelname"),
    ],
)
def test_what_is_no_address_is_refused_with_what_would_work(typed: str, advice: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse(typed)

    assert advice in str(refused.value)
