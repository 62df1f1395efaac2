"""The documents name everything there is and nothing that is not: commands, verbs, dependencies, files."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from typer.main import get_command

from bot.cli.verbs import cli
from bot.commands import COMMANDS
from db.models import Base

ROOT = Path(__file__).parents[1]
#: Pages that are there in Vietnamese, too.
TWINS = ("README.md", "docs/zalo.md")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = ("bot", "feeds", "db", "tests", "benchmarks")

#: What is imported of a dependency, where that is not its own name with underscores.
MODULES = {
    "pydantic": {"pydantic", "pydantic_core", "annotated_types"},
    "pillow": {"PIL"},
    "python-telegram-bot": {"telegram"},
    "python-zalo-bot": {"zalo_bot"},
}
#: What is used without being imported: the file that names it, and by which words.
NAMED = {
    "psycopg": ("db/engine.py", "postgresql+psycopg"),
    "tzdata": ("bot/values.py", "zoneinfo"),
    "mypy": ("Makefile", "mypy"),
    "ruff": ("Makefile", "ruff"),
    "pytest-asyncio": ("pyproject.toml", "asyncio_mode"),
    "pytest-cov": ("docs/dependencies.md", "--cov"),
    "pytest-xdist": ("docs/dependencies.md", "-n auto"),
}
#: Paths that recipes make up.
INVENTED = {"bot/zalo/", "tests/data/feeds/x.xml", "db/migrations/versions/0002_add_digests.py"}

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:bot|feeds|db|tests|docs|benchmarks)/[\w./-]*)`")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def read_prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def get_slugs(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.*)$", read_prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def list_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0] for requirement in requirements}


def read_dependencies() -> tuple[set[str], set[str]]:
    """Those to run loa, and those to work on it."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    return list_names(project["dependencies"]), list_names(project["optional-dependencies"]["dev"])


@cache
def read_imports() -> frozenset[str]:
    """The first names of all that the code imports."""
    names = [name for folder in CODE for path in (ROOT / folder).rglob("*.py") for name in _list_imports(path)]
    return frozenset(name.split(".")[0] for name in names)


def _list_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def list_verbs(command: Any, path: str = "loa") -> Iterator[tuple[str, Any]]:
    """`loa run`, `loa sources list` and so on, each with its command."""
    for name, child in getattr(command, "commands", {}).items():
        yield from list_verbs(child, f"{path} {name}")
    if not hasattr(command, "commands"):
        yield path, command


VERBS = dict(list_verbs(get_command(cli)))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_documented_by_both_names(command: Any) -> None:
    page = read("docs/commands.md")
    assert f"/{command.name}" in page
    assert f"/{command.vi}" in page


def test_only_real_commands_are_documented() -> None:
    names = {name for command in COMMANDS for name in (command.name, command.vi)}
    assert set(re.findall(r"`/([a-z]+)", read("docs/commands.md"))) <= names


def test_only_real_commands_are_promised_in_the_readme() -> None:
    names = {name for command in COMMANDS for name in (command.name, command.vi)} | {"newbot", "setinline", "quit"}
    for page in ("README.md", "README.vi.md"):
        assert set(re.findall(r"`/([a-z]+)[ `]", read(page))) <= names


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented_with_an_example(verb: str) -> None:
    section = read("docs/cli.md").partition(f"## `{verb}`\n")[2].partition("\n## ")[0]
    examples = [code for _indent, _language, code in _FENCE.findall(section)]
    assert any(line.startswith(verb) for code in examples for line in code.splitlines())


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_documented(verb: str) -> None:
    page = read("docs/cli.md")
    section = page.partition(f"## `{verb}`\n")[2].partition("\n## ")[0]
    everywhere = page.partition("\n## ")[0]
    options = [option for parameter in VERBS[verb].params for option in parameter.opts if option.startswith("--")]
    named = [option for option in options if f"`{option}`" in section or option in ("--config", "--help")]
    assert named == options
    assert "`--config`" in everywhere


def test_only_real_verbs_are_documented() -> None:
    assert set(re.findall(r"^## `(loa [a-z ]+)`$", read("docs/cli.md"), re.MULTILINE)) == set(VERBS)


def test_every_table_is_described() -> None:
    page = read("docs/architecture.md")
    assert [name for name in Base.metadata.tables if f"`{name}`" not in page] == []


def read_peers() -> set[str]:
    """What only `benchmarks/` imports, where it is installed."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    return list_names(project["optional-dependencies"]["bench"])


def test_each_dependency_is_explained_once_and_no_other() -> None:
    page = read("docs/dependencies.md")
    run, work = page.partition("## To run loa")[2].split("## To work on loa")
    rows = re.compile(r"^\| `([\w-]+)` \|", re.MULTILINE)
    assert (rows.findall(run), rows.findall(work)) == tuple(map(sorted, read_dependencies()))


def test_each_dependency_is_used() -> None:
    imports = read_imports()
    run, work = read_dependencies()
    unused = {name for name in run | work if not MODULES.get(name, {name.replace("-", "_")}) & imports}
    assert unused <= set(NAMED)
    assert [name for name in unused if NAMED[name][1] not in read(NAMED[name][0])] == []


def test_nothing_is_imported_that_is_no_dependency() -> None:
    run, work = read_dependencies()
    known = {module for name in run | work | read_peers() for module in MODULES.get(name, {name.replace("-", "_")})}
    assert read_imports() - known - set(sys.stdlib_module_names) - set(CODE) == set()


@pytest.mark.parametrize("name", TWINS)
def test_a_page_and_its_twin_have_the_same_parts(name: str) -> None:
    english, vietnamese = read(name), read(name.replace(".md", ".vi.md"))
    assert _FENCE.findall(english) == _FENCE.findall(vietnamese)
    headings = [_HEADING.findall(_FENCE.sub("", text)) for text in (english, vietnamese)]
    assert headings[0] == headings[1]
    file = Path(name).name
    assert f"({file.replace('.md', '.vi.md')})" in english.splitlines()[2]
    assert f"({file})" in vietnamese.splitlines()[2]
    shapes = [re.findall(r"^(\d\.|-|\|)", text, re.MULTILINE) for text in (english, vietnamese)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", TWINS)
def test_the_twins_lead_to_the_same_places_each_in_its_language(name: str) -> None:
    links = [set(_LINK.findall(read(page))) for page in (name, name.replace(".md", ".vi.md"))]
    assert {link.replace(".vi.md", ".md") for link in links[1]} == {link.replace(".vi.md", ".md") for link in links[0]}
    assert {link for link in links[0] if link.endswith(".vi.md")} == {Path(name).name.replace(".md", ".vi.md")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(read_prose(page)):
        name, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", name):
            continue
        file = page.parent / unquote(name) if name else page
        assert file.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in get_slugs(file), f"{target} names no heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = set(_PATH.findall(page.read_text(encoding="utf-8")))
    assert [path for path in sorted(named - INVENTED) if not (ROOT / path).exists()] == []


def test_the_examples_of_settings_are_read() -> None:
    """The settings that the READMEs show are such as the example has."""
    example = tomllib.loads(read("config.example.toml"))
    for _indent, language, code in _FENCE.findall(read("README.md")):
        if language == "toml":
            shown = tomllib.loads(code)
            assert {(section, key) for section in shown for key in shown[section]} <= {
                (section, key) for section, table in example.items() for key in table
            }


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        text = read(f"docs/decisions/{name}")
        assert text.startswith(f"# {name[:4]}: ")
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Consequences.**"))
