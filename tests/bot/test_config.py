"""Settings: read from file and environment, every problem told at once, no secret told ever."""

import traceback
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.config import AccessMode, Problem, Settings, SettingsError, load_settings, require_telegram
from bot.config_problems import list_settings

TOKEN = "123456:AAsecretsecret"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(file: Path, text: str, **environ: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ)


def find_problems(file: Path, text: str, **environ: str) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        load(file, text, **environ)
    return caught.value.problems


def find_problem(file: Path, text: str, **environ: str) -> Problem:
    (problem,) = find_problems(file, text, **environ)
    return problem


def list_problems(file: Path | None, environ: dict[str, str]) -> tuple[Problem, ...]:
    try:
        load_settings(file, environ)
    except SettingsError as error:
        return error.problems
    return ()


def test_without_file_and_environment_the_defaults_hold() -> None:
    read = load_settings(None, {})
    assert read == Settings()
    assert read.database.url == "sqlite:///data/loa.db"
    assert (read.telegram.token, read.telegram.admins, read.telegram.messages_per_second) == (None, (), 30)
    assert read.telegram.api_url == "https://api.telegram.org"
    assert read.access.mode is AccessMode.APPROVAL
    assert (read.polling.min_interval, read.polling.max_interval) == (timedelta(minutes=5), timedelta(minutes=30))
    assert (read.polling.concurrency, read.polling.first_poll_items, read.summaries.sentences) == (8, 0, 2)
    assert (read.office.timezone.key, read.office.language) == ("Asia/Ho_Chi_Minh", "vi")


def test_everything_can_be_set_in_the_file(file: Path) -> None:
    read = load(
        file,
        f"""
        [database]
        url = "postgresql://loa:pass@localhost/loa"
        [telegram]
        token = "{TOKEN}"
        api_url = "http://127.0.0.1:8081/"
        proxy = "http://proxy.example:3128"
        admins = [1, 2]
        messages_per_second = 5
        [access]
        mode = "open"
        [polling]
        min_interval = "1s"
        max_interval = "2h"
        concurrency = 3
        allow_networks = ["127.0.0.0/8", "fc00::/7", "10.1.2.3"]
        first_poll_items = 4
        [summaries]
        sentences = 3
        characters = 400
        [model]
        base_url = "http://localhost:11434/v1/"
        api_key = " sk-example "
        name = "qwen3:8b"
        timeout = "5s"
        tokens_per_day = 1000
        [office]
        name = "Cục  Thống kê"
        timezone = "UTC"
        language = "en"
        [[sources]]
        url = "https://a.example/rss"
        [[sources]]
        url = "https://b.example/rss"
        name = "B"
        topic = "Kinh tế"
        """,
    )
    assert require_telegram(read).get_secret_value() == TOKEN
    assert read.telegram.api_url == "http://127.0.0.1:8081"
    assert read.telegram.admins == (1, 2)
    assert read.access.mode is AccessMode.OPEN
    assert (read.polling.min_interval, read.polling.max_interval) == (timedelta(seconds=1), timedelta(hours=2))
    assert read.polling.allow_networks == tuple(map(ip_network, ("127.0.0.0/8", "fc00::/7", "10.1.2.3/32")))
    assert (read.summaries.sentences, read.summaries.characters) == (3, 400)
    assert (read.model.base_url, read.model.name) == ("http://localhost:11434/v1", "qwen3:8b")
    assert (read.model.timeout, read.model.tokens_per_day) == (timedelta(seconds=5), 1000)
    assert read.model.api_key is not None
    assert read.model.api_key.get_secret_value() == "sk-example"
    assert (read.office.name, read.office.timezone.key) == ("Cục Thống kê", "UTC")
    assert [(source.url, source.name, source.topic) for source in read.sources] == [
        ("https://a.example/rss", "", ""),
        ("https://b.example/rss", "B", "Kinh tế"),
    ]


def test_a_models_server_needs_the_models_name(file: Path) -> None:
    problem = find_problem(file, '[model]\nbase_url = "http://localhost:11434/v1"')
    assert (problem.name, problem.remedy) == (
        "model.name",
        "A server may have several models: write the name of the one to ask.",
    )
    assert load(file, "[model]\napi_key = ''").model.api_key is None


