"""`python -m bot` is `berita`."""

from bot.cli import main

if __name__ == "__main__":
    main()
