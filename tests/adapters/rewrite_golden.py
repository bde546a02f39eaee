"""Write the golden files anew: python -m tests.adapters.rewrite_golden; then read the diff."""

from tests.adapters.golden_stories import GOLDEN, written


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, content in written().items():
        (GOLDEN / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
