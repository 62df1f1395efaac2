"""Where settings come from: the file, the environment above it, and secrets out of files of their own."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from stat import S_ISREG
from typing import Any

from pydantic_settings import BaseSettings, TomlConfigSettingsSource

from bot.config_problems import Problem, Setting, describe_unknown, list_settings, render_name

_PREFIX = "LOA_"
_TABLE = re.compile(r"\[(?P<row>\[)?(?P<keys>[^\[\]]+)\]")
#: What TOML's parser says of a section or a key that was there before.
_TWICE = ("Cannot declare", "Cannot overwrite")
_KEY = re.compile(r"[\w.\"' -]+")


@dataclass(frozen=True, slots=True)
class Layers:
    """What was read, ready to be validated; what could not be read; and where each thing stands.

    `is_whole`: the file was read, so that what is not in `values` was not given.
    """

    values: dict[str, Any]
    problems: list[Problem]
    lines: Mapping[tuple[str, ...], int]
    variables: Mapping[str, Mapping[str, str]]
    is_whole: bool

    def lacks(self, section: str, key: str) -> bool:
        """Whether a secret was not given at all; one whose file cannot be read is another problem."""
        table = self.values.get(section, {})
        is_told = any(problem.name == f"{section}.{key}_file" for problem in self.problems)
        return isinstance(table, dict) and not str(table.get(key, "")).strip() and not is_told

    def locate(self, path: tuple[str, ...]) -> dict[str, Any]:
        """The variable that set it, or else the line of the nearest thing around it."""
        section, key = path[0], path[-1]
        for name in (key, f"{key}_file") if len(path) > 1 else ():
            if name in self.variables.get(section, {}):
                return {"variable": f"{_PREFIX}{section}__{name}".upper()}
            if (section, name) in self.lines:
                return {"line": self.lines[section, name]}
        return {"line": next((self.lines[found] for found in _prefixes(path) if found in self.lines), None)}


class _File(TomlConfigSettingsSource):
    """The TOML file with the lines of its keys; a byte order mark, which Windows writes, does no harm."""

    lines: dict[tuple[str, ...], int]

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        text = file_path.read_text(encoding="utf-8-sig")
        self.lines = find_lines(text)
        return tomllib.loads(text)


def read_layers(model: type[BaseSettings], path: Path | None, environ: Mapping[str, str]) -> Layers:
    problems: list[Problem] = []
    settings = {setting.name: setting for setting in list_settings(model)}
    values, lines = read_file(model, path, problems)
    is_whole = not problems
    variables = read_environment(environ)
    for section in {setting.section for setting in settings.values() if setting.is_row} & variables.keys():
        problems.append(_describe_row(section, variables.pop(section)))
    layers = Layers(merge(values, variables), problems, lines, variables, is_whole)
    _drop_unknown(layers, model, settings)
    for setting in settings.values():
        if setting.is_secret:
            _read_secret(layers, setting)
    return layers


def read_file(
    model: type[BaseSettings], path: Path | None, problems: list[Problem]
) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """The file's values and lines; without a file both are empty."""
    try:
        if path is None:
            return {}, {}
        if not S_ISREG(path.stat().st_mode):
            raise IsADirectoryError(EISDIR, "it is no file")
        source = _File(model, path)
        return source.toml_data, source.lines
    except FileNotFoundError:
        remedy = "There is no such file; copy config.example.toml to this place and fill it in."
        problems.append(Problem(str(path), remedy))
    except OSError as error:
        problems.append(Problem(str(path), f"The file cannot be read ({error.strerror}); mend its rights or its name."))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "The file is no text in UTF-8; save it as UTF-8."))
    except (ValueError, RecursionError) as error:
        problems.append(_describe_syntax(str(path), error))
    return {}, {}


def read_environment(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """`LOA_<SECTION>__<KEY>` as {section: {key: value}}; empty variables count as not set."""
    values: dict[str, dict[str, str]] = {}
    for variable, value in environ.items():
        section, joint, key = variable.removeprefix(_PREFIX).lower().partition("__")
        if variable.startswith(_PREFIX) and joint and value:
            values.setdefault(section, {})[key] = value
    return values


def merge(below: Mapping[str, Any], above: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """`above` wins; a secret there, or the name of its file, replaces both below."""
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in below.items()}
    for section, values in above.items():
        table = merged.get(section, {})
        if isinstance(table, dict):
            stems = {key.removesuffix("_file") for key in values}
            kept = {key: value for key, value in table.items() if key.removesuffix("_file") not in stems}
            merged[section] = {**kept, **values}
    return merged


def find_lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of each table and key, to point at; each `[[table]]` is numbered from 0."""
    lines: dict[tuple[str, ...], int] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        keys, equals, _value = line.partition("=")
        if match := _TABLE.match(line.strip()):
            table = _split_keys(match["keys"])
            if match["row"]:
                counts[table] += 1
                table = (*table, str(counts[table] - 1))
            lines.setdefault(table, number)
        elif equals and _KEY.fullmatch(keys.strip()):
            lines.setdefault((*table, *_split_keys(keys)), number)
    return lines


def _split_keys(keys: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in keys.split("."))


def _prefixes(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (path[:end] for end in range(len(path), 0, -1))


def _drop_unknown(layers: Layers, model: type[BaseSettings], settings: Mapping[str, Setting]) -> None:
    """Take out what is no section at all, so that nothing in the file can reach the constructor's own options."""
    for section in [name for name in layers.values if name not in model.model_fields]:
        del layers.values[section]
        place = layers.locate((section,))
        if section in layers.variables:
            place = {"variable": f"{_PREFIX}{section}__{next(iter(layers.variables[section]))}".upper()}
        layers.problems.append(Problem(render_name((section,)), describe_unknown((section,), settings), **place))


def _describe_row(section: str, values: Mapping[str, str]) -> Problem:
    variable = f"{_PREFIX}{section}__{next(iter(values))}".upper()
    remedy = f"Write {section} into the file, each below a [[{section}]]; the environment cannot hold them."
    return Problem(section, remedy, variable=variable)


def _read_secret(layers: Layers, setting: Setting) -> None:
    """Put the text of the file that `<key>_file` names in the secret's place; an unreadable one is a problem."""
    table, key = layers.values.get(setting.section), f"{setting.key}_file"
    if not isinstance(table, dict) or key not in table:
        return
    file, name = table.pop(key), f"{setting.section}.{key}"
    if setting.key in table:
        remedy = f"Keep either this or {setting.name}, and take the other out."
    elif text := _read_text(file):
        table[setting.key] = text
        return
    else:
        remedy = "Name a file that exists, can be read by loa, and holds the secret and nothing else."
    layers.problems.append(Problem(name, remedy, **layers.locate((setting.section, key))))


def _read_text(file: Any) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, TypeError, ValueError):
        return ""


def _describe_syntax(name: str, error: Exception) -> Problem:
    """What TOML's parser says, without the line it appends; it names marks, never values."""
    text = str(error) if isinstance(error, tomllib.TOMLDecodeError) else ""
    found = re.search(r"at line (\d+)", text)
    reason = text.partition(" (at ")[0] or "It is too large or too deep"
    remedy = f'Write this line as key = value, with text between "quotes" ({reason}).'
    if reason.startswith(_TWICE):
        remedy = f"It is there twice: write all settings of a [section] below its first line, and each once ({reason})."
    return Problem(name, remedy, int(found[1]) if found else None)
