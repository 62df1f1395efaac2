"""Whatever is written or pressed, an answer within the limits comes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import ACTIONS, COMMANDS
from db.models import Role
from tests.bot.talk import Talk

_names = st.sampled_from([name for command in COMMANDS for name in (command.name, command.vi)])
_verbs = st.sampled_from([action.verb for action in ACTIONS])
_numbers = st.integers(min_value=-2, max_value=2**70).map(str) | st.integers(min_value=0, max_value=3).map(str)
_texts = st.text() | st.builds("/{}{}".format, _names, st.builds(" {}".format, st.text() | _numbers))
_actions = st.text(min_size=1) | st.builds(
    "{}:{}".format, _verbs, st.lists(_numbers | st.text(), max_size=3).map(":".join)
)
_people = st.sampled_from(["200", "300", "100", ""])
_anything = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """A reader, an admin and a topic; a group that gets news. They live on from one thing that is said to the next."""
    await talk.add_topics("Giá cả")
    await talk.add_reader("300")
    await talk.add_reader("100", Role.ADMIN)
    await talk.say_in_group("100", "/start", may_manage=True)
    return talk


@_anything
@given(person=_people, text=_texts, name=st.text(), in_group=st.booleans(), may_manage=st.booleans())
async def test_no_text_makes_it_stumble(
    office: Talk, person: str, text: str, name: str, in_group: bool, may_manage: bool
) -> None:
    """C5, A6"""
    if in_group:
        await office.say_in_group(person, text, may_manage=may_manage)
    else:
        await office.say(person or "200", text, name=name)


@_anything
@given(person=_people, action=_actions, in_group=st.booleans(), may_manage=st.booleans())
async def test_no_button_makes_it_stumble(
    office: Talk, person: str, action: str, in_group: bool, may_manage: bool
) -> None:
    """A6"""
    if in_group:
        await office.press_in_group(person, action, may_manage=may_manage)
    else:
        await office.press(person or "200", action)
