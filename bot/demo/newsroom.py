"""The demo's newsroom: a local web site whose news appears when told to. It listens on loopback only."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.archive import Article, Post, date_of_archive, fill_dates
from bot.demo.lists import FORM, LAYOUTS, REBUILT, Layout, ListPage, redesign, render_listing
from bot.demo.media import render_attachment, render_picture
from bot.demo.pages import render_article, render_list, render_not_found
from bot.demo.rss import render_feed
from bot.demo.webforms import StateError, read_page, render_fields

HOST = "127.0.0.1"
FIRST_ID = 4101
ITEMS_PER_PAGE = 5
RELATED_ITEMS = 5
FEED_ITEMS = 20
OPENING_ARTICLES = 12


class Newsroom:
    """A site of `articles`: the first `opening` are there from the start, the others wait for `publish`.

    Beside the list that its feed belongs to it has one in each layout of `bot.demo.lists`; `has_feed` may be false.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        *,
        now: Callable[[], datetime],
        opening: int = OPENING_ARTICLES,
        port: int = 0,
        has_feed: bool = True,
    ) -> None:
        self._articles = tuple(articles)
        self._now = now
        self._port = port
        self._has_feed = has_feed
        self._is_redesigned = False
        self._runner: web.AppRunner | None = None
        self._posts: list[Post] = []
        for article in self._articles[:opening]:
            self._add(article, date_of_archive(article, now()))

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._build_app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end; known once the site is open."""
        return f"http://{HOST}:{self._port}"

    @property
    def feed_url(self) -> str:
        return f"{self.url}/rss.xml"

    @property
    def published(self) -> tuple[Post, ...]:
        """What can be read on the site, newest first."""
        return tuple(sorted(self._posts, key=lambda post: (post.published_at, post.id), reverse=True))

    @property
    def waiting(self) -> int:
        """How many articles have not been published yet."""
        return len(self._articles) - len(self._posts)

    def publish(self, count: int = 1) -> tuple[Post, ...]:
        """Let the next articles appear, dated now, and return them; fewer when fewer are waiting."""
        start = len(self._posts)
        return tuple(self._add(article, self._now()) for article in self._articles[start : start + count])

    def redesign(self) -> None:
        """Let every list look different from now on."""
        self._is_redesigned = True

    def _add(self, article: Article, published_at: datetime) -> Post:
        post = Post(FIRST_ID + len(self._posts), fill_dates(article, published_at), published_at)
        self._posts.append(post)
        return post

    def _build_app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._serve_list)
        app.router.add_get("/tin-tuc", self._serve_list)
        if self._has_feed:
            app.router.add_get("/rss.xml", self._serve_feed)
        app.router.add_get("/chuyen-muc/trang-{number}", self._serve_layout)
        for layout in LAYOUTS:
            app.router.add_get(layout.path, self._serve_layout)
        app.router.add_post(FORM.path, self._serve_form)
        app.router.add_get("/bai-viet/{page}", self._serve_article)
        app.router.add_get("/hinh-anh/{file}", self._serve_picture)
        app.router.add_get("/dinh-kem/{file}", self._serve_attachment)
        app.router.add_get("/{anything:.*}", self._serve_not_found)
        return app

    async def _serve_feed(self, request: web.Request) -> web.Response:
        posts = self.published[:FEED_ITEMS]
        changed_at = posts[0].published_at if posts else self._now()
        body = render_feed(posts, url=self.url, changed_at=changed_at)
        etag = hashlib.sha256(body).hexdigest()[:16]
        if is_unchanged(request, etag=etag, changed_at=changed_at):
            response = web.Response(status=304)
        else:
            response = web.Response(body=body, content_type="application/rss+xml", charset="utf-8")
        response.etag = etag
        response.last_modified = changed_at
        return response

    async def _serve_list(self, request: web.Request) -> web.Response:
        page = request.query.get("page", "1")
        if page not in map(str, range(1, self._pages + 1)):
            return await self._serve_not_found(request)
        if self._is_redesigned:
            return self._render_layout(REBUILT, int(page))
        return _html(render_list(self._get_page(int(page)), page=int(page), pages=self._pages))

    async def _serve_layout(self, request: web.Request) -> web.Response:
        query = request.query
        number = request.match_info.get("number") or query.get("trang") or query.get("p") or "1"
        layout = next(layout for layout in LAYOUTS if request.path.startswith(layout.path))
        if number not in map(str, range(1, self._pages + 1)):
            return await self._serve_not_found(request)
        return self._render_layout(layout, int(number))

    async def _serve_form(self, request: web.Request) -> web.Response:
        try:
            return self._render_layout(FORM, read_page(await request.post(), self._pages))
        except (StateError, ValueError) as error:
            return web.Response(text=f"Server Error in '/' Application. {error}", status=500)

    def _render_layout(self, layout: Layout, number: int) -> web.Response:
        page = ListPage(
            self._get_page(number),
            number,
            self._pages,
            popular=self._posts,
            fields=render_fields(number) if layout is FORM else "",
        )
        return _html(render_listing(redesign(layout) if self._is_redesigned else layout, page))

    async def _serve_article(self, request: web.Request) -> web.Response:
        post = next((post for post in self._posts if post.path == request.path), None)
        if post is None:
            return await self._serve_not_found(request)
        return _html(render_article(post, related=self._get_related(post), pages=self._pages))

    async def _serve_picture(self, request: web.Request) -> web.Response:
        pictures = {picture.file: picture for post in self._posts for picture in post.article.pictures}
        picture = pictures.get(request.match_info["file"])
        if picture is None:
            return await self._serve_not_found(request)
        return web.Response(body=render_picture(picture), content_type="image/jpeg")

    async def _serve_attachment(self, request: web.Request) -> web.Response:
        attachments = {one.file: one for post in self._posts for one in post.article.attachments}
        attachment = attachments.get(request.match_info["file"])
        if attachment is None:
            return await self._serve_not_found(request)
        return web.Response(body=render_attachment(attachment), content_type="application/pdf")

    async def _serve_not_found(self, request: web.Request) -> web.Response:
        return _html(render_not_found(), status=404)

    def _get_page(self, number: int) -> tuple[Post, ...]:
        start = (number - 1) * ITEMS_PER_PAGE
        return self.published[start : start + ITEMS_PER_PAGE]

    def _get_related(self, post: Post) -> list[Post]:
        section = post.article.section
        others = [other for other in self.published if other is not post and other.article.section == section]
        return others[:RELATED_ITEMS]

    @property
    def _pages(self) -> int:
        return max(1, -(-len(self._posts) // ITEMS_PER_PAGE))


def is_unchanged(request: web.Request, *, etag: str, changed_at: datetime) -> bool:
    """Whether the asker holds this version; a date counts only where no validator is sent."""
    if request.if_none_match is not None:
        return any(known.value in (etag, "*") for known in request.if_none_match)
    since = request.if_modified_since
    return since is not None and changed_at.replace(microsecond=0) <= since


def _html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
