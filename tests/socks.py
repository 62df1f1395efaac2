"""A SOCKS5 proxy (RFC 1928) without a password: whatever it is asked for, it leads to one server."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

_VERSION, _NO_PASSWORD, _CONNECT, _BY_NAME = 5, 0, 1, 3
_GRANTED = bytes([_VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0])


class SocksProxy:
    """`asked` are the names and ports that clients wished to reach."""

    def __init__(self, leads_to: str) -> None:
        self._target = urlsplit(leads_to)
        self.asked: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, methods = await reader.readexactly(2)
        assert version == _VERSION
        assert _NO_PASSWORD in await reader.readexactly(methods)
        writer.write(bytes([_VERSION, _NO_PASSWORD]))
        version, command, _, kind = await reader.readexactly(4)
        assert (version, command, kind) == (_VERSION, _CONNECT, _BY_NAME)
        name = await reader.readexactly((await reader.readexactly(1))[0])
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"{name.decode()}:{port}")
        writer.write(_GRANTED)
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        await asyncio.gather(_carry(reader, back), _carry(there, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()
