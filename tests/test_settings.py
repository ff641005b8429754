"""Environment before file before default; names with and without the prefix; no secret shown."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import tams_analytics as ta
from tams_analytics.cli import main
from tams_analytics.errors import BadParameter, NotFound, TamsError
from tams_analytics.settings import Settings, load, named_stores, redacted
from tests.support.vast_stores import VastStores


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "tams").mkdir()
    return tmp_path / "tams"


def test_without_anything_set_there_are_defaults() -> None:
    assert Settings() == load({}, Path("nowhere.toml"))


def test_the_prefixed_name_wins() -> None:
    both = {"ASYNC_DELETION_THRESHOLD": "5", "TAMS_ASYNC_DELETION_THRESHOLD": "7"}

    assert 7 == load(both, Path("nowhere.toml")).async_deletion_threshold
    assert 5 == load({"ASYNC_DELETION_THRESHOLD": "5"}).async_deletion_threshold


def test_a_new_name_needs_its_prefix() -> None:
    assert not load({"STRICT": "1"}).strict
    assert load({"TAMS_STRICT": "1"}).strict


def test_the_environment_wins_over_the_file(config: Path) -> None:
    file = config / "settings.toml"
    file.write_text("TAMS_STRICT = true\nTAMS_DELETE_DEFAULT = 'restrict'\n")

    read = load({"XDG_CONFIG_HOME": str(config.parent), "TAMS_DELETE_DEFAULT": "cascade"})
    assert (True, "cascade") == (read.strict, read.delete_default)


def test_tams_settings_names_another_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("GET_URLS_MAX_COUNT = 2\n")

    assert 2 == load({"TAMS_SETTINGS": str(file)}).get_urls_max_count


def test_a_settings_file_that_is_named_and_not_there_is_refused(tmp_path: Path) -> None:
    for named in (tmp_path / "mien.toml", tmp_path):
        with pytest.raises(BadParameter, match=f"^TAMS_SETTINGS: '{named}' is no file"):
            load({"TAMS_SETTINGS": str(named)})


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("strict = true", r"settings\.toml: 'strict' is no setting; expected .*STRICT"),
        ("nonsense = 'hunter2'", "'nonsense' is no setting"),
        ("[auth]\ntokens = 'hunter2'", r"'auth' is no setting; .*\[storage_backends\.NAME\]"),
        ("[AUTH]\ntokens = 'hunter2'", "'AUTH' is no setting"),
        ("CORS = ['https://hunter2']", "'CORS' is no setting; .*commas"),
    ],
)
def test_what_no_setting_can_be_is_refused(config: Path, written: str, complaint: str) -> None:
    (config / "settings.toml").write_text(written)

    with pytest.raises(BadParameter, match=complaint) as refused:
        load({"XDG_CONFIG_HOME": str(config.parent)})
    assert "hunter2" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(config: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(config.parent)}
    (config / "settings.toml").mkdir()
    (config / "stores.toml").symlink_to(config / "stores.toml")

    with pytest.raises(BadParameter, match=r"settings\.toml' cannot be read: Is a directory"):
        load(environ)
    with pytest.raises(BadParameter, match=r"stores\.toml' cannot be read: Too many levels"):
        named_stores(environ)["day"]


def test_what_others_read_of_the_file_is_let_be(config: Path) -> None:
    """The server and each storage have names of their own in it."""
    (config / "settings.toml").write_text("PORT = 8741\n[storage_backends.near]\nfolder = '/n'\n")

    assert Settings() == load({"XDG_CONFIG_HOME": str(config.parent)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TAMS_STRICT", "perhaps"),
        ("ASYNC_DELETION_THRESHOLD", "-1"),
        ("ASYNC_DELETION_THRESHOLD", "1.5"),
        ("TAMS_DELETE_DEFAULT", "maybe"),
    ],
)
def test_a_bad_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadParameter, match=name):
        load({name: value})


def test_a_file_that_is_no_toml_is_named(config: Path) -> None:
    (config / "settings.toml").write_text("= 5")

    with pytest.raises(BadParameter, match=r"settings\.toml, line 1: .* is no valid TOML"):
        load({"XDG_CONFIG_HOME": str(config.parent)})


@pytest.mark.parametrize("bad", [b'[day]\nurl = "a', b"[day]\n\n= 5", b"[day]\n\nurl = '\xff'"])
def test_a_file_that_is_no_toml_is_named_with_its_line(config: Path, bad: bytes) -> None:
    (config / "stores.toml").write_bytes(bad)
    line = 2 + bad.count(b"\n\n")

    with pytest.raises(BadParameter, match=rf"stores\.toml, line {line}: .* is no valid TOML"):
        named_stores({"XDG_CONFIG_HOME": str(config.parent)})["day"]


def test_a_bad_entry_spoils_only_itself(config: Path) -> None:
    (config / "stores.toml").write_text(
        'version = 1\n[day]\nurl = "day.duckdb"\n[unset]\nurl = "vast://${NOWHERE_SET}@h/b/s"\n'
        '[open]\nurl = "vast://u:pw@h/b/s"\n[empty]\n'
    )
    named = named_stores({"XDG_CONFIG_HOME": str(config.parent)})

    assert "day.duckdb" == named["day"]
    assert ["version", "day", "unset", "open", "empty"] == list(named)
    assert "night" not in named
    for name in ("version", "unset", "open", "empty"):
        with pytest.raises(BadParameter, match=r"stores\.toml") as refused:
            named[name]
        assert name in str(refused.value)
        assert "pw" not in str(refused.value)


def test_secrets_do_not_show() -> None:
    secret = {
        "S3_SECRET_ACCESS_KEY": "geheim",
        "TAMS_URL": "vast://h/b/s?secret=geheim",
        "TAMS_MEDIA": "s3://k:geheim@bucket",
        "S3_ENDPOINT_URL": "http://k:geheim@h",
    }

    assert "geheim" not in repr(load(secret))


def test_stores_have_names_and_secrets_stay_outside(config: Path) -> None:
    (config / "stores.toml").write_text(
        '[day]\nurl = "day.duckdb"\n[cluster]\nurl = "vast://${KEY}@h/b/s"\n'
    )
    environ = {"XDG_CONFIG_HOME": str(config.parent), "KEY": "k"}

    assert {"day": "day.duckdb", "cluster": "vast://k@h/b/s"} == named_stores(environ)


def test_a_placeholder_that_is_not_set_is_named(config: Path) -> None:
    (config / "stores.toml").write_text('[cluster]\nurl = "vast://${KEY}@h/b/s"\n')

    with pytest.raises(BadParameter, match="KEY"):
        named_stores({"XDG_CONFIG_HOME": str(config.parent)})["cluster"]


@pytest.mark.parametrize(
    "url",
    [
        "vast://${K}:${S}@h/b/s",
        "vast://${K}${S}@h/b/s",
        "trino://me@h/c/s",
        "trino://me:${S}@h/c/s",
        "trino://${K}:${S}@h/c/s",
        "vast://h/b/s?access_key=${K}&secret_key=${S}&timeout=5",
        "vast://h/b/s?secret_key=",
    ],
)
def test_placeholders_stand_where_secrets_would(config: Path, url: str) -> None:
    (config / "stores.toml").write_text(f'[cluster]\nurl = "{url}"\n')
    environ = {"XDG_CONFIG_HOME": str(config.parent), "K": "k", "S": "s/@:s"}

    expected = url.replace("${K}", "k").replace("${S}", "s/@:s")
    assert expected == named_stores(environ)["cluster"]


@pytest.mark.parametrize(
    "url",
    [
        "trino://me:pw@h/c/s",
        "trino://${K}:pw${S}@h/c/s",
        "vast://pw:${S}@h/b/s",
        "vast://${K}:pw@h/b/s",
        "vast://${K}:${S}pw@h/b/s",
        "vast://${K}:${no-name-pw}@h/b/s",
        "vast://${K}:p@pw@h/b/s",
        "vast://h/b/s?secret_key=pw",
        "vast://h/b/s?secret_key=${S}pw",
        "vast://h/b/s?access_key=${K}&x=1;pw=pw",
        "${K}:pw@h",
    ],
)
def test_a_secret_written_into_the_file_is_refused(config: Path, url: str) -> None:
    (config / "stores.toml").write_text(f'[cluster]\nurl = "{url}"\n')

    with pytest.raises(BadParameter, match=r"cluster: .* has a secret written in it") as refused:
        named_stores({"XDG_CONFIG_HOME": str(config.parent), "K": "k", "S": "s"})["cluster"]
    assert "pw" not in str(refused.value)


@pytest.fixture
def told(config: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """All that `ta.connect` tells when it is refused: sentence, facts, causes; never ``pw``."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    monkeypatch.setenv("PW", "p,w/pw")

    def tell(url: str, written: bytes = b"") -> str:
        (config / "stores.toml").write_bytes(written)
        with pytest.raises(TamsError) as refused:
            ta.connect(url)
        chain: list[BaseException | None] = [refused.value]
        while chain[-1] is not None:
            chain.append(chain[-1].__cause__ or chain[-1].__context__)
        traced = traceback.format_exception_only(refused.value)
        assert "pw" not in f"{traced} {[(repr(one), str(one)) for one in chain]}"
        return f"{type(refused.value).__name__} {refused.value}"

    return tell


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b'[n]\nuri = "vast://k:pw@h/b/s"', "n: ['uri'] in "),
        (b'[n]\n"foo://k:pw@h" = 1', "n: ['foo://***@h'] in "),
        (b'n = ["vast://k:pw@h/b/s"]', "n: 'list' in "),
        (b'[n]\nurl = ["vast://k:pw@h/b/s"]', "n: ['url'] in "),
        (b'[n]\nurl = "${PW}"', "n: '${PW}' in "),
        (b'[n]\nurl = "vasst://${PW}@h/b/s"', "'vasst://***@h/b/s' names no engine"),
        (b'[n]\nurl = "vasst://h/b/s?acc=${PW}"', "'vasst://h/b/s?***' names no engine"),
        (b'[n]\nurl = "vasst://${PW}/b/s"', "'vasst://${PW}/b/s' names no engine"),
        (b'[n]\nurl = "duckdb://x/${PW}"', "'duckdb://x/${PW}' has two slashes"),
        (b'[n]\nurl = "vast://k:pw@h/\xff"', "stores.toml, line 2: 'a byte that is not UTF-8'"),
    ],
)
def test_no_error_of_a_named_store_tells_its_secret(
    told: Callable[..., str], written: bytes, says: str
) -> None:
    assert says in told("n", written)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b'n = "m"\nm = "x.duckdb"', "n: 'm' in .*stores.toml is the name of a store, .* followed"),
        (b'n = "n"', "n: 'n' in .*stores.toml is the name of a store, .* followed"),
        (b'n = "nowhere"', "n: 'nowhere' in .*stores.toml names no store; expected url = "),
        (b'n = ""', "n: '' in .*stores.toml names no store; expected url = "),
    ],
)
def test_an_entry_that_names_no_store_says_why(
    told: Callable[..., str], written: bytes, says: str
) -> None:
    assert re.search(f"^BadParameter {says}", told("n", written))


