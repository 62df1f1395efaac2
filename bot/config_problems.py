"""What is wrong with the settings, in words that tell the remedy. Never repeats a value: it may be a secret."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from bot.values import Between, Shape

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and where: a line of the file, or a variable of the environment."""

    name: str
    remedy: str
    line: int | None = None
    variable: str = ""

    @property
    def place(self) -> str:
        return self.variable or (f"line {self.line}" if self.line else "")

    def __str__(self) -> str:
        return f"{self.name} ({self.place}): {self.remedy}" if self.place else f"{self.name}: {self.remedy}"


class SettingsError(Exception):
    """Every problem the settings have, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Setting:
    """One key that can be set.

    `is_secret`: hidden from `repr`, and may stand in a file of its own. `is_row`: its section may stand many times.
    """

    section: str
    key: str
    field: FieldInfo
    is_row: bool

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"

    @property
    def shape(self) -> str:
        return next(item.text for item in self.field.metadata if isinstance(item, Shape | Between))

    @property
    def is_secret(self) -> bool:
        return not self.field.repr and not self.is_row


def list_settings(model: type[BaseModel]) -> Iterator[Setting]:
    """Every key of every section, in the order of the models."""
    for section, field in model.model_fields.items():
        table = (get_args(field.annotation) or (field.annotation,))[0]
        for key, inner in table.model_fields.items():
            yield Setting(section, key, inner, is_row=table is not field.annotation)


def explain(
    model: type[BaseModel], error: ValidationError, locate: Callable[[KeyPath], Mapping[str, Any]]
) -> Iterator[Problem]:
    """One problem for each setting that pydantic refuses; `locate` gives its line or variable."""
    settings = {setting.name: setting for setting in list_settings(model)}
    seen = set()
    for detail in error.errors(include_input=False, include_url=False):
        place, path = _split(detail["loc"])
        if path in seen:
            continue
        seen.add(path)
        name = ".".join(place)
        if detail["type"] == "remedy":
            remedy = detail["msg"]
        elif detail["type"] == "extra_forbidden":
            remedy = describe_unknown(place, settings)
        elif name in settings:
            remedy = f"Write {settings[name].shape}."
        else:
            remedy = _describe_table(name, settings)
        yield Problem(render_name(path), remedy, **locate(path))


def describe_unknown(path: KeyPath, settings: Mapping[str, Setting]) -> str:
    """The remedy for a key that does not exist, with the nearest one that does."""
    guess = _guess(path, settings)
    if guess:
        return f"There is no such setting; did you mean {guess}?"
    return "There is no such setting; take it out, or look it up in docs/configuration.md."


def render_name(path: KeyPath) -> str:
    """`sources[2].url` for the second source; odd keys are quoted, so that none can forge a line."""
    parts = [part if re.fullmatch(r"[\w-]+", part) else json.dumps(part) for part in path]
    return re.sub(r"\.(\d+)(?=\.|$)", lambda match: f"[{int(match[1]) + 1}]", ".".join(parts))


def _split(location: tuple[int | str, ...]) -> tuple[KeyPath, KeyPath]:
    """The setting's name without numbers, and where it stands, with the number of the source it belongs to."""
    place = tuple(str(part) for part in location if isinstance(part, str))
    is_row = location[0] == "sources" and len(location) > 1
    return place, (place[0], str(location[1]), *place[1:]) if is_row else place


def _guess(path: KeyPath, settings: Mapping[str, Setting]) -> str:
    """Look among the keys of the same section, then among sections and the keys of all."""
    section = path[0] if len(path) > 1 else ""
    near = {setting.key: name for name, setting in settings.items() if setting.section == section}
    near |= {f"{setting.key}_file": f"{name}_file" for name, setting in settings.items() if _is_in(setting, section)}
    far: dict[str, str] = {}
    for name, setting in settings.items():
        far.setdefault(setting.key, name)
    far |= {setting.section: f"[{setting.section}]" for setting in settings.values()}
    for names, cutoff in ((near, 0.6), (far, 0.7)):
        if matches := get_close_matches(path[-1], names, n=1, cutoff=cutoff):
            return names[matches[0]]
    return ""


def _is_in(setting: Setting, section: str) -> bool:
    return setting.section == section and setting.is_secret


def _describe_table(name: str, settings: Mapping[str, Setting]) -> str:
    if any(setting.is_row for setting in settings.values() if setting.section == name):
        return f"Begin each of the {name} with [[{name}]] on a line of its own, and write its settings below."
    return f"Write [{name}] on a line of its own, and its settings below."
