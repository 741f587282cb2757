"""`python -m release`: everything that a release consists of, into dist/, and the tag last. Nothing is pushed."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from manifest.build import NO_PAGE, BadInput, package
from manifest.content import Pages
from release.notes import NotReady, notes
from version import version

ROOT = Path(__file__).parents[1]
BUILDERS = ("docker", "podman")


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Make the release of the version in pyproject.toml; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m release", description="Make a release of what is committed.")
    parser.add_argument("--app-id", default="", help="for the app package of your own bot; without it there is none")
    parser.add_argument("--public-url", default=NO_PAGE, help="the page to which the app package links")
    parser.add_argument("--privacy-url", default="", help="your page about privacy, if it is another")
    parser.add_argument("--terms-url", default="", help="your page with the terms of use, if it is another")
    parser.add_argument("--bot-url", default="", help="where your bot is reached, for tabs in the app package")
    given = parser.parse_args(arguments)
    try:
        _make(root, given.app_id, Pages(given.public_url, given.privacy_url, given.terms_url, given.bot_url))
    except (NotReady, BadInput) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _make(root: Path, app_id: str, pages: Pages) -> None:
    tag, dist = f"v{version()}", root / "dist"
    said = notes((root / "CHANGELOG.md").read_text(encoding="utf-8"), version())
    if _git(root, "status", "--porcelain", "--untracked-files=no"):
        raise NotReady("Something is changed and not committed: a release is of a commit.")
    if _git(root, "tag", "--list", tag):
        raise NotReady(
            f"{tag} is tagged already: give the next version in pyproject.toml, and say in CHANGELOG.md what is new."
        )
    dist.mkdir(exist_ok=True)
    written = dist / f"change-bot-{version()}.md"
    written.write_text(said, encoding="utf-8")
    print(f"notes        {written}")
    if app_id:
        print(f"app package  {package(app_id, pages, dist / f'change-bot-{version()}.zip')}")
    else:
        print("app package  none: each organisation builds its own, with APP_ID=the app id of its bot")
    print(f"image        {_image(root)}")
    _git(root, "tag", "--annotate", tag, "--cleanup=verbatim", "--file", str(written))
    print(f"tag          {tag}; it is yours alone until you push it: git push origin {tag}")


def _image(root: Path) -> str:
    """Build the image; its name, or why there is none. Raises NotReady."""
    builder = next((each for each in BUILDERS if shutil.which(each) and _answers(each)), None)
    if builder is None:
        return f"none: neither {' nor '.join(BUILDERS)} is here and answers"
    name = f"change-bot:{version()}"
    built = subprocess.run([builder, "build", "--file", "deploy/Dockerfile", "--tag", name, "."], cwd=root, check=False)
    if built.returncode:
        raise NotReady(f"{builder} could not build the image, and says why above; nothing was tagged.")
    return name


def _answers(builder: str) -> bool:
    """Docker's program may be there without the service that builds."""
    return subprocess.run([builder, "version"], capture_output=True, check=False).returncode == 0


def _git(root: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NotReady(f"git {arguments[0]}: {ran.stderr.strip()}")
    return ran.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
