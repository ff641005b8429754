"""What the command `tams` does; what is typed for it is in `tams_command`.

`main` is the group of all commands. Other distributions add theirs by the entry point group
``tams.commands``.
"""

from __future__ import annotations

from tams_command.commands import COMMANDS, main

__all__ = ["COMMANDS", "main"]
