"""Checks a store each hour, as a DAG of Airflow 3: the task fails where checks do."""

import pendulum
from airflow.sdk import dag, task


@dag(schedule="17 * * * *", start_date=pendulum.datetime(2026, 1, 1), catchup=False)
def tams_check() -> None:
    @task.bash(env={"TAMS_URL": "{{ var.value.tams_url }}"}, append_env=True)
    def check() -> str:
        return "tams check --remember --max-runtime 50m --format junit -o /var/lib/tams/newsroom"

    check()


tams_check()
