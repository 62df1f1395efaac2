"""Counts what this process does, and renders it for Prometheus: /metrics. It decides nothing and knows no names."""

from collections.abc import Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest


class Metrics:
    """The counters of one process, from its start."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.polls = Counter("loa_polls", "Looks at a source", registry=self.registry)
        self.articles_read = Counter("loa_articles_read", "Articles whose page was read", registry=self.registry)

    def make_routes(self) -> Sequence[web.RouteDef]:
        async def show(_request: web.Request) -> web.Response:
            return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return [web.get("/metrics", show)]
