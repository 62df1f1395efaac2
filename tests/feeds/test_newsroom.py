"""The reader against the pages of the demo's newsroom."""

from datetime import UTC, datetime

import pytest

from bot.demo.archive import Post, date_of_archive, fill_dates, load_articles
from bot.demo.pages import render_article
from feeds.article import read_story
from feeds.summarisers import summarise

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def make_posts() -> list[Post]:
    posts = []
    for number, article in enumerate(load_articles(), start=1):
        published_at = date_of_archive(article, NOW)
        posts.append(Post(number, fill_dates(article, published_at), published_at))
    return posts


POSTS = make_posts()


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.article.slug)
def test_every_page_of_the_newsroom_is_read_whole(post: Post) -> None:
    story = read_story(render_article(post, related=POSTS[:5], pages=3).encode(), "http://newsroom.test/", "text/html")
    article = post.article
    assert (story.section, story.title, story.signature) == (article.section, article.title, article.signature)
    assert story.paragraphs == tuple(text.replace("./.", ".") for text in article.paragraphs)
    assert story.lead in ("", article.lead)
    assert story.published_at == post.published_at
    assert 50 < len(summarise(story).text) <= 600
