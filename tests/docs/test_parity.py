"""The parity page says what the recorded tests hold, no more and no less."""

from __future__ import annotations

from tools.make_parity import PAGE, page


def test_the_page_is_what_the_tests_hold() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m tools.make_parity`"
