"""The reader against the layouts of Vietnamese portals, with the newsroom's articles and the two real ones."""

from pathlib import Path

import pytest

from feeds.article import read_story
from feeds.summarisers import summarise
from tests.portals import FIELDS, LAYOUTS, SEEDS, URL, load_copies, pour, read_seed

COPIES = load_copies()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_of_every_article_is_exact(layout: str) -> None:
    """C4, F6"""
    for copy in COPIES:
        poured = pour(copy, layout)
        story = read_story(poured.page.encode(), URL, "text/html")
        wrong = {name for name in FIELDS if getattr(story, name) != getattr(poured.story, name)}
        assert not wrong, f"{copy.article.slug}: {wrong}"


@pytest.mark.skipif(not SEEDS, reason="the seeds are not there")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_every_field_of_the_seeds_is_exact(path: Path, layout: str) -> None:
    poured = pour(read_seed(path), layout)
    assert read_story(poured.page.encode(), URL, "text/html") == poured.story


@pytest.mark.parametrize("layout", ["pictures", "papers"])
def test_what_has_no_text_is_summarised_by_nothing(layout: str) -> None:
    """C4"""
    story = read_story(pour(COPIES[0], layout).page.encode(), URL)
    assert (story.text, summarise(story).text) == ("", "")


def test_a_table_of_figures_is_text_but_no_summary() -> None:
    """C4"""
    story = read_story(pour(COPIES[0], "figures").page.encode(), URL)
    assert "GRDP | Tỷ đồng | 78.642" in story.text
    assert summarise(story).text == ""
