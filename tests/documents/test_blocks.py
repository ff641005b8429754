"""Which blocks of a document are executed: all of them."""

from __future__ import annotations

import pytest

from tests.support.documents import Block, blocks

LIST = """* In a list:

  ```python
  if True:
      a = 1
  ```

```json settings.json
{}
```
"""


def test_blocks_of_a_list_are_executed_too() -> None:
    assert [
        Block("python", "", "if True:\n    a = 1\n", 3),
        Block("json", "settings.json", "{}\n", 8),
    ] == blocks(LIST)


@pytest.mark.parametrize(
    "text", ["~~~python\n1 / 0\n~~~\n", "> ```python\n> 1 / 0\n> ```\n", "```sh\n"]
)
def test_a_fence_that_would_be_passed_over_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no block is begun or ended by: "):
        blocks(text)
