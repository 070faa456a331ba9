"""A real headless Chromium, driven over its own DevTools pipe: type, press, read the page, take a picture.

Protocol: https://chromedevtools.github.io/devtools-protocol; with --remote-debugging-pipe, JSON ended by NUL on the
descriptors 3 (to the browser) and 4 (from it).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-pipe"""
_PATIENCE_S = 90


class Browser:
    """One tab. Use as a context manager."""

    def __init__(self, profile: Path, width: int = 1000, height: int = 800):
        ours, self._output = os.pipe()
        self._input, theirs = os.pipe()
        command = [
            str(CHROMIUM),
            *_FLAGS.split(),
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            "about:blank",
        ]
        wired = ["bash", "-c", f'exec "$0" "$@" 3<&{ours} 4>&{theirs}', *command]
        self._process = subprocess.Popen(wired, pass_fds=(ours, theirs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours)
        os.close(theirs)
        self._number, self._unread, self._session = 0, b"", {}
        self.requested: list[str] = []
        """Every address that the page asked for."""
        tab = next(target for target in self.call("Target.getTargets")["targetInfos"] if target["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=tab["targetId"], flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        self.call("Network.enable")
        self.call("Page.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._input)
        os.close(self._output)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol and its result."""
        answer = self._answer(method, parameters)
        assert "error" not in answer, answer
        return answer["result"]

    def _answer(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | self._session
        os.write(self._output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next_message()
            if answer.get("method") == "Network.requestWillBeSent":
                self.requested.append(answer["params"]["request"]["url"])
            if answer.get("id") == self._number:
                return answer

    def _next_message(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            piece = os.read(self._input, 1 << 16)
            assert piece, "Chromium has gone"
            self._unread += piece
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def read(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; None while another page takes its place."""
        answer = self._answer("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if "navigated" in answer.get("error", {}).get("message", ""):
            return None
        assert "error" not in answer, answer
        result = answer["result"]
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + _PATIENCE_S
        while not self.read(expression):
            assert time.monotonic() < until, f"{expression} stayed false; the page: {self.read('document.body.innerText')!r}"

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def press_enter(self) -> None:
        """Press and release Enter."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def click(self, selector: str) -> None:
        """Click in the middle of an element."""
        place = self.read(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        button = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", type="mousePressed", **button)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", **button)

    def resize(self, width: int, height: int, phone: bool = True) -> None:
        """Look as on a telephone, whose finger is no mouse, or as on a desk."""
        scale = 2 if phone else 1
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def dark(self, dark: bool) -> None:
        """Ask for dark colours, or for light ones."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def faults(self, axe: str) -> list[str]:
        """What axe-core finds in the page above `minor`, as "rule: element".

        Args:
            axe: the source of axe-core.
        """
        self.call("Runtime.evaluate", expression=axe)
        run = "axe.run().then((found) => found.violations.filter((one) => one.impact !== 'minor')"
        told = ".map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"
        answer = self.call("Runtime.evaluate", expression=run + told, awaitPromise=True, returnByValue=True)
        return list(answer["result"]["value"])

    def picture(self, file: Path, of: str = "") -> None:
        """Write what is seen as a PNG; `of`: one element, however high, by its selector."""
        area: dict[str, Any] = {}
        if of:
            box = self.read(
                f"(() => {{ const box = document.querySelector({json.dumps(of)}).getBoundingClientRect();"
                "return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 1}; })()"
            )
            area = {"clip": box, "captureBeyondViewport": True}
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **area)["data"]))
