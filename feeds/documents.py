"""Finds the numbers of official papers in a text, as they are printed; `db.text` makes search keys of them."""

import re

_CODE = r"[A-ZĐƯƠĂÂÊÔ][A-ZĐƯƠĂÂÊÔa-z0-9]{0,9}"
_NUMBER = re.compile(
    rf"(?<![\w/.,-])\d{{1,5}}[A-Za-zđ]?(?:"
    rf"\s?/\s?(?:(?:19|20)\d\d\s?/\s?)?{_CODE}(?:\s?[-–]\s?{_CODE})+"  # 30/2020/NĐ-CP, 179/KH-UBND
    rf"|\s?/\s?(?:19|20)\d\d\s?/\s?{_CODE}"  # 89/2015/QH13
    rf"|\s?[-–]\s?{_CODE}\s?/\s?{_CODE}(?:[-–]{_CODE})*"  # 01-KL/TW
    r")(?![\w/])"
)


def find_numbers(text: str) -> tuple[str, ...]:
    """The numbers in NFC text, each once, in order; blanks within one are dropped, and its dashes are hyphens."""
    found = ("".join(match[0].split()).replace("–", "-") for match in _NUMBER.finditer(text))
    return tuple(dict.fromkeys(found))
