"""What the tables of config.toml have in common."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """One table of config.toml. What is hidden from `repr` may hold a password and may come from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def make_remedy(words: str) -> PydanticCustomError:
    """For a validator to raise: the words are shown as they are."""
    return PydanticCustomError("remedy", "{remedy}", {"remedy": words})
