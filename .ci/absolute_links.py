"""Make the README's links absolute and write [project.urls], for a package index, which shows the README by itself.

The repository does not know where it is published, so that a copy of it is as good as the first. In it, the README's
"Try it in the browser" leads to the section that says how the site is built. A release does know where it is
published, and where its site is: it runs this on its checkout before it builds.

    python .ci/absolute_links.py https://HOST/OWNER/REPOSITORY TAG
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(!?)(\[[^\[\]]*\])\((?![a-z]+:|#)([^()\s]+)\)")  # [text](path), ![text](picture), no address
SECTION = re.compile(r"\]\(#([^()\s]+)\)")
DOOR = "in-the-browser"  # the section that stands for the site
GITHUB = re.compile(r"https://github\.com/([^/]+)/([^/]+)")


def absolute(text: str, base: str, tag: str) -> str:
    """Markdown whose relative links lead to the files of a tag: to pages, and for pictures to the bare files.

    Links to a section lead to that of the README of the tag, and the one to the site's section to the site.
    """
    text = LINK.sub(lambda m: f"{m[1]}{m[2]}({base}/{'raw' if m[1] else 'blob'}/{tag}/{m[3]})", text)
    if site(base):
        text = text.replace(f"](#{DOOR})", f"]({site(base)})")
    return SECTION.sub(rf"]({base}/blob/{tag}/README.md#\1)", text)


def site(base: str) -> str:
    """Where GitHub Pages shows the site of a repository; nothing for one that is elsewhere."""
    found = GITHUB.fullmatch(base)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def urls(base: str, tag: str) -> str:
    """The table [project.urls], with the labels that package indexes know."""
    return f"""
[project.urls]
Homepage = "{base}"
Documentation = "{site(base) or f"{base}/blob/{tag}/notebooks/README.md"}"
Changelog = "{base}/blob/{tag}/CHANGELOG.md"
Issues = "{base}/issues"
"""


if __name__ == "__main__":
    readme, project = ROOT / "README.md", ROOT / "pyproject.toml"
    readme.write_text(absolute(readme.read_text(encoding="utf-8"), *sys.argv[1:]), encoding="utf-8")
    project.write_text(project.read_text(encoding="utf-8") + urls(*sys.argv[1:]), encoding="utf-8")
