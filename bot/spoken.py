"""Commands without their slash, where a platform shows none: `tin moi`, `moi nhat 5`, `tim kiem gia vang`. Pure.

Whoever searches for a word that a command is called by must find it: only what is nothing but a command is one. The few
that more words may follow are named here.
"""

from collections.abc import Mapping

from db.text import syllables

#: Other names that people use.
ALIASES = {"tinmoi": "latest", "tim": "search", "menu": "help", "danhmuc": "topics", "huongdan": "help"}
#: After these more words may follow.
WITH_WORDS = ("latest", "search", "link")
#: Folded it is an everyday word (yes, right) that stops the news: it takes its slash.
SLASH_ONLY = ("dung",)
_LONGEST = 3


def find_spoken(text: str, names: Mapping[str, str]) -> tuple[str, str] | None:
    """The command's English name and what follows it; `names` gives that name for each name that a command has."""
    words = text.split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        name = "".join(syllables(" ".join(words[:count])))
        command = ALIASES.get(name) or names.get(name)
        rest = " ".join(words[count:])
        if command is None or name in SLASH_ONLY or (rest and command not in WITH_WORDS):
            continue
        return command, rest
    return None
