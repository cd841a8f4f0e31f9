"""All pages of the whole site: each link leads somewhere, no id stands twice, nothing moves while a page is loaded.

Built once more, all of them have the same bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from browser import chromium
from links import broken, read
from sited import Visiting, built, visiting, whole_site

from autograd_lite.site.shell import PLACES
from autograd_lite.views.picture.digraph import Picture

pytestmark = pytest.mark.long
browser = pytest.fixture(scope="module", name="browser")(chromium)
site = pytest.fixture(scope="module", name="site")(whole_site)
visit = pytest.fixture(name="visit")(visiting)

KINDS = [*PLACES.values(), "course/L02.html", "course/L21.html", "watch/xor.html", "notebooks/03-threshold-units.html"]
MOVED = """() => new Promise((told) => {
  let sum = 0;
  const watch = new PerformanceObserver((those) => { for (const one of those.getEntries()) sum += one.value; });
  watch.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(sum), 500);
})"""
AGAIN = """
import json, sys
from pathlib import Path
from autograd_lite.site.build import PARTS
from autograd_lite.site.shell import Site
from autograd_lite.views.picture.digraph import Picture

Picture.time_limit = float(sys.argv[3])  # which a page of the reference shows, and conftest.py raises
folder, told = Path(sys.argv[1]), json.loads(sys.argv[2])
(folder / "assets").mkdir()
for write in PARTS.values():
    write(folder, Site(told["archive"], told["loads"]), str)
"""


@pytest.fixture(scope="module")
def pages() -> list[Path]:
    """All pages of the site, those in frames too."""
    return sorted(built().rglob("*.html"))


def test_the_navigation_leads_to_pages() -> None:
    """Each part of the navigation is there."""
    assert [page for page in PLACES.values() if not (built() / page).is_file()] == []


def test_every_link_leads_somewhere(pages: list[Path]) -> None:
    """Relative links lead to files and ids that are there, others to hosts that a reader may follow."""
    assert broken(built(), pages) == []


def test_no_id_stands_twice(pages: list[Path]) -> None:
    """In one page every id is its own."""
    twice = {page.name: [name for name, count in Counter(read(page).ids).items() if count > 1] for page in pages}
    assert {name: those for name, those in twice.items() if those} == {}


def test_the_policy_holds_for_what_stands_in_the_pages(pages: list[Path]) -> None:
    """No page has an inline style or handler, which the policy would refuse."""
    assert {page.name: read(page).unsafe for page in pages if read(page).unsafe} == {}


def test_the_same_bytes_again(tmp_path: Path) -> None:
    """All parts, written once more by another process, whose sets and dicts have another order, are the same."""
    told = json.loads((built() / "index.html").read_text(encoding="utf-8").partition('id="told">')[2].partition("<")[0])
    order = os.environ | {"PYTHONHASHSEED": "123"}
    given = [str(tmp_path), json.dumps(told), str(Picture.time_limit)]
    subprocess.run([sys.executable, "-c", AGAIN, *given], env=order, check=True)
    first, again = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (built(), tmp_path)
    )
    assert [name for name in again if again[name] != first.get(name)] == []
    assert {name.partition("/")[0] for name in set(first) - set(again)} == {"assets"}


@pytest.mark.parametrize("page", KINDS)
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_moves_while_a_page_is_loaded(visit: Visiting, page: str, width: int) -> None:
    """What one is about to press stays where it is: the cumulative layout shift, good below 0.1, is below 0.02."""
    shown = visit(page, viewport={"width": width, "height": 900})
    shown.page.wait_for_load_state("networkidle")
    if page == PLACES["Playground"]:
        shown.until_ready()
    assert shown.page.evaluate(MOVED) < 0.02
