"""The entry point of the command line. What is heavy is loaded where a verb is run, so that `--help` comes at once."""

import sys


def main() -> None:
    """Every failure that can be foreseen ends in a sentence, not in a traceback; Ctrl+C at any moment in silence."""
    try:
        from bot.cli.front import front

        front()
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit:
        raise
    except _load_foreseen() as error:
        from bot.cli.failures import explain

        explain(error)


def _load_foreseen() -> tuple[type[Exception], ...]:
    """Loaded only once something failed."""
    from bot.cli.failures import FORESEEN

    return FORESEEN
