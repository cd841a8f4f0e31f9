"""Questions on the page: asked, judged and explained, with nothing in sight that gives the answer away."""

from __future__ import annotations

import pytest
from browser import Opened, chromium, opening

from autograd_lite import Value, exp

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)


def test_predict_mode(opened: Opened) -> None:
    """The next number is hidden until it is guessed or shown; wrong answers are told why, and the score counts."""
    x = Value(3.0, label="x")
    y = exp(x * 2.5)
    y.label = "y"
    shown_page = opened(y)
    shown_page.page.check("#predict", force=True)
    assert "7.5" not in shown_page.text("main")
    shown_page.page.fill("#guess", "15/2")
    shown_page.page.keyboard.press("Enter")
    assert "Right" in shown_page.text("#tries")
    assert shown_page.text("#score").startswith("1 of 1 right")
    assert "7.5" in shown_page.text("#words")
    for _ in range(2):
        shown_page.page.click("#next")
        shown_page.page.click("#reveal")
    shown_page.page.click("#next")
    shown_page.page.fill("#guess", "nine")
    shown_page.page.click("#check")
    assert shown_page.page.locator(".try.unread").count() == 1
    shown_page.page.fill("#guess", "-2.5")
    shown_page.page.click("#check")
    assert shown_page.page.locator(".try.wrong").count() == 1
    shown_page.page.click("#reveal")
    assert "2.5" in shown_page.text(".try.answer")
    assert shown_page.text("#score").startswith("1 of 4 right")
    shown_page.page.click("#back")
    shown_page.page.click("#next")
    assert not shown_page.page.is_visible("#question")  # what was answered once counts once
