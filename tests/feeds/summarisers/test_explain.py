"""Why a story is told as it is."""

import pytest

from feeds.figures import Fault, Problem
from feeds.summarisers import summarise
from feeds.summarisers.explain import explain
from feeds.types import Size, Story, Summary
from tests.feeds.summarisers.test_summarise import FIRST, LEAD, SECOND, THIRD, TITLE

STORY = Story(TITLE, lead=LEAD, paragraphs=(FIRST, SECOND, THIRD))


def test_the_summary_its_sentences_and_their_worth_are_told() -> None:
    found = explain(STORY, Size())
    assert (found.summary, found.problems) == (summarise(STORY), ())
    assert [one.text for one in found.sentences] == [FIRST.removesuffix("/."), SECOND, THIRD]
    assert [one.is_told for one in found.sentences] == [False, False, True]
    assert [one.news is None for one in found.sentences] == [True, False, False]
    assert found.sentences[0].score > found.sentences[1].score


def test_the_check_says_which_figure_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """C2"""
    monkeypatch.setattr("feeds.summarisers.explain.summarise", lambda story, **size: Summary("Có 421 xã dự.", "lead"))
    assert explain(STORY, Size()).problems == (Problem("421", Fault.ABSENT),)
