"""What every summariser is: a story in, a few of its words out."""

from typing import Protocol

from feeds.types import Story, Summary


class Summariser(Protocol):
    """Returns None when this way of summarising has nothing to offer for the story."""

    def __call__(self, story: Story, *, sentences: int, limit: int) -> Summary | None: ...