WEBHOOKS = "[telegram]\nwebhook_url = 'https://loa.example.vn/a'\n[zalo]\nwebhook_url = 'https://loa.example.vn/b'\n"


def test_webhooks_are_served_on_the_port_beside_each_other(file: Path) -> None:
    read = load(file, WEBHOOKS + "[http]\nport = 8080")
    assert (read.telegram.webhook_url, read.zalo.webhook_url) == (
        "https://loa.example.vn/a",
        "https://loa.example.vn/b",
    )
    without = find_problems(file, WEBHOOKS)
    assert [(problem.name, problem.line) for problem in without] == [
        ("telegram.webhook_url", 2),
        ("zalo.webhook_url", 4),
    ]
    assert "http.port" in without[0].remedy
    same = find_problem(file, WEBHOOKS.replace("/b", "/a") + "[http]\nport = 8080")
    assert (same.name, "another path" in same.remedy) == ("zalo.webhook_url", True)
    health = find_problem(file, WEBHOOKS.replace("/b", "/healthz") + "[http]\nport = 8080")
    assert "/healthz is served already" in health.remedy


@pytest.mark.parametrize(
    "url",
    [
        *("http://loa.example.vn/a", "https://loa.example.vn", "https://loa.example.vn/", "https://localhost/a"),
        *(
            "https://u:p@loa.example.vn/a",
            "https://loa.example.vn/a?b",
            "https://loa.example.vn/{a}",
            "https://x.vn:0/a",
        ),
        *("https://x.vn:x/a", "https:///a", "a"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(file: Path, url: str) -> None:
    problem = find_problem(file, f"[telegram]\nwebhook_url = '{url}'\n[http]\nport = 8080")
    assert (problem.name, problem.remedy.startswith("Write a public address")) == ("telegram.webhook_url", True)


def test_a_models_key_may_stand_in_a_file_and_is_never_shown(file: Path, tmp_path: Path) -> None:
    """A8"""
    secret = tmp_path / "key"
    secret.write_text("sk-hidden\n", encoding="utf-8")
    read = load(file, "", LOA_MODEL__API_KEY_FILE=str(secret))
    assert read.model.api_key is not None
    assert read.model.api_key.get_secret_value() == "sk-hidden"
    assert "sk-hidden" not in repr(read)
    assert "sk" not in find_problem(file, '[model]\napi_key = "sk hidden"').remedy


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().office.name = "x"


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf[office]\r\nname = "A"\r\n')
    assert load_settings(file, {}).office.name == "A"


def test_the_environment_beats_the_file(file: Path) -> None:
    read = load(
        file,
        '[office]\nname = "file"\nlanguage = "en"\n[polling]\nconcurrency = 3',
        LOA_OFFICE__NAME="environment",
        LOA_POLLING__CONCURRENCY="5",
        LOA_TELEGRAM__ADMINS="1, 2",
        LOA_POLLING__ALLOW_NETWORKS='["10.0.0.0/8"]',
        LOA_ACCESS__MODE="",
        LOA_UNRELATED="1",
        OTHER_OFFICE__NAME="1",
    )
    assert (read.office.name, read.office.language, read.polling.concurrency) == ("environment", "en", 5)
    assert read.telegram.admins == (1, 2)
    assert read.polling.allow_networks == (ip_network("10.0.0.0/8"),)
    assert read.access.mode is AccessMode.APPROVAL


def test_settings_made_directly_ignore_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_OFFICE__NAME", "environment")
    monkeypatch.setenv("OFFICE", '{"name": "environment"}')
    assert Settings().office.name == ""
    assert load_settings(None).office.name == "environment"


def test_a_secret_is_read_from_its_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "url").write_text("postgresql://loa:pass@db/loa\n")
    read = load(file, f'[telegram]\ntoken_file = "{tmp_path}/token"', LOA_DATABASE__URL_FILE=str(tmp_path / "url"))
    assert require_telegram(read).get_secret_value() == TOKEN
    assert read.database.url == "postgresql://loa:pass@db/loa"


def test_a_secret_in_the_environment_beats_a_secret_file_in_the_file(file: Path) -> None:
    read = load(file, '[telegram]\ntoken_file = "/nowhere/token"', LOA_TELEGRAM__TOKEN=TOKEN)
    assert require_telegram(read).get_secret_value() == TOKEN


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"], ids=["missing", "empty", "no text"])
def test_a_bad_secret_file_is_a_problem(file: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    problem = find_problem(file, f'[telegram]\ntoken_file = "{tmp_path}/token"')
    assert (problem.name, problem.line) == ("telegram.token_file", 2)
    assert "Name a file" in problem.remedy


def test_a_secret_and_its_file_together_are_a_problem(file: Path) -> None:
    problem = find_problem(file, f'[telegram]\ntoken = "{TOKEN}"\ntoken_file = "x"')
    assert (problem.name, problem.line) == ("telegram.token_file", 3)


BAD = {
    "unknown key": ('[telegram]\ntokn = "x"', "telegram.tokn", 2, "did you mean telegram.token?"),
    "unknown secret file": ('[telegram]\ntokn_file = "x"', "telegram.tokn_file", 2, "mean telegram.token_file?"),
    "unknown section": ("[ofice]\nname = 1", "ofice", 1, "did you mean [office]?"),
    "key of no section": ('timezone = "UTC"', "timezone", 1, "did you mean office.timezone?"),
    "key of another section": ('[office]\ntoken = "x"', "office.token", 2, "did you mean telegram.token?"),
    "nothing near": ("[office]\nxyzzy = 1", "office.xyzzy", 2, "take it out"),
    "odd key": ('[office]\n"a\\nb" = 1', 'office."a\\nb"', 1, "take it out"),
    "wrong type": ('[polling]\n\nconcurrency = "many"', "polling.concurrency", 3, "a whole number from 1 to 256"),
    "true is no number": ("[polling]\nconcurrency = true", "polling.concurrency", 2, "a whole number"),
    "number too large": ("[telegram]\nmessages_per_second = 1001", "telegram.messages_per_second", 2, "1 to 1000"),
    "interval without unit": ('[polling]\nmin_interval = "5"', "polling.min_interval", 2, '"5m"'),
    "interval as a number": ("[polling]\nmin_interval = 300", "polling.min_interval", 2, '"5m"'),
    "interval of nothing": ('[polling]\nmin_interval = "0s"', "polling.min_interval", 2, '"5m"'),
    "interval far too long": ('[polling]\nmax_interval = "999999999d"', "polling.max_interval", 2, '"5m"'),
    "intervals crossed": ('[polling]\nmin_interval = "90m"', "polling.max_interval", 1, "which is 90m"),
    "network": ('[polling]\nallow_networks = ["10.0.0.1/8"]', "polling.allow_networks", 2, "a list of networks"),
    "network as a number": ("[polling]\nallow_networks = [10]", "polling.allow_networks", 2, "a list of networks"),
    "user name": ('[telegram]\nadmins = ["@lan", "@an"]', "telegram.admins", 2, "a list of Telegram user numbers"),
    "web address": ('[telegram]\napi_url = "ftp://x"', "telegram.api_url", 2, "https://"),
    "port": ('[telegram]\nproxy = "http://x:port"', "telegram.proxy", 2, "such as"),
    "no port": ('[telegram]\nproxy = "socks5://x"', "telegram.proxy", 2, "socks5://127.0.0.1:1080"),
    "kind of proxy": ('[telegram]\nproxy = "socks9://x:1"', "telegram.proxy", 2, "such as"),
    "database": ('[database]\nurl = "mysql://x"', "database.url", 2, "sqlite:///data/loa.db"),
    "no database": ('[database]\nurl = "data/loa.db"', "database.url", 2, "sqlite:///data/loa.db"),
    "time zone": ('[office]\ntimezone = "Hanoi"', "office.timezone", 2, "Asia/Ho_Chi_Minh"),
    "folder of time zones": ('[office]\ntimezone = "America"', "office.timezone", 2, "Asia/Ho_Chi_Minh"),
    "language": ('[office]\nlanguage = "fr"', "office.language", 2, 'Write "vi" or "en".'),
    "access": ('[access]\nmode = "closed"', "access.mode", 2, '"approval", "invite" or "open"'),
    "token": ('[telegram]\ntoken = "x"', "telegram.token", 2, "@BotFather"),
    "token as a number": ("[telegram]\ntoken = 5", "telegram.token", 2, "@BotFather"),
    "no table": ("telegram = 5", "telegram", 1, "Write [telegram]"),
    "sources in one table": ('[sources]\nurl = "https://x.vn"', "sources", 1, "[[sources]]"),
    "source without url": ('[[sources]]\nname = "A"', "sources[1].url", 1, "https://"),
    "second source": (
        '[[sources]]\nurl = "http://x.vn"\n[[sources]]\nurl = "javascript:x"',
        "sources[2].url",
        4,
        "https://",
    ),
    "source's key": ('[[sources]]\nurl = "http://x.vn"\nnam = "A"', "sources[1].nam", 3, "mean sources.name?"),
    "inline table": ('office = {\tlanguage = "fr" }', "office.language", 1, '"vi" or "en"'),
    "dotted key": ('# note\noffice.language = "fr"', "office.language", 2, '"vi" or "en"'),
}


@pytest.mark.parametrize(("text", "name", "line", "words"), BAD.values(), ids=BAD.keys())
def test_each_problem_has_name_line_and_remedy(file: Path, text: str, name: str, line: int, words: str) -> None:
    problem = find_problem(file, text)
    assert problem.name == name
    assert words in problem.remedy
    assert problem.line == line or "\\n" in name
    assert problem.remedy[0].isupper()
    assert problem.remedy[-1] in ".?"


def test_all_problems_are_told_at_once(file: Path) -> None:
    text = "\n".join(
        (
            "colour = 1",
            "[telegram]",
            'token = "nonsense"',
            'proxy_file = "/nowhere/proxy"',
            "admins = 5",
            "[polling]",
            'min_interval = "5"',
        )
    )
    problems = find_problems(file, text, LOA_OFFICE__LANGUAGE="fr", LOA_TELEGRM__TOKEN="x", LOA_SOURCES__URL="x")
    assert {(problem.name, problem.line or problem.variable) for problem in problems} == {
        ("colour", 1),
        ("telegram.token", 3),
        ("telegram.proxy_file", 4),
        ("telegram.admins", 5),
        ("polling.min_interval", 7),
        ("office.language", "LOA_OFFICE__LANGUAGE"),
        ("telegrm", "LOA_TELEGRM__TOKEN"),
        ("sources", "LOA_SOURCES__URL"),
    }
    assert [problem.line for problem in problems if problem.line] == [1, 3, 4, 5, 7]


def test_a_problem_is_one_line_of_text() -> None:
    assert str(Problem("a.b", "Write x.", 3)) == "a.b (line 3): Write x."
    assert str(Problem("a.b", "Write x.", variable="LOA_A__B")) == "a.b (LOA_A__B): Write x."
    assert str(SettingsError([Problem("a", "Write x."), Problem("b", "Write y.")])) == "a: Write x.\nb: Write y."


def test_a_mistake_in_the_toml_is_told_with_its_line(file: Path) -> None:
    problem = find_problem(file, "[office]\nname = Cục Thống kê\n")
    assert (problem.name, problem.line) == (str(file), 2)
    assert "quotes" in problem.remedy


@pytest.mark.parametrize("text", ["[office]\n[zalo]\n[office]\n", '[office]\nname = "A"\nname = "B"\n'])
def test_what_stands_twice_is_told_so(file: Path, text: str) -> None:
    problem = find_problem(file, text)
    assert problem.line == 3
    assert "twice" in problem.remedy


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000], ids=["deep", "large"])
def test_monstrous_toml_is_a_problem_like_any_other(file: Path, text: str) -> None:
    assert find_problem(file, text).name == str(file)


def test_a_missing_file_says_what_to_copy(file: Path) -> None:
    with pytest.raises(SettingsError, match=r"config\.example\.toml"):
        load_settings(file, {})


def test_an_unreadable_file_is_a_problem(file: Path) -> None:
    file.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(file, {})


def test_a_file_in_another_encoding_is_a_problem(file: Path) -> None:
    file.write_bytes('[office]\nname = "Café"'.encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(file, {})


def test_without_a_token_telegram_tells_how_to_get_one(file: Path) -> None:
    for nothing in (Settings(), load(file, '[telegram]\ntoken = " "')):
        with pytest.raises(SettingsError, match=r"telegram\.token: .*@BotFather"):
            require_telegram(nothing)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("colour = 1", ["telegram.token", "colour"]),
        ('[telegram]\ntoken = ""', ["telegram.token"]),
        ('[telegram]\ntoken = "x"', ["telegram.token"]),
        ('[telegram]\ntoken_file = "/nowhere"', ["telegram.token_file"]),
        ("telegram = 5", ["telegram"]),
        ("not toml", ["FILE"]),
    ],
)
def test_a_missing_token_is_told_with_the_rest_and_once(file: Path, text: str, names: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {}, needs_token=True)
    assert [problem.name.replace(str(file), "FILE") for problem in caught.value.problems] == names


