"""Mends text that was written in TCVN3 or VNI, the tables of Vietnamese fonts before Unicode; knows no bytes."""

import re

import viparse

#: Letters that only Unicode has, and those that both tables are made of.
_NEW = frozenset("ƠơƯư").union(map(chr, range(0x1EA0, 0x1EFA)))
_OLD = frozenset(map(chr, range(0xA8, 0x100)))
#: What betrays each table: symbols beside letters, and tone marks as letters behind vowels.
_TRACES = {
    "tcvn3": re.compile(r"(?<=[A-Za-z])[\xa8-\xae\xb5-\xb9\xbb-\xbe]|[\xa8-\xae\xb5-\xb9\xbb-\xbe](?=[A-Za-z])"),
    "vni": re.compile(r"[AaEeOoUuYyÖöÔô][ØøÙùÏïÛûÕõÄäÁáÀàÅåÂâ]"),
}
#: A page of another language has a few of them, `où` in French, but never many kinds.
_LEAST, _LEAST_KINDS = 20, 8


def mend_legacy(text: str) -> str:
    """The text in Unicode if it has the traces of an old table, else as it is."""
    table = find_table(text)
    return viparse.fix(text, encoding=table) if table else text


def find_table(text: str) -> str:
    """The table the text was written in, or nothing. It is cheap, for every page is asked."""
    letters = set(text)
    if letters & _NEW or len(letters & _OLD) < _LEAST_KINDS:
        return ""
    found = {name: traces.findall(text) for name, traces in _TRACES.items()}
    name = max(found, key=lambda one: len(found[one]))
    return name if len(found[name]) >= _LEAST and len(set(found[name])) >= _LEAST_KINDS else ""
