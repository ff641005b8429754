"""Environment before file before default; names with and without the prefix; no secret shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, load, named_stores, redacted


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
    secret = {"S3_SECRET_ACCESS_KEY": "geheim", "TAMS_URL": "vast://h/b/s?secret=geheim"}

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


@pytest.mark.parametrize("url", ["trino://me:pw@h/c/s", "vast://h/b/s?secret_key=pw"])
def test_a_secret_written_into_the_file_is_refused(config: Path, url: str) -> None:
    (config / "stores.toml").write_text(f'[cluster]\nurl = "{url}"\n')

    with pytest.raises(BadParameter, match="cluster") as refused:
        named_stores({"XDG_CONFIG_HOME": str(config.parent)})["cluster"]
    assert "pw" not in str(refused.value)


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
    "url", ["trino://me@h:8080/c/s", "vast://h/b/s", "x.duckdb", "/data/me@home/x.duckdb", "a?b=c"]
)
def test_what_is_no_secret_is_shown(url: str) -> None:
    assert url == redacted(url)
