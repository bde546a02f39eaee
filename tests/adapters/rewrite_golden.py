"""Write the golden files anew: python -m tests.adapters.rewrite_golden; then read the diff."""

from pathlib import Path

from bot.adapters.webhook import schemas as shipped
from bot.adapters.webhook.schemas import schemas
from tests.adapters.golden_stories import GOLDEN, schema_with_example, written

SCHEMAS = Path(shipped.__file__).parent


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, content in written().items():
        (GOLDEN / name).write_text(content, encoding="utf-8")
    for name, schema in schemas().items():
        (SCHEMAS / name).write_bytes(schema_with_example(schema))


if __name__ == "__main__":
    main()
