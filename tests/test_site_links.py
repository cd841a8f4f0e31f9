"""All pages of the whole site: each link leads somewhere, no id stands twice, nothing is loaded from another host.

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
from links import broken, read
from sited import built

from autograd_lite.site.shell import PLACES

pytestmark = pytest.mark.long
AGAIN = """
import json, sys
from pathlib import Path
from autograd_lite.site.build import PARTS
from autograd_lite.site.shell import Site

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
    subprocess.run([sys.executable, "-c", AGAIN, str(tmp_path), json.dumps(told)], env=order, check=True)
    first, again = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (built(), tmp_path)
    )
    assert [name for name in again if again[name] != first.get(name)] == []
    assert {name.partition("/")[0] for name in set(first) - set(again)} == {"assets"}
