"""The command `tams`: what the library can answer, typed in a terminal."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="tams-analytics", prog_name="tams")
def main() -> None:
    """Ask a time-addressable media store what it covers, what is missing and what overlaps."""
