"""`python -m bot.cli` is `loa`."""

from bot.cli import main

main()
