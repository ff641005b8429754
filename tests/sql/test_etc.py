"""``sql/etc``: files that Trino can read, keys that are known, and no secret in any of them."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tams_analytics.settings import Settings
from tests.support import trino_catalogs, trino_server
from tests.support.trino_etc import ETC, jvm_options, properties

ICEBERG = {
    "connector.name",
    "iceberg.catalog.type",
    *(f"iceberg.jdbc-catalog.{name}" for name in ("driver-class", "connection-url")),
    *(f"iceberg.jdbc-catalog.{name}" for name in ("connection-user", "connection-password")),
    *(f"iceberg.jdbc-catalog.{name}" for name in ("catalog-name", "default-warehouse-dir")),
    *("fs.native-s3.enabled", "s3.endpoint", "s3.region", "s3.path-style-access"),
    *("s3.aws-access-key", "s3.aws-secret-key"),
}
KEYS: dict[str, set[str]] = {
    "node.properties": {"node.environment", "node.data-dir"},
    "config.properties": {
        *("coordinator", "node-scheduler.include-coordinator", "http-server.http.port"),
        *("discovery.uri", "query.max-run-time", "query.max-execution-time", "query.max-memory"),
        *("query.max-memory-per-node", "memory.heap-headroom-per-node"),
        *("sql.default-function-catalog", "sql.default-function-schema", "sql.path"),
        "access-control.config-files",
    },
    "log.properties": {"io.trino", "com.vastdata", "io.trino.plugin.vast"},
    "access-control.properties": {
        *("access-control.name", "security.config-file", "security.refresh-period"),
    },
    "resource-groups.properties": {
        *("resource-groups.configuration-manager", "resource-groups.config-file"),
    },
    "session-property-config.properties": {
        "session-property-config.configuration-manager",
        "session-property-manager.config-file",
    },
    "catalog/vast.properties": {
        *("connector.name", "endpoint", "data_endpoints", "access_key_id", "secret_access_key"),
        *("region", "retry_max_count", "retry_sleep_duration", "complex_predicate_pushdown"),
        *("expression_projection_pushdown", "enable_custom_schema_separator"),
        "dynamic_filtering_wait_timeout",
    },
    "catalog/rights.properties": {
        *("connector.name", "connection-url", "connection-user", "connection-password"),
        "postgresql.array-mapping",
    },
    "catalog/objects.properties": {*ICEBERG, "iceberg.add-files-procedure.enabled"},
    "catalog/iceberg.properties": ICEBERG,
    "catalog/scratch.properties": {"connector.name", "memory.max-data-per-node"},
}
OTHERS = {
    *("README.md", "compose.yaml", "jvm.config"),
    *("rules.json", "resource-groups.json", "session-property-config.json"),
}
SECRET = re.compile(r"(?i)password|secret|access[-_]key|-user$")
FROM_ENVIRONMENT = re.compile(r"\$\{ENV:([A-Z0-9_]+)\}")


def test_all_files_are_known() -> None:
    there = {path.relative_to(ETC).as_posix() for path in ETC.rglob("*") if path.is_file()}

    assert {*KEYS, *OTHERS} == there - {"tams.env"}  # somebody's own, not in the repository


@pytest.mark.parametrize("name", KEYS)
def test_a_file_sets_what_is_known(name: str) -> None:
    assert KEYS[name] == set(properties(ETC / name))


@pytest.mark.parametrize("name", KEYS)
def test_every_secret_comes_from_the_environment(name: str) -> None:
    for key, value in properties(ETC / name).items():
        assert not SECRET.search(key) or FROM_ENVIRONMENT.fullmatch(value), key


def test_no_file_holds_a_secret_of_anyone() -> None:
    """Neither of the tests, nor what looks like one."""
    looks = re.compile(r"(?i)(?:password|secret|token)['\"]?\s*[:=]\s*['\"]?[^\s'\"${<]")
    for path in (path for path in ETC.rglob("*") if path.is_file()):
        text = path.read_text("utf-8")
        assert not looks.search(text), path
        assert not any(secret in text for secret in trino_catalogs.SECRETS.values()), path


def environment() -> set[str]:
    files = (ETC / "catalog").glob("*.properties")
    return {name for file in files for name in FROM_ENVIRONMENT.findall(file.read_text("utf-8"))}


def test_the_names_of_the_environment_are_those_of_the_settings() -> None:
    """T1: what `tams` reads, Trino reads under the same name; the rest is of other databases."""
    fields = dataclasses.fields(Settings)
    settings = {name for field in fields for name in field.metadata["names"]}

    own = {name for name in environment() if not name.startswith(("ICEBERG_", "RIGHTS_"))}
    expected = {"VAST_ENDPOINT", "VAST_ACCESS_KEY", "VAST_SECRET_KEY", "S3_ENDPOINT_URL"}
    assert expected | {"S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"} == own
    assert own <= settings


def test_the_page_names_every_variable_and_every_catalog() -> None:
    page = (ETC / "README.md").read_text("utf-8")

    catalogs = {file.stem for file in (ETC / "catalog").glob("*.properties")}
    assert [] == [name for name in sorted(environment()) if f"`{name}`" not in page]
    assert catalogs == set(re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:read|write) \|$", page, re.M))
    assert (
        trino_catalogs.ICEBERG_TABLES.split()
        == " ".join(re.findall(r"^ {6}(.*)$", page, re.M)).split()
    )


def test_what_gives_wrong_rows_is_off() -> None:
    vast = properties(ETC / "catalog" / "vast.properties")

    assert "false" == vast["complex_predicate_pushdown"]
    assert int(vast["retry_max_count"]) * int(vast["retry_sleep_duration"]) <= 10_000


def test_vasts_connector_is_given_whole_milliseconds() -> None:
    """Its waits are integers: with a unit its Trino does not start."""
    vast = properties(ETC / "catalog" / "vast.properties")
    waits = [vast[name] for name in ("retry_sleep_duration", "dynamic_filtering_wait_timeout")]

    assert ["1000", "2000"] == waits


def test_the_connector_cannot_log_its_secret() -> None:
    assert "WARN" == properties(ETC / "log.properties")["com.vastdata"]


def test_queries_fit_the_heap() -> None:
    config = properties(ETC / "config.properties")
    (heap,) = (option for option in jvm_options() if option.startswith("-Xmx"))

    needed = gigabytes(config["query.max-memory-per-node"])
    assert needed + gigabytes(config["memory.heap-headroom-per-node"]) < gigabytes(heap[4:] + "B")


def gigabytes(text: str) -> int:
    assert text.endswith("GB")
    return int(text.removesuffix("GB"))


def read(name: str) -> Any:
    return json.loads((ETC / name).read_text("utf-8"))


def test_nobody_but_an_administrator_writes_outside_scratch() -> None:
    rules = read("rules.json")
    writing = [rule for rule in rules["catalogs"] if rule["allow"] == "all"]

    assert [{"admin"}, {"scratch"}] == [
        {rule.get("user"), rule.get("catalog")} - {None, ".*"} for rule in writing
    ]
    assert {"privileges": ["SELECT"]} == rules["tables"][-1]
    assert "none" == rules["catalogs"][-1]["allow"]


def test_every_catalog_is_under_a_rule() -> None:
    patterns = [rule["catalog"] for rule in read("rules.json")["catalogs"][:-1]]
    catalogs = [file.stem for file in (ETC / "catalog").glob("*.properties")]

    for catalog in catalogs:
        assert any(re.fullmatch(p, catalog) for p in patterns if p != ".*"), catalog


def test_every_query_finds_a_group() -> None:
    document = read("resource-groups.json")

    assert ["group"] == list(document["selectors"][-1])
    assert all(path_exists(document["rootGroups"], each["group"]) for each in document["selectors"])


def path_exists(groups: list[dict[str, Any]], path: str) -> bool:
    first, _, rest = path.partition(".")
    found = [group for group in groups if group["name"] == first]
    return bool(found) and (not rest or path_exists(found[0].get("subGroups", []), rest))


def test_each_file_that_another_names_is_there() -> None:
    for name in KEYS:
        for value in properties(ETC / name).values():
            if value.startswith("etc/"):
                assert (ETC / value.removeprefix("etc/")).is_file(), value


def test_the_compose_file_mounts_this_folder_and_takes_secrets_from_a_file() -> None:
    document = yaml.safe_load((ETC / "compose.yaml").read_text("utf-8"))
    trino = document["services"]["trino"]

    assert "./:/etc/trino:ro" in trino["volumes"]
    for source, _, _ in (volume.partition(":") for volume in trino["volumes"]):
        assert (ETC / source).is_dir() if source.startswith(".") else source in document["volumes"]
    assert "environment" not in trino
    assert "tams.env" == trino["env_file"]
    assert all(port.startswith("127.0.0.1:") for port in trino["ports"])
    port = properties(ETC / "config.properties")["http-server.http.port"]
    assert [port] == [each.rpartition(":")[2] for each in trino["ports"]]
    data = properties(ETC / "node.properties")["node.data-dir"]
    assert any(Path(volume.partition(":")[2]) == Path(data) for volume in trino["volumes"])


def test_compose_takes_no_variable_that_the_page_does_not_name() -> None:
    """What Trino reads comes from ``tams.env``, which git never takes."""
    compose = (ETC / "compose.yaml").read_text("utf-8")
    own = set(re.findall(r"\$\{([A-Z_]+)", compose))

    assert {"TRINO_IMAGE"} == own
    assert "`TRINO_IMAGE`" in (ETC / "README.md").read_text("utf-8")
    assert "sql/etc/tams.env" in (ETC.parents[1] / ".gitignore").read_text("utf-8").splitlines()


def test_no_image_is_fetched_that_nobody_chose() -> None:
    """VAST's own are built for one release of Trino each; the tests' one has all else."""
    compose = (ETC / "compose.yaml").read_text("utf-8")
    image = yaml.safe_load(compose)["services"]["trino"]["image"]

    assert image.startswith("${TRINO_IMAGE:?")
    assert f"trinodb/trino:{trino_server.VERSION}" in compose
