"""`python -m tams_command` is the command `tams`."""

from __future__ import annotations

from tams_command import run

if __name__ == "__main__":
    run()
