"""The trainings of the site, in Chromium: examples that go on, a table that stays here, progress, stop, links."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy
import pytest
from browser import chromium
from playwright.sync_api import Frame, Page, expect
from sited import Visit, Visiting, visiting, whole_site

from autograd_lite import data, nn, optim
from autograd_lite.train import fit

pytestmark = pytest.mark.long
browser = pytest.fixture(scope="module", name="browser")(chromium)
visit = pytest.fixture(name="visit")(visiting)

HERE = "watch/index.html"
TREES = "a,b,kind\n" + "".join(f"{i % 7},{i * 3 % 11},{'oak' if i * i % 7 > 2 else 'elm'}\n" for i in range(40))
BROKEN = "a,b,kind\n1,2,oak\n3,four,elm\n5,6,oak\n"
FINE = '.python[data-state="ready"]'


site = pytest.fixture(scope="module", name="site")(whole_site)


def fill(page: Page, **choices: object) -> None:
    """Put choices into the form."""
    for name, value in choices.items():
        page.fill(f"#{name}", str(value))


def inner(visited: Visit, address: str = "") -> Frame:
    """The frame in which the page of a training stands, once it has drawn itself."""
    visited.page.wait_for_selector(".stage iframe")
    visited.page.frame_locator(".stage iframe").locator("#marks .unit").first.wait_for()
    return next(
        frame
        for frame in visited.page.frames[1:]
        if address in frame.url and frame.parent_frame == visited.page.main_frame
    )


def trained(visited: Visit) -> Frame:
    """Train with what stands in the form, to the end."""
    visited.page.click("#train")
    visited.page.wait_for_selector("#result:not([hidden]), #error:not(:empty)")
    assert visited.text("#error") == ""
    return inner(visited)


def saved(page: Page, link: str, path: Path) -> str:
    """What a link lets one download."""
    with page.expect_download() as coming:
        page.click(link)
    coming.value.save_as(path)
    return path.read_text(encoding="utf-8")


def test_an_example_goes_on(visit: Visiting) -> None:
    """An example shows, goes to its end, trains on, opens the stepper and comes back, in its frame without an origin."""
    one = visit("watch/xor.html")
    frame = inner(one, "alone/xor.html")
    one.page.locator(".stage iframe").evaluate("frame => frame.scrollIntoView({ behavior: 'instant' })")
    assert frame.evaluate("origin") == "null"
    frame.focus("#epoch")
    one.page.keyboard.press("End")
    assert frame.inner_text("#count").split() == ["epoch", "120", "of", "120"]
    before = frame.evaluate("[...view.p]")
    frame.click("#one-epoch")
    frame.wait_for_selector("#count:has-text('121')")
    assert frame.evaluate("[...view.p]") != before
    frame.click("#open")
    steps = frame.frame_locator("#frame iframe")
    steps.locator("#count").wait_for()
    first = steps.locator("#count").inner_text()
    steps.locator("#next").click()
    assert steps.locator("#count").inner_text() != first
    frame.click("#back")
    expect(frame.locator("#frame iframe")).to_have_count(0)
    frame.click("#link")
    frame.wait_for_selector("#spoken:has-text('Copied.')", state="attached")
    assert one.page.locator(".python").count() == 0
    assert not any(url.endswith(".wasm") for url in one.asked)


def test_a_long_finding_moves_the_network(visit: Visiting) -> None:
    """Where what is said of an epoch takes more lines, maps and circles of the units stay on each other."""
    one = visit("watch/plateau.html", viewport={"width": 1440, "height": 900})
    frame = inner(one)
    frame.focus("#epoch")
    one.page.keyboard.press("End")
    frame.wait_for_selector("#note:has-text('Plateau.')")
    apart = """() => { const middle = (part) => { const { x, y, width, height } = part.getBoundingClientRect(); return [x + width / 2, y + height / 2]; };
      const rings = [...document.querySelectorAll("#marks .ring")].map(middle);
      return [...document.querySelectorAll("#maps canvas")].map(middle).map(([x, y]) => Math.min(...rings.map(([u, v]) => Math.hypot(x - u, y - v)))); }"""
    for _ in range(100):
        if max(found := frame.evaluate(apart)) < 1.0:
            break
        one.page.wait_for_timeout(50)
    assert len(found) == 5
    assert max(found) < 1.0


def test_a_table_is_learned_as_fit_does(visit: Visiting, tmp_path: Path) -> None:
    """A file that is chosen is understood, trained on in the page, and gives the numbers of `fit` in CPython."""
    one = visit(HERE)
    one.page.set_input_files("#chosen", {"name": "trees.csv", "mimeType": "text/csv", "buffer": TREES.encode()})
    one.page.wait_for_selector("#understood:has-text('40 rows of 2 numbers, and 2 classes (elm, oak)')")
    assert one.page.input_value("#data") == "csv"
    assert not one.page.is_visible("#link")  # no link can carry the file
    assert [option.inner_text() for option in one.page.locator("#target option").all()] == ["a", "b", "kind"]
    fill(one.page, hidden="4", rate="0.05", batch=8, epochs=12, seed=3)
    frame = trained(one)

    points = [[float(i % 7), float(i * 3 % 11)] for i in range(40)]
    (rows, labels), held = data.split(points, [int(i * i % 7 > 2) for i in range(40)], 0.25, seed=3)
    mean, scale = numpy.mean(rows, axis=0), numpy.std(rows, axis=0)
    model = nn.MLP(2, [4, 1], "tanh", init="xavier", seed=3)
    history = fit(
        model,
        nn.losses.binary_cross_entropy_with_logits,
        (numpy.array(rows) - mean) / scale,
        labels,
        optimizer=optim.Adam(model.parameters(), lr=0.05),
        epochs=12,
        batch_size=8,
        seed=3,
        validation=((numpy.array(held[0]) - mean) / scale, held[1]),
        keep=20,
    )
    assert history.kept is not None
    shown = frame.evaluate("DATA.losses.train")
    assert shown == pytest.approx(history.loss, rel=1e-4)  # as many digits as its curve needs
    for place, name in ((0, "first"), (-1, "last")):
        numbers = frame.evaluate(f"[...new Float64Array(bytes(DATA.kept.{name}))].slice(0, DATA.kept.size)")
        assert numbers == pytest.approx(list(history.kept.states[place].numbers), rel=1e-9)
    first = history.kept.states[0].numbers
    assert list(history.kept.states[-1].numbers) != pytest.approx(list(first), rel=1e-3)

    told = json.loads(saved(one.page, "#save-model", tmp_path / "trees.json"))
    loaded = nn.MLP(2, [4, 1], "tanh")
    loaded.load_state_dict(told)
    for x, row in zip(rows[:5], (numpy.array(rows[:5]) - mean) / scale, strict=True):
        assert loaded(x).data == pytest.approx(model(list(row)).data, rel=1e-9)
    page = saved(one.page, "#save-page", tmp_path / "trees.html")
    assert page.isascii() or "charset" in page[:1024]
    assert "<title>trees.csv, learned by 2 → 4 → 1</title>" in page
    assert not frame.is_visible("#link")


def test_losses_to_the_last_digit(visit: Visiting) -> None:
    """The losses that Python has in the browser are those of the same function in CPython."""
    from autograd_lite.site.browser.training import training

    choices = {
        "hidden": "4",
        "activation": "tanh",
        "optimizer": "momentum",
        "rate": 0.1,
        "batch": 8,
        "epochs": 5,
        "seed": 1,
    }
    one = visit(HERE)
    asked: dict[str, Any] = {"source": "trees.csv", "choices": choices, "text": TREES, "target": "kind", "kind": ""}
    found = one.page.evaluate(
        "async asked => { const { Python } = await import('../assets/script/python.js');"
        " return (await new Python().ask('training', asked)).losses; }",
        asked,
    )
    losses = training(**asked, tell=lambda _: None)["losses"]
    assert [found[0], found[-1]] == pytest.approx([losses[0], losses[-1]], rel=1e-9)


def test_a_dropped_file(visit: Visiting) -> None:
    """A file that is dropped somewhere on the page is read, and another column can be chosen to be learned."""
    one = visit(HERE)
    text = "kind,a,b\noak,1,2\nelm,3,4\noak,5,6\nelm,7,9\n"
    dropped = one.page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], 'trees.csv')); return all; }", text
    )
    one.page.dispatch_event("#drop", "dragover", {"dataTransfer": dropped})
    assert "over" in (one.page.get_attribute("#drop", "class") or "")
    one.page.dispatch_event(".gallery", "drop", {"dataTransfer": dropped})
    one.page.wait_for_selector("#understood.wrong:has-text(\"trees.csv, line 2, column 'kind': not a number: 'oak'\")")
    assert one.page.input_value("#text") == text
    one.page.select_option("#target", "kind")
    one.page.wait_for_selector("#understood:not(.wrong):has-text('4 rows of 2 numbers, and 2 classes (elm, oak)')")
    one.page.select_option("#target", "b")
    one.page.wait_for_selector("#understood.wrong")


def test_a_broken_table(visit: Visiting) -> None:
    """What is wrong is told with line and column, whether one trains or not; the line can be shown, and mended."""
    one = visit(HERE)
    one.page.select_option("#data", "csv")
    one.page.click("#train")
    assert "There is no table yet" in one.text("#error")
    one.page.fill("#text", BROKEN)
    one.page.wait_for_selector("#understood.wrong:has-text(\"line 3, column 'b': not a number: 'four'\")")
    one.page.click("text=Show line 3")
    chosen = (
        "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    )
    assert one.page.evaluate(chosen) == "3,four,elm"
    one.page.click("#train")
    one.page.wait_for_selector("#error:has-text(\"line 3, column 'b': not a number: 'four'\")")
    assert not one.page.is_visible("#running")
    one.page.fill("#text", BROKEN.replace("four", "4") + "<img src=x>,1,2\n")
    one.page.wait_for_selector("#understood.wrong:has-text('line 5')")
    assert one.page.locator("#understood img").count() == 0
    one.page.fill("#text", BROKEN.replace("four", "4"))
    one.page.wait_for_selector("#understood:not(.wrong):has-text('3 rows')")


def test_a_file_that_is_not_read_replaces_the_one_before(visit: Visiting) -> None:
    """Nothing is trained under the name of a file that could not be read; an error goes when the choices change."""
    one = visit("watch/index.html")
    error = one.page.locator("#error")
    for unread, says in {b"a,b\n" + b"1,2\n" * 250_000: "1 MB", "größe,art".encode("latin-1"): "UTF-8"}.items():
        one.page.set_input_files("#chosen", {"name": "a.csv", "mimeType": "text/csv", "buffer": TREES.encode()})
        one.page.locator("#understood", has_text="a.csv:").wait_for()
        one.page.set_input_files("#chosen", {"name": "b.csv", "mimeType": "text/csv", "buffer": unread})
        one.page.locator("#understood.wrong", has_text=says).wait_for()
        one.page.click("#train")
        error.filter(has_text="There is no table yet").wait_for()
    one.page.set_input_files("#chosen", {"name": "a.csv", "mimeType": "text/csv", "buffer": TREES.encode()})
    one.page.locator("#understood", has_text="a.csv:").wait_for()
    assert error.inner_text() == ""


def test_stop_keeps_the_choices(visit: Visiting) -> None:
    """Stop ends a training at once; text and choices stay, and one can train again."""
    one = visit(HERE)
    one.page.select_option("#data", "csv")
    one.page.fill("#text", TREES)
    one.page.select_option("#optimizer", "SGD")
    fill(one.page, hidden="16,16", rate="0,01", epochs=900, seed=7)
    one.page.click("#train")
    one.page.wait_for_selector("#far:has-text('of 900')")
    assert re.search(r"^epoch \d+ of 900 · loss \d\S* · about \d+ (s|min) left$", one.text("#far"))
    assert one.page.is_disabled("#train")
    one.page.click("#python button")
    one.page.wait_for_selector("#error:has-text('Stopped.')")
    values = [
        one.page.input_value(f"#{name}") for name in ("data", "text", "optimizer", "hidden", "rate", "epochs", "seed")
    ]
    assert values == ["csv", TREES, "SGD", "16,16", "0,01", "900", "7"]
    assert re.match(r"Stopped in epoch \d+\.", one.text("#far"))
    fill(one.page, hidden="2", epochs=2)
    frame = trained(one)
    assert frame.evaluate("DATA.losses.train.length") == 2
    assert frame.evaluate("DATA.optimizer.kind") == "SGD"


def test_a_link_with_choices(visit: Visiting) -> None:
    """The address has the choices and gives them back; of what is not offered nothing is taken."""
    one = visit(f"{HERE}#data=circles&hidden=5&activation=relu&rate=0.1&epochs=3&seed=4")
    assert one.page.input_value("#activation") == "relu"
    fill(one.page, hidden="3,2")
    one.page.press("#hidden", "Tab")
    assert "#data=circles&hidden=3,2&activation=relu&optimizer=Adam&rate=0.1&batch=16&epochs=3&seed=4" in one.page.url
    frame = trained(one)
    assert frame.evaluate("address()") == one.page.url
    assert frame.inner_text("#title") == "circles, learned by 2 → 3 → 2 → 1"
    two = visit(f"{HERE}#data=nowhere&activation=<b>&hidden=<img src=x>&seed=-1")
    assert (two.page.input_value("#data"), two.page.input_value("#activation")) == ("moons", "tanh")
    two.page.click("#train")
    assert "Hidden layers are sizes" in two.text("#error")
    assert two.page.get_attribute("#hidden", "aria-invalid") == "true"
    assert two.page.evaluate("document.activeElement.id") == "hidden"
    assert two.page.locator("#own img").count() == 0


def test_by_keyboard(visit: Visiting) -> None:
    """A file is chosen and a training begun without a pointer, and what comes gets the focus."""
    one = visit(f"{HERE}#data=xor&hidden=2&epochs=2")
    one.page.focus("#data")
    one.page.keyboard.press("End")  # the last one: a file
    one.page.wait_for_selector("#chosen")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.id") == "chosen"
    with one.page.expect_file_chooser() as opening:
        one.page.keyboard.press("Space")
    opening.value.set_files({"name": "trees.csv", "mimeType": "text/csv", "buffer": TREES.encode()})
    one.page.wait_for_selector("#understood:has-text('40 rows')")
    one.page.focus("#seed")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("#result:not([hidden])")
    assert one.page.evaluate("document.activeElement.id") == "result-title"
    unnamed = "[...document.querySelectorAll('#own :is(input, select, textarea)')].filter(x => !x.labels.length && !x.ariaLabel && !x.ariaHidden)"
    assert one.page.evaluate(f"{unnamed}.length") == 0
