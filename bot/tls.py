"""Which certificates of the chat platforms are trusted. It makes no connection."""

import ssl
from functools import cache

import httpx


@cache
def get_trust() -> ssl.SSLContext:
    """Read once, as it takes long."""
    return httpx.create_ssl_context()
