"""The conversation's own tests once more, on Telegram, Zalo and the terminal: typed, pressed and read over each wire.

What is pressed must have been shown, with its number where a platform has no buttons; what is answered must be shown.
"""

from collections.abc import AsyncIterator

import pytest

from db.engine import Database
from db.models import Role
from tests.bot import test_conversation_access as access
from tests.bot import test_conversation_aliases as aliases
from tests.bot import test_conversation_boards as boards
from tests.bot import test_conversation_hours as hours
from tests.bot import test_conversation_reading as reading
from tests.bot import test_conversation_settings as settings
from tests.bot import test_conversation_topics as topics
from tests.bot import test_watching as watching
from tests.bot.faces import FACES
from tests.bot.talk import Talk, get_text
from tests.fakes import Clock

pytestmark = [
    pytest.mark.parametrize("platform", FACES),
    pytest.mark.parametrize("ground", ["sqlite"], indirect=True),
]


@pytest.fixture
async def talk(request: pytest.FixtureRequest, platform: str, database: Database, clock: Clock) -> AsyncIterator[Talk]:
    """With the reader of those modules that begin with one."""
    async with FACES[platform](database, clock) as talk:
        if request.function in (test_typed_digests, test_watched_by_buttons, test_settings):
            await talk.add_reader("7")
        yield talk


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """With the editors of both modules."""
    for editor in (boards.EDITOR, aliases.EDITOR):
        await talk.add_reader(editor, Role.EDITOR)
    return talk


reader = reading.reader

test_newest_first = reading.test_the_latest_come_newest_first_with_source_and_date
test_pages = reading.test_answers_come_in_pages_of_ten
test_long_titles = reading.test_the_longest_titles_keep_within_the_limits
test_topics_by_buttons = topics.test_topics_are_followed_and_left_by_buttons
test_language = topics.test_the_language_is_changed_by_a_button
test_settings = settings.test_each_choice_stays_and_shows_at_once
test_typed_digests = hours.test_digests_at_typed_times_and_at_once_again
test_watched_by_buttons = watching.test_words_are_listed_made_urgent_and_removed_by_buttons
test_sources_by_buttons = boards.test_a_source_is_opened_paused_and_resumed_from_the_board
test_asking_again = access.test_asking_again_sends_no_second_request
test_topics_merge = boards.test_a_topic_is_made_renamed_and_merged
test_abbreviations = aliases.test_it_is_removed_after_a_question


async def test_a_stranger_reads_nothing(talk: Talk) -> None:
    """A1"""
    for text in ("giá tiêu dùng", "/latest", "/search giá", "/help", "/members", "/nosuch"):
        assert "gửi /batdau" in get_text(await talk.say("999", text))
