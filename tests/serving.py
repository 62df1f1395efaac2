"""Serves a web application on a port of its own, for whoever stands in for a platform."""

from aiohttp import web


async def serve_app(app: web.Application) -> tuple[web.AppRunner, str]:
    """The runner, to be cleaned up in the end, and the address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    return runner, f"http://{host}:{port}"
