"""Uses the page in a headless Chromium, over its debugging pipe. Standard library only.

    python3 browser.py CHROMIUM SERVER SOUND_CASE FAULTY_CASE SLOW_CASE
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 60


class Browser:
    """A tab, and everything that it asks other servers for or complains about."""

    def __init__(self, program, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        # The browser reads its commands from descriptor 3 and answers on 4.
        script = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(["bash", "-c", script, program, *arguments], stderr=subprocess.DEVNULL,
                                        pass_fds=(to_browser, from_browser))
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.count, self.session = b"", 0, None
        self.requests, self.complaints = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log", "DOM"]:
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.read_end, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser is gone")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        parameters = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif message.get("method") == "Log.entryAdded":
            self.complaints.append(parameters["entry"]["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(parameters))
        return message

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        wanted = self.count
        while True:
            answer = self.receive()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def until(self, what, expression):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if found := self.value(expression):
                    return found
            except RuntimeError:
                pass  # between two pages
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.value('document.body.innerText')}")
            time.sleep(0.05)

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.until("the page is there", f"document.readyState === 'complete' && location.href.startsWith({url!r})")

    def upload(self, server, case):
        self.open(server + "/")
        files = [str(case / "batch.toml"), *map(str, sorted((case / "data").glob("*.csv")))]
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        field = self.call("DOM.querySelector", nodeId=root, selector="#files")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=field, files=files)
        self.until("the files are named", "document.getElementById('chosen').textContent.includes('batch.toml')")
        self.value("document.querySelector('#upload button').click()")

    def press(self, key):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9)


def check(browser, server, sound, faulty, slow):
    browser.upload(server, faulty)
    browser.until("faults are shown", "!!document.querySelector('td.bad')")
    assert browser.value("document.querySelector('td.bad').textContent").startswith("3o")
    print("faults are shown at their cells")

    browser.upload(server, sound)
    browser.until("the page of the batch is there", "location.pathname.startsWith('/batches/')")
    browser.until("results are shown", "!!document.querySelector('main a[href$=\"results.zip\"]')")
    headings = browser.value("[...document.querySelectorAll('h2')].map((one) => one.textContent).join()")
    assert "Selection by scenario" in headings and "Spend against budgets" in headings, headings
    print("progress was followed to the results")
    browser.value("document.querySelector('select[name=scenario]').selectedIndex = 2;"
                  "document.querySelector('select[name=scenario]').form.submit()")
    browser.until("the chart is drawn", "document.querySelectorAll('figure svg circle').length > 0")

    browser.call("Emulation.setDeviceMetricsOverride", width=375, height=700, deviceScaleFactor=2, mobile=True)
    wide = browser.until("it is laid out", "document.documentElement.scrollWidth")
    assert wide <= 375, f"a phone would have to scroll sideways: {wide}"
    browser.call("Emulation.clearDeviceMetricsOverride")
    browser.press("Tab")
    assert browser.value("document.activeElement.className") == "skip", "the first stop is the way to the content"
    print("it fits a phone and is reached by keyboard")

    browser.upload(server, slow)
    browser.until("it runs", "document.getElementById('state')?.textContent === 'running'")
    browser.value("document.querySelector('#live form button').click()")
    browser.until("it is cancelled", "document.getElementById('state')?.textContent === 'cancelled'")
    print("what runs was cancelled")

    others = [url for url in browser.requests if not url.startswith((server, "about:", "data:"))]
    assert not others, others
    complaints = [text for text in browser.complaints if "favicon" not in text and "422" not in text]
    assert not complaints, complaints
    print("nothing was asked of other servers, and nothing was complained about")


def main():
    program, server = sys.argv[1:3]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            check(browser, server, *map(Path, sys.argv[3:6]))
        finally:
            browser.process.kill()
            browser.process.wait()


if __name__ == "__main__":
    main()
