"""Who may import whom, and the other rules of how loa is built that a machine can hold."""

import ast
from collections.abc import Container, Iterable, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "feeds", "db")
MODULES = [str(path.relative_to(ROOT)) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").rglob("*.py"))]

#: The composition root, and what stands beside it.
COMPOSITION = ("bot/app.py", "bot/run.py", "bot/lines.py", "bot/speak.py", "bot/cli/", "bot/check.py", "bot/demo/")
#: What pure code may take of the models: their enums.
ENUMS = ("Kind", "State", "Role", "Origin")
#: Values in, values out: no database, no network, no loop.
PURE = (
    *(
        "feeds/parse.py",
        "feeds/jsonfeed.py",
        "feeds/published.py",
        "feeds/decode.py",
        "feeds/clean.py",
        "feeds/links.py",
        "feeds/fit.py",
        "feeds/opml.py",
    ),
    *(
        "feeds/decide.py",
        "feeds/reading.py",
        "feeds/rhythm.py",
        "feeds/article.py",
        "feeds/body.py",
        "feeds/blocks.py",
        "feeds/dates.py",
    ),
    *("feeds/rules.py", "feeds/stamps.py", "feeds/lines.py", "feeds/regions.py", "feeds/items.py"),
    *("feeds/selectors.py", "feeds/candidates.py", "feeds/listing.py", "feeds/pagekind.py", "feeds/pager.py"),
    *("feeds/same.py", "feeds/retold.py", "feeds/tokens.py"),
    *("feeds/metadata.py", "feeds/summarisers/", "db/text.py", "bot/message.py", "bot/cut.py", "bot/access.py"),
    *("bot/outside.py", "bot/telegram/render.py", "bot/telegram/updates.py", "bot/terminal/render.py"),
    *("bot/zalo/render.py", "bot/zalo/updates.py", "bot/zalo/errors.py", "bot/menus.py", "bot/spoken.py"),
)
IMPURE = {"aiohttp", "asyncio", "httpx", "random", "socket", "sqlalchemy", "time"}
#: Where whatever goes wrong must not end the loop or the conversation; each logs the exception.
LAST_LINES = (
    "bot/loop.py",
    "bot/telegram/listen.py",
    "bot/telegram/receive.py",
    "bot/terminal/face.py",
    "bot/zalo/receive.py",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def parse(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


@cache
def list_nodes(name: str) -> list[ast.AST]:
    return list(ast.walk(parse(name)))


@cache
def list_imports(name: str) -> list[str]:
    """Full names: `from db import outbox` is `db.outbox`."""
    return [imported for node in list_nodes(name) for imported in _list_imported(node)]


def _list_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def get_packages(name: str) -> set[str]:
    return {imported.split(".")[0] for imported in list_imports(name)}


def list_calls(name: str) -> list[str]:
    return [ast.unparse(node.func) for node in list_nodes(name) if isinstance(node, ast.Call)]


def list_modules(*starts: str, others: Sequence[str] = ()) -> list[str]:
    """Those whose names start so, without the others; there must be some, or a rule would hold of nothing."""
    found = [name for name in MODULES if name.startswith(starts or "") and not name.startswith(tuple(others))]
    assert found
    return found


def list_importers(names: Iterable[str], packages: Container[str]) -> dict[str, set[str]]:
    """Who imports one of the packages, and which."""
    found = {name: {package for package in get_packages(name) if package in packages} for name in names}
    return {name: imported for name, imported in found.items() if imported}


def test_the_rules_speak_of_what_there_is() -> None:
    assert [name for name in [*PURE, *LAST_LINES] if not (ROOT / name).exists()] == []


def test_the_store_knows_nobody() -> None:
    assert list_importers(list_modules("db/"), {"bot", "feeds", "tests"}) == {}


def test_feeds_know_only_the_store() -> None:
    assert list_importers(list_modules("feeds/"), {"bot", "tests"}) == {}


def test_only_the_composition_root_joins_feeds_and_bot() -> None:
    assert list_importers(list_modules("bot/", others=COMPOSITION), {"feeds"}) == {}
    roots = ("bot.app.", "bot.cli.")
    assert [name for name in list_modules(others=COMPOSITION) if _imports(name, roots)] == []


def test_only_telegrams_own_package_knows_its_library() -> None:
    assert list_importers(list_modules(others=["bot/telegram/"]), {"telegram"}) == {}


def test_commands_know_no_platform() -> None:
    platforms = ("bot.telegram", "bot.terminal", "bot.zalo")
    assert [name for name in list_modules("bot/commands/") if _imports(name, platforms)] == []


def test_what_commands_are_made_of_knows_no_command() -> None:
    imported = {part for name in list_modules("bot/commands/") for part in list_imports(name)}
    parts = [name for name in list_modules("bot/") if any(_is_of(one, name) for one in imported)]
    parts = [name for name in parts if not name.startswith("bot/commands/")]
    assert parts
    assert [name for name in parts if _imports(name, ("bot.commands",))] == []


def _is_of(imported: str, name: str) -> bool:
    return imported.startswith(name.removesuffix(".py").replace("/", ".") + ".")


def _imports(name: str, starts: tuple[str, ...]) -> bool:
    return any(imported.startswith(starts) for imported in list_imports(name))


def test_pure_modules_touch_nothing() -> None:
    pure = list_modules(*PURE)
    assert list_importers(pure, IMPURE) == {}
    taken = {name: [one for one in list_imports(name) if one.startswith("db.") and not _is_value(one)] for name in pure}
    assert {name: imports for name, imports in taken.items() if imports} == {}


def _is_value(imported: str) -> bool:
    """What pure code may take of the store: text handling, and the enums of the models."""
    return imported.startswith("db.text.") or (imported.startswith("db.models.") and imported.endswith(ENUMS))


def test_only_one_place_reads_the_clock() -> None:
    readings = (".utcnow", "datetime.now", "date.today", "time.time")
    found = [(name, call) for name in MODULES for call in list_calls(name) if call.endswith(readings)]
    assert found == [("bot/clock.py", "datetime.now")]


def test_unforeseen_errors_are_caught_only_on_the_last_line() -> None:
    caught = [(name, node) for name in MODULES for node in list_nodes(name) if _is_broad(node)]
    assert {name for name, _ in caught} <= set(LAST_LINES)
    assert [name for name, node in caught if "log.exception(" not in ast.unparse(node)] == []


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")


def test_every_module_says_what_it_does() -> None:
    assert [name for name in MODULES if parse(name).body and not ast.get_docstring(parse(name))] == []


def test_files_and_functions_are_short() -> None:
    own = list_modules(others=["db/migrations/versions/"])  # those are as long as the tables they make
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in own}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
    functions = [(name, node) for name in own for node in list_nodes(name) if isinstance(node, _FUNCTIONS)]
    assert [(name, node.name) for name, node in functions if _count_lines(node) > LONGEST_FUNCTION] == []


def _count_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_imports_are_absolute() -> None:
    assert [name for name in [*MODULES, *TESTS] if _imports(name, (".",))] == []


def test_tests_neither_mock_nor_sleep() -> None:
    assert list_importers(TESTS, {"unittest"}) == {}
    assert [name for name in TESTS if "time.sleep" in list_calls(name)] == []
