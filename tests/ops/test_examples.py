"""The examples of schedules: cron's command is run as cron would, the others are read."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import tams_analytics as ta
from tams_command.checking import check
from tests.ops.exported import CHECKS, of_text

ASSIGNED = re.compile(r"([A-Z_]+)=(.*)").fullmatch


@dataclass(frozen=True)
class Crontab:
    """What a crontab says: variables, as they are written, and its one job."""

    variables: Mapping[str, str]
    schedule: list[str]
    command: str

    @classmethod
    def read(cls, file: Path) -> Crontab:
        lines = [line for line in file.read_text("utf-8").splitlines() if line[:1] not in ("#", "")]
        *assigned, job = lines
        *schedule, command = job.split(None, 5)
        pairs = [match.groups() for line in assigned if (match := ASSIGNED(line))]
        assert len(pairs) == len(assigned)
        return cls(dict(pairs), schedule, command)


@pytest.fixture(scope="module")
def crontab(root: Path) -> Crontab:
    return Crontab.read(root / "ops" / "cron" / "tams-check.cron")


@dataclass(frozen=True)
class Ran:
    done: subprocess.CompletedProcess[str]
    folder: Path


@pytest.fixture(scope="module")
def ran(crontab: Crontab, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The job, run by sh as cron does it, on a store of ours, by this checkout."""
    place = tmp_path_factory.mktemp("cron")
    store, folder, tams = place / "newsroom.duckdb", place / "var" / "out", place / "tams"
    with ta.connect(str(store)) as opened:
        ta.examples.newsroom(opened, segments=1_000, defects=False)
    tams.write_text(f'#!/bin/sh\nexec {sys.executable} -m tams_command "$@"\n')
    tams.chmod(0o755)
    ours = {"TAMS": str(tams), "TAMS_URL": str(store), "TAMS_OUT": str(folder)}
    assert ours.keys() < crontab.variables.keys()
    environ = {"PATH": os.defpath, "HOME": str(place), "PYTHONPATH": str(root)}
    for _hour in range(2):  # the second knows of the first
        done = subprocess.run(
            ["/bin/sh", "-c", crontab.command],
            env={**crontab.variables, **environ, **ours},
            capture_output=True,
            text=True,
            check=False,
        )
    return Ran(done, folder)


def test_the_job_of_cron_checks_a_store_and_says_nothing_where_it_is_sound(ran: Ran) -> None:
    document = json.loads((ran.folder / "check.json").read_bytes())

    assert (0, "", "") == (ran.done.returncode, ran.done.stdout, ran.done.stderr)
    assert {"check.json", "check.html", "check.prom"} == set(os.listdir(ran.folder))
    assert (True, True) == (document["passed"], document["complete"])
    assert of_text((ran.folder / "check.prom").read_text("utf-8")) == CHECKS


def test_cron_takes_no_letter_of_the_job_for_one_of_its_own(crontab: Crontab) -> None:
    """It ends a command at a % and runs none without its five times."""
    assert "%" not in crontab.command
    assert 5 == len(crontab.schedule)
    assert all(re.fullmatch(r"[-*/,0-9]+", each) for each in crontab.schedule)


def taken(words: list[str]) -> dict[str, Any]:
    """What the command takes these for: an option that it does not have is an error."""
    assert "check" == words[0]
    with check.make_context("tams check", words[1:]) as context:
        return context.params


def test_the_commands_of_all_examples_are_taken(root: Path) -> None:
    for words in (systemd(root), kubernetes(root), airflow(root)):
        params = taken(words)

        assert params["max_runtime"] == "50m"
        assert params["output"].endswith("/newsroom")
        assert params["formats"]


def test_an_option_that_there_is_not_would_be_found() -> None:
    with pytest.raises(click.UsageError):
        taken(["check", "--for-ever"])


def unit(root: Path, name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(root / "ops" / "systemd" / name)
    return parser


def systemd(root: Path) -> list[str]:
    return shlex.split(unit(root, "tams-check.service")["Service"]["ExecStart"])[1:]


def test_the_timer_of_systemd_starts_a_service_that_ends(root: Path) -> None:
    service, timer = (unit(root, f"tams-check.{kind}") for kind in ("service", "timer"))

    assert "oneshot" == service["Service"]["Type"]
    assert "hourly" == timer["Timer"]["OnCalendar"]
    assert "timers.target" == timer["Install"]["WantedBy"]


def test_systemd_takes_its_units(root: Path, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("needs systemd-analyze")
    for name in ("tams-check.service", "tams-check.timer"):
        text = (root / "ops" / "systemd" / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/tams/bin/tams", sys.executable))

    done = subprocess.run(
        [verify, "verify", tmp_path / "tams-check.timer", tmp_path / "tams-check.service"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert str(tmp_path) not in done.stderr


def cron_job(root: Path) -> dict[str, Any]:
    text = (root / "ops" / "kubernetes" / "cronjob.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def kubernetes(root: Path) -> list[str]:
    pod = cron_job(root)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert "tams" == container["command"][0]
    words: list[str] = container["command"][1:]
    return words


def test_the_cron_job_of_kubernetes_mounts_where_it_writes(root: Path) -> None:
    job = cron_job(root)
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}

    assert ("batch/v1", "CronJob") == (job["apiVersion"], job["kind"])
    assert ("Forbid", "Never") == (job["spec"]["concurrencyPolicy"], pod["restartPolicy"])
    assert [each["name"] for each in pod["volumes"]] == list(mounts)
    assert taken(kubernetes(root))["output"].startswith(f"{mounts['out']}/")
    assert {str} == {type(each) for each in container["command"]}


def airflow(root: Path) -> list[str]:
    """What the task gives to bash."""
    tree = ast.parse((root / "ops" / "airflow" / "tams_check.py").read_text("utf-8"))
    (command,) = (
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant)
    )
    name, *words = shlex.split(str(command))
    assert "tams" == name
    return words


def test_the_dag_of_airflow_is_python_and_is_made(root: Path) -> None:
    file = root / "ops" / "airflow" / "tams_check.py"
    tree = ast.parse(file.read_text("utf-8"))
    compile(tree, file, "exec")

    called = [ast.unparse(each) for each in tree.body if isinstance(each, ast.Expr)]
    assert "tams_check()" == called[-1]
