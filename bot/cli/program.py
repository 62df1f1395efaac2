"""How this loa was started, so that what it advises can be typed as it is."""

import re
import shlex
import shutil
import sys
from pathlib import Path

_ADVICE = re.compile(r"(?<=: )loa (?=[a-z])")


def get_program() -> str:
    """`loa` where the shell finds this one by that name, else its path as it was typed."""
    started = sys.argv[0]
    if Path(started).name == "__main__.py":
        return f"{shlex.quote(Path(sys.executable).name)} -m bot.cli"
    if Path(started).name != "loa":
        return "loa"
    found = shutil.which("loa")
    is_found = found and Path(started).exists() and Path(found).samefile(started)
    return "loa" if is_found else shlex.quote(started)


def name_program(advice: str) -> str:
    """The sentence with the command in it, such as "Run: loa check", as it must be typed here."""
    return _ADVICE.sub(lambda _: f"{get_program()} ", advice)
