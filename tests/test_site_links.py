"""All pages of the whole site: each link leads somewhere, no id stands twice, nothing is loaded from another host."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from links import broken, read
from sited import built

from autograd_lite.site.shell import PLACES

pytestmark = pytest.mark.long


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