def test_secrets_are_hidden(file: Path) -> None:
    """A8"""
    text = (
        f'[telegram]\ntoken = "{TOKEN}"\nproxy = "http://u:secret@p:1"\n[database]\nurl = "postgresql://u:secret@h/d"\n'
        '[[sources]]\nurl = "https://u:secret@x.vn"'
    )
    read = load(file, text)
    assert "secret" not in f"{read!r} {read} {read.telegram} {read.database} {read.sources}"


@pytest.mark.parametrize(
    "text",
    [
        '[telegram]\ntoken = "s3cret s3cret"',
        '[telegram]\ntoken = ["s3cret"]',
        '[telegram]\ntoken = { key = "s3cret" }',
        '[telegram]\ntoken_file = "s3cret"',
        '[telegram]\nproxy = "s3cret"',
        '[database]\nurl = "mysql://u:s3cret@host"',
        '[[sources]]\nurl = "ftp://u:s3cret@host"',
        "[telegram]\ntoken = s3cret",
        'telegram = "s3cret"',
        'tokn = "s3cret"',
    ],
)
def test_no_problem_repeats_a_value(file: Path, text: str) -> None:
    """A8"""
    with pytest.raises(SettingsError) as caught:
        load(file, text)
    told = "".join(traceback.format_exception(caught.value))
    assert "s3cret" not in f"{told} {caught.value!r} {caught.value.problems}"


