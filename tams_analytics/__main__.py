"""`python -m tams_analytics` is the command `tams`; `python -m tams_command` starts sooner."""

from __future__ import annotations

from tams_command import run

if __name__ == "__main__":
    run()
