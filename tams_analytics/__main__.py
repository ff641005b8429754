"""`python -m tams_analytics` is the command `tams`."""

from __future__ import annotations

from tams_analytics.cli import main

if __name__ == "__main__":
    main(prog_name="tams")