@pytest.mark.parametrize(
    "url",
    [
        "foo://a:pw\n@h/x",
        "a:pw\n@h",
        "fo o://a:pw@h",
        "./foo://a:pw@h",
        "foo:/a:pw@h/b/s",
        "a:pw@h/b/s",
        "a:x://pw@h",
        "foo:/h/b?secret=pw",
        "foo://h/x?anything=pw",
        "foo://h/x?pw",
        "foo://h/x?password=hun&pw",
        "foo://h/x?password=hun\npw",
        "duckdb:///x.duckdb?password=pw",
        "duckdb:///x.duckdb#pw",
    ],
)
def test_no_error_of_a_url_tells_its_secret(
    told: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "***" in told(url)


def test_the_names_of_stores_are_told_without_secrets(told: Callable[..., str]) -> None:
    assert "named stores: day, vast://***@h" in told("no", b'day = "x"\n"vast://k:pw@h" = "y"')


def test_a_whole_path_is_never_taken_for_a_url(config: Path) -> None:
    ta.connect(f"{config}/k:v@home & a=b.duckdb").close()

    assert (config / "k:v@home & a=b.duckdb").is_file()


def test_a_name_too_long_for_a_file_names_no_store(config: Path) -> None:
    with pytest.raises(NotFound):
        ta.connect("x" * 5000)


@pytest.mark.parametrize(
    "url",
    [
        "foo://u:pw@h/x",
        "foo://u:p/pw@h",
        "foo://u:p#pw@h",
        "foo://u:p?pw@h",
        "foo://u:p@pw@h",
        "foo://[u:pw@h",
        "foo://pw@h",
        "foo:u:pw@h",
        "name?password=pw",
        "foo://h/x?sig=pw&a=1",
        "foo://h/x?a=1;pwd=pw",
        "foo://h/x?X-Amz-Credential=pw",
        "foo://h/x#access_token=pw",
        "trino://me:pw@h/c/s",
    ],
)
def test_no_form_of_a_secret_is_shown(url: str) -> None:
    assert "pw" not in redacted(url).replace("pwd", "")


@pytest.mark.parametrize(
    "url",
    ["trino://me@h:8080/c/s", "vast://h/b/s", "x.duckdb", "/data/me@home/x.duckdb", "a?.duckdb"],
)
def test_what_is_no_secret_is_shown(url: str) -> None:
    assert url == redacted(url)


VAST = {"VAST_ENDPOINT": "vast.example:9090", "VAST_BUCKET": "tams", "VAST_SCHEMA": "news"}


@pytest.mark.parametrize(
    ("endpoint", "begins"),
    [
        ("vast.example:9090", "vast://vast.example:9090/"),
        ("http://vast.example/", "vast://vast.example/"),
        ("HTTPS://vast.example", "vast+https://vast.example/"),
        ("vast+https://vast.example", "vast+https://vast.example/"),
    ],
)
def test_the_names_of_vast_are_a_store(endpoint: str, begins: str) -> None:
    found = load({**VAST, "VAST_ENDPOINT": endpoint}, Path("none"))

    assert f"{begins}tams/news" == found.store_url


def test_the_url_of_a_store_wins_over_the_names_of_vast() -> None:
    found = load({**VAST, "TAMS_URL": "x.duckdb"}, Path("none"))

    assert "x.duckdb" == found.store_url
    assert load({"VAST_ACCESS_KEY": "a"}, Path("none")).store_url is None


@pytest.mark.parametrize("missing", VAST)
def test_a_part_of_the_names_of_vast_names_what_is_missing(missing: str) -> None:
    found = load({**VAST, missing: ""}, Path("none"))

    with pytest.raises(BadParameter, match=f"^{missing} is not set"):
        _ = found.store_url


def test_an_endpoint_of_something_else_is_refused_without_its_secret() -> None:
    found = load({**VAST, "VAST_ENDPOINT": "s3://key:geheim@host"}, Path("none"))

    with pytest.raises(BadParameter, match=r"VAST_ENDPOINT.*https://host") as refused:
        _ = found.store_url
    assert "geheim" not in str(refused.value)


def test_the_names_of_vast_are_opened_and_administered(
    vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = vast_stores.new_url()
    monkeypatch.delenv("TAMS_URL", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name, value in zip(VAST, url.removeprefix("vast://").split("/"), strict=True):
        monkeypatch.setenv(name, value)

    with ta.connect() as store:
        assert url == store.url
    status = CliRunner().invoke(main, ["schema", "status"])
    info = CliRunner().invoke(main, ["info", "--format", "json"])

    assert (0, 0) == (status.exit_code, info.exit_code)
    assert url in info.output


def test_a_bare_name_of_the_environment_wins_over_a_prefixed_one_of_the_file(config: Path) -> None:
    """F52: the environment first, whatever the spelling."""
    (config / "settings.toml").write_text("TAMS_ASYNC_DELETION_THRESHOLD = 7\n")

    environ = {"XDG_CONFIG_HOME": str(config.parent), "ASYNC_DELETION_THRESHOLD": "5"}
    assert 5 == load(environ).async_deletion_threshold
