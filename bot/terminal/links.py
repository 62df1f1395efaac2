"""Which terminals show links behind words; to others their addresses are printed. Pure."""

from collections.abc import Mapping

#: What a terminal that does sets in its programs' environment.
_SIGNS = ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "WEZTERM_EXECUTABLE", "DOMTERM", "GHOSTTY_RESOURCES_DIR")
_PROGRAMS = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby", "mintty"}
_TERMS = {"xterm-kitty", "alacritty", "foot", "foot-extra", "contour", "xterm-ghostty"}
#: GNOME's terminals and their kin, from version 0.50 on.
_VTE = 5000


def shows_links(environment: Mapping[str, str]) -> bool:
    """Only where it is known: an address too many harms less than one that is nowhere."""
    version = environment.get("VTE_VERSION", "")
    if version.isdecimal() and int(version) >= _VTE:
        return True
    names = environment.get("TERM_PROGRAM") in _PROGRAMS or environment.get("TERM") in _TERMS
    return names or any(environment.get(sign) for sign in _SIGNS)
