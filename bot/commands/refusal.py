"""The chat's own refusals: expected, and said in the admin's language."""

from feeds.errors import BeritaError


class Refusal(BeritaError):  # noqa: N818  # reads as what happened
    """A wish that cannot be fulfilled; `key` and `values` make its text in any language."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key, key, **values)


class Whole(Refusal):
    """A refusal whose text is whole sentences, said as they are: no "Can't:" goes before them."""


class Usage(BeritaError):  # noqa: N818  # reads as what is answered
    """A command written otherwise than it works; `command` is its name, answered by an example."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command
