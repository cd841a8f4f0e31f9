"""How the site comes into its folder: whole or not at all, over an older one, beside files of others; without npm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd_lite.__main__ import main
from autograd_lite.site import build, packages, search
from autograd_lite.site.build import save_site
from autograd_lite.site.shell import Site

Part = Callable[[Path, Site, Callable[[str], object]], list[str]]
OWN = '<main id="content"><h1>{}</h1>words</main>'


def part(*names: str) -> Part:
    """A part that writes pages of these names."""

    def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
        del tell
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(site.page(name, name, OWN.format(name)))
        return []

    return write


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Nothing is fetched; the archive's content is what stands in this list."""
    content = [b"1"]

    def archived(work: Path, assets: Path) -> Path:
        del work
        path = assets / f"packages-{content[0].decode()}.zip"
        path.write_bytes(content[0])
        return path

    monkeypatch.setattr(build, "from_npm", lambda work, assets: [])  # noqa: ARG005
    monkeypatch.setattr(build, "python_archive", archived)
    return content


def files(folder: Path) -> set[str]:
    """The pages and archives in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".html", ".zip")}


def test_an_older_site_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: list[bytes]) -> None:
    """What only the older one had is taken away, and files of others stay, whatever they are called."""
    monkeypatch.setattr(build, "PARTS", {"a part": part("index.html", "course/L01.html", "course/L99.html")})
    save_site(tmp_path)
    others = {"packages-mine.zip", "CNAME.html", "course/mine.html", "assets/packages-mine.zip"}
    for name in others:
        (tmp_path / name).write_bytes(b"\xff mine")
    fetched[0] = b"2"
    monkeypatch.setattr(build, "PARTS", {"a part": part("index.html", "course/L01.html"), "the search": search.write})
    save_site(tmp_path)
    own = {"index.html", "course/L01.html", "assets/stage.html", "assets/packages-2.zip"}
    assert files(tmp_path) == own | others
    found = json.loads((tmp_path / "assets" / "search.json").read_bytes())
    assert {entry["at"] for entry in found} == {"index.html", "course/L01.html"}


def test_what_is_interrupted_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that does not come to its end leaves the older site as it was."""

    def interrupted(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
        part("index.html")(folder, site, tell)
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "PARTS", {"a part": part("index.html", "old.html")})
    save_site(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    monkeypatch.setattr(build, "PARTS", {"a part": interrupted})
    assert main(["site", str(tmp_path)]) == 130
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


@pytest.mark.parametrize("listed", ['["../outside.html", 3, "", "."]', "{}", "3", "", '{"../outside.html": 1}'])
def test_a_list_that_is_not_ours_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    """No file outside the folder is taken away, whatever stands in the list."""
    monkeypatch.setattr(build, "PARTS", {"a part": part("index.html")})
    (tmp_path / "outside.html").write_text("mine")
    (folder := tmp_path / "site" / "assets").mkdir(parents=True)
    (folder / "written.json").write_text(listed)
    save_site(tmp_path / "site")
    assert files(tmp_path) >= {"outside.html", "site/index.html"}


@pytest.mark.parametrize("name", ["justname", "../..", "a/..", "a/b c", "a/b\n", 'a"/<b>', "a/b/c", "/b", "a/", "-/x"])
def test_names_of_repositories(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What is no name of a repository is refused before anything is made."""
    assert main(["site", str(tmp_path / "site"), f"--repository={name}"]) == 2
    assert "OWNER/NAME" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_good_names_of_repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are told the name."""
    told: list[str] = []

    def ask(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
        del folder, tell
        told.append(site.repository)
        return []

    monkeypatch.setattr(build, "PARTS", {"a part": ask})
    names = ["someone/autograd_lite", "a-b/c.d", "A1/.github", ""]
    for name in names:
        save_site(tmp_path, repository=name)
    assert told == names


def test_without_npm_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says what to install."""
    monkeypatch.setattr(build, "from_npm", packages.from_npm)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["site", str(tmp_path / "site")]) == 2
    assert "install Node.js" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_folder_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused, and not taken for the one in which one is."""
    assert main(["site", ""]) == 2
    assert "no name" in capsys.readouterr().err


def test_the_command_to_serve_it_can_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a blank in its name stands in quotes."""
    monkeypatch.setattr(build, "PARTS", {})
    monkeypatch.chdir(tmp_path)
    assert main(["site", "my site"]) == 0
    assert "-d 'my site'" in " ".join(capsys.readouterr().out.split())
