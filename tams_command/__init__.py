"""The command `tams` as it is typed: its words, options, helps and errors, and Ctrl-C.

What a command does is in `tams_analytics.cli`, which is imported when it is to be done: a help, a
version or a mistyped option must not wait seconds for a library that it does not need. So nothing
here imports the library, and the library's part takes its words from here.
"""

from __future__ import annotations

from tams_command import interrupts


def run() -> None:
    """`tams`, as a process."""
    interrupts.end_at_once()
    from tams_command.commands import main  # noqa: PLC0415 - from here on Ctrl-C is quiet

    try:
        main(prog_name="tams")
    finally:
        interrupts.end_at_once()
