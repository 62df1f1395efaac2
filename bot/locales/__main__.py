"""`python -m bot.locales` brings the catalogues up to date with the code and names what is left to translate."""

import sys

from bot.locales.catalogues import update


def main() -> int:
    missing = [(path, sentence) for path, sentences in update() for sentence in sentences]
    for path, sentence in missing:
        print(f"{path}: not translated: {sentence}")  # noqa: T201 - what this command is for
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
