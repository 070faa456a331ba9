"""The pictures of the page in docs/pictures/: on a phone and on a desk, light and dark, each in another of its modes.

python -m tests.serving.screens     draws them in Chromium; what the model writes is given here, so that they stay the same
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mathpal_lightning.serving.settings import PageSettings
from tests.serving.browser import Browser
from tests.serving.conftest import page_server
from tests.serving.scripted import scripted_llama

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
EGGS = "Mỗi quả trứng giá 3 700 đồng. Minh mua 3 quả cùng loại. Hỏi Minh phải trả bao nhiêu đồng?"
FIELD = "Một mảnh vườn hình chữ nhật có chiều dài 29 m, chiều rộng 18 m. Tính chu vi mảnh vườn đó."
RICE = "Một cửa hàng có 54 kg gạo, đã bán 18 kg. Hỏi còn lại bao nhiêu ki-lô-gam?"
PRICE = """Minh phải trả số tiền là:
3 700 × 3 = ?
7 × 3 = 21 (viết 1, nhớ 2); 3 × 3 = 9; 9 + 2 = 11
3 700 × 3 = 11 100 (đồng)
Đáp số: 11 100 đồng"""
SLIP = """Nửa chu vi mảnh vườn là:
29 + 18 = 37 (m)
Chu vi mảnh vườn là:
37 × 2 = 74 (m)
Đáp số: 74 m"""
PERIMETER = SLIP.replace("37", "47").replace("74", "94")
LEFT = "Cửa hàng còn lại số gạo là:\n54 - 18 = 36 (kg)\nĐáp số: 36 kg"


@dataclass(frozen=True)
class Scene:
    """One picture."""

    name: str
    size: tuple[int, int, bool]
    """Width, height, and whether it is a phone."""
    dark: bool
    solutions: Sequence[str]
    """What the model writes first, and in further attempts."""
    act: Callable[[Browser], None]


def ask(question: str) -> Callable[[Browser], None]:
    """Type a problem and have it solved."""

    def act(browser: Browser) -> None:
        browser.click("#question")
        browser.type(question)
        browser.click("#solve")

    return act


def ask_for_hints(browser: Browser) -> None:
    """Have a problem uncovered step by step, and look at the first result."""
    browser.click("#modes label:nth-child(3)")
    ask(EGGS)(browser)
    browser.wait_for("document.querySelector('.steps .buttons button') !== null")
    browser.click(".steps .buttons button")


def have_work_checked(browser: Browser) -> None:
    """Type a solution with a slip and have it checked."""
    browser.click("#check-mode")
    browser.click("#question")
    browser.type(RICE)
    browser.click("#work")
    browser.type("54 - 18 = 46 (kg)\nĐáp số: 46 kg")
    browser.click("#solve")


PHONE, DESK = (390, 844, True), (1280, 800, False)
SCENES = (
    Scene("solved", PHONE, False, [PRICE], ask(EGGS)),
    Scene("solved_again", PHONE, True, [SLIP, PERIMETER], ask(FIELD)),
    Scene("own_work", DESK, False, [LEFT, LEFT], have_work_checked),
    Scene("hints", DESK, True, [PRICE], ask_for_hints),
)


def draw(browser: Browser, scene: Scene) -> None:
    """Play a scene and write its picture."""
    first, *further = scene.solutions
    settings = PageSettings(examples=(EGGS, FIELD, RICE))
    with (
        scripted_llama([first], further=further or [first]) as scripted,
        page_server(scripted.llama, settings=settings) as page,
    ):
        browser.resize(*scene.size)
        browser.dark(scene.dark)
        browser.open(page.url)
        browser.wait_for("document.querySelector('.example') !== null")
        scene.act(browser)
        browser.wait_for("document.querySelector('.actions') !== null && document.fonts.status === 'loaded'")
        browser.read("scrollTo(0, document.documentElement.scrollHeight > 1.1 * innerHeight ? document.body.scrollHeight : 0)")
        browser.picture(PICTURES / f"{scene.name}.png")


def main() -> None:
    """Draw them all."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, Browser(Path(profile)) as browser:
        for scene in SCENES:
            draw(browser, scene)


if __name__ == "__main__":
    main()