def test_settings_made_directly_hide_a_bad_secret() -> None:
    """A8"""
    values: dict[str, Any] = {"telegram": {"token": "no secret"}}
    with pytest.raises(ValueError, match="no token") as caught:
        Settings(**values)
    assert "secret" not in str(caught.value)


_KEYS = st.sampled_from([*(f"{item.section}.{item.key}" for item in list_settings(Settings)), "telegram.token_file"])
_VALUES = st.sampled_from(['"x"', "1", "-1", "true", "nan", "[]", "[1, 'a']", "{}", "1979-05-27", '""', "'5m'", "[[]]"])
_LINES = st.one_of(
    st.tuples(_KEYS, _VALUES).map(" = ".join),
    st.sampled_from(["[telegram]", "[[sources]]", "[sources]", "[polling.x]", "telegram = 1", '"" = 1']),
    st.text(max_size=40),
)


@given(text=st.lists(_LINES, max_size=6).map("\n".join))
@example(text="_env_file = 'x'\n_build_sources = 1\n__pydantic_self__ = 1\nself = 1")
@example(text="[[sources]]\n[sources.url]\n")
@example(text='[telegram]\ntoken_file = "\\u0000"')
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_raises_anything_but_settings_errors(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    for problem in list_problems(file, {}):
        assert "\n" not in str(problem)


@given(st.dictionaries(_KEYS.map(lambda key: "LOA_" + key.replace(".", "__").upper()), st.text(max_size=20)))
def test_no_environment_raises_anything_but_settings_errors(environ: dict[str, str]) -> None:
    for problem in list_problems(None, environ):
        assert problem.variable in environ
