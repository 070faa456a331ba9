"""What a release writes before it is built: the repository's address, which no file of the repository holds."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
ADDRESS = "https://github.com/owner/name"


def test_the_address_comes_into_metadata_links_and_badges(tmp_path: Path):
    for name in ("pyproject.toml", "CITATION.cff", "mkdocs.yml", "README.md", "README.vi.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    subprocess.run(
        ["bash", str(ROOT / ".ci" / "address"), f"{ADDRESS}/", "v1.2.3"], env=os.environ | {"ROOT": str(tmp_path)}, check=True
    )
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Repository"] == ADDRESS
    assert yaml.safe_load((tmp_path / "CITATION.cff").read_text(encoding="utf-8"))["repository-code"] == ADDRESS
    assert f"repo_url: {ADDRESS}\n" in (tmp_path / "mkdocs.yml").read_text(encoding="utf-8")
    for name in ("README.md", "README.vi.md"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)]+)\)", page)
        assert len(links) > 10
        assert [link for link in links if not link.startswith("https://")] == [], "a package index has no files beside the page"
        assert f"]({ADDRESS}/raw/v1.2.3/docs/report.png)" in page
    for file in (tmp_path / "notebooks").glob("*.ipynb"):
        first = "".join(json.loads(file.read_text(encoding="utf-8"))["cells"][0]["source"])
        assert f"](https://colab.research.google.com/github/owner/name/blob/v1.2.3/notebooks/{file.name})" in first
