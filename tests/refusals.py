"""How a mistake is answered: in one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.errors import UserMistake


def refusal(call: Callable[..., object], *arguments: object, **keywords: object) -> str:
    """The one line with which a call is refused as its user's mistake."""
    with pytest.raises(UserMistake) as caught:
        call(*arguments, **keywords)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.exit_code == 2
    return line
