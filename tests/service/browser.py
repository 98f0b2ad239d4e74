"""Uses the page in a headless Chromium, over its debugging pipe. Standard library only.

    python3 browser.py CHROMIUM SERVER SOUND_CASE FAULTY_CASE SLOW_CASE EXAMPLE_FOLDER

Each case is a folder with `batch.toml` and `data`; the slow one has quick scenarios first. With the variable SHOTS,
pictures of the page are written to the folder that it names.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 60
RESULTS = "!!document.querySelector('a[href$=\"results.zip\"]')"
REPORT = "document.body.classList.contains('is-live') && document.querySelectorAll('.chapter').length > 3"


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
        session = parameters.pop("session", None) or self.session
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        wanted = self.count
        while True:
            answer = self.receive()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def tab(self, url):
        """Opens another tab; gives its session."""
        first, self.session = self.session, None
        target = self.call("Target.createTarget", url=url)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.session = first
        return session

    def value(self, expression, session=None):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, session=session)
        return result["result"].get("value")

    def until(self, what, expression, session=None):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if found := self.value(expression, session):
                    return found
            except RuntimeError:
                pass  # between two pages
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.value('document.body.innerText', session)}")
            time.sleep(0.05)

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.until("the page is there", f"document.readyState === 'complete' && location.href.startsWith({url!r})")

    def choose(self, files, field="#files"):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=field)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def drop(self, *paths):
        """Drops files or folders on the form."""
        box = "document.getElementById('upload').getBoundingClientRect()"
        x, y = self.value(f"{box}.x + 20"), self.value(f"{box}.y + 20")
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ["dragEnter", "dragOver", "drop"]:
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def listed(self):
        return self.value("[...document.querySelectorAll('#list span')].map((one) => one.textContent)")

    def send(self):
        self.value("document.getElementById('send').click()")

    def status(self):
        return self.value("document.getElementById('chosen').textContent")

    def upload(self, server, case):
        self.open(server + "/")
        self.choose([case / "batch.toml", *sorted((case / "data").glob("*.csv"))])
        self.until("the files are listed", "document.querySelectorAll('#list li').length > 2")
        self.send()

    def shot(self, name):
        if folder := os.environ.get("SHOTS"):
            data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            Path(folder, f"{name}.png").write_bytes(base64.b64decode(data))

    def press(self, key):
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[key],
                      **({"text": "\r"} if (kind, key) == ("keyDown", "Enter") else {}))


def gather(browser, server, sound, faulty, example):
    """Files of folders, listed, replaced and removed; going on after faults."""
    browser.open(server + "/")
    browser.drop(example)
    browser.until("the folder is listed", "document.querySelectorAll('#list li').length === 6")
    listed = browser.listed()
    assert any(path.endswith("scenarios/petersen-1.toml") for path in listed), listed
    assert "README.md" in browser.status(), browser.status()
    browser.shot("dropped")
    browser.send()
    browser.until("the folder was taken", "location.pathname.startsWith('/batches/')")
    print("a folder was dropped as it was extracted")

    browser.open(server + "/")
    browser.send()
    browser.until("nothing to send", "document.getElementById('chosen').textContent.startsWith('Add a batch file')")
    browser.choose([faulty / "batch.toml"])
    browser.until("one is listed", "document.querySelectorAll('#list li').length === 1")
    browser.choose(sorted((faulty / "data").glob("*.csv")))
    browser.until("both folders are listed", "document.querySelectorAll('#list li').length === 7")
    browser.send()
    browser.until("faults are shown", "!!document.querySelector('#answer td.bad')")
    assert browser.value("document.querySelector('td.bad').textContent").startswith("3o")
    assert browser.value("document.activeElement.id") == "answer"
    marked = browser.value("[...document.querySelectorAll('#list li')].filter((one) => one.querySelector('.bad'))"
                           ".map((one) => one.querySelector('span').textContent)")
    assert marked == ["costs.csv"], marked
    browser.shot("faults")
    browser.choose([sound / "data" / "costs.csv"])
    browser.until("it is replaced", "document.getElementById('chosen').textContent.includes('in place of')")
    assert len(browser.listed()) == 7, browser.listed()
    browser.send()
    browser.until("the batch was taken", "location.pathname.startsWith('/batches/')")
    print("faults were shown at their cells, one file was replaced, and the others were kept")

    browser.open(server + "/")
    browser.drop(sound)
    browser.until("it is listed", "document.querySelectorAll('#list li').length === 7")
    browser.value("document.querySelector('#list button').focus()")
    browser.press("Enter")
    browser.until("it is removed", "document.querySelectorAll('#list li').length === 6")
    assert browser.value("document.activeElement.textContent") == "Remove", "the focus stays in the list"
    (sound / "data" / "extra.toml").write_text("[batch]\n")
    browser.drop(sound)
    browser.until("which batch file is asked", "!document.getElementById('which').hidden")
    (sound / "data" / "extra.toml").unlink()
    browser.value("document.getElementById('clear').click()")
    browser.until("none is left", "document.getElementById('listed').hidden")
    print("files were removed by keyboard")

    browser.drop(faulty)
    browser.until("it is listed", "document.querySelectorAll('#list li').length === 7")
    costs = faulty / "data" / "costs.csv"
    before = costs.read_text()
    costs.write_text(before.replace("3o", "30"))
    browser.send()
    browser.until("what was mended on the disk was taken", "location.pathname.startsWith('/batches/')")
    costs.write_text(before)
    print("a file of a dropped folder was mended on the disk and read anew")


def read_report(browser):
    """Chapters, choice of scenario and option, and the address that holds them."""
    browser.until("the report is drawn", REPORT)
    scenarios = browser.value("[...document.querySelectorAll('select[name=Scenario] option')].map((one) => one.value)")
    browser.value("{ const list = document.querySelector('select[name=Scenario]'); list.selectedIndex = 2; "
                  "list.dispatchEvent(new Event('change')); }")
    browser.until("the address holds the scenario", f"new URLSearchParams(location.hash.slice(1)).get('scenario') === {scenarios[2]!r}")
    browser.until("its chapters are there", "!!document.querySelector('[data-chapter=fit]')")
    chapters = browser.value("[...document.querySelectorAll('.chapter')].map((one) => one.dataset.chapter).join()")
    assert all(one in chapters for one in ["answer", "matrix", "fit", "trust"]), chapters
    assert "Beta" in browser.value("document.querySelector('#report').innerText"), "names are told"
    address = browser.value("location.href")
    browser.open("about:blank")
    browser.open(address)
    browser.until("the report is drawn again", REPORT)
    assert browser.value("document.querySelector('select[name=Scenario]').value") == scenarios[2], "a link shows what its sender saw"
    browser.shot("report")
    print("the report was read, and its address shows the same again")


def put_together_a_run(browser):
    """A project is forced out on its card, a budget changed; what will change is shown before anything starts."""
    browser.value("document.querySelector('#report [data-project]').click()")
    browser.until("its card is open", "!!document.querySelector('dialog[open] .card-tools')")
    browser.value("document.querySelector('dialog [data-field=force_out]').click()")
    assert browser.value("document.querySelector('dialog [data-field=force_out]').getAttribute('aria-pressed')") == "true"
    browser.value("document.querySelector('dialog[open]').close()")
    browser.value("{ const field = document.querySelector('[name=budget_scale]'); field.value = '0.9'; "
                  "field.dispatchEvent(new Event('input', { bubbles: true })); }")
    told = browser.until("the next run is told", "!document.querySelector('.next-run').hidden && document.querySelector('.next-run').innerText")
    assert "forced out" in told and "budgets × 0.9" in told, told
    browser.shot("next-run")
    browser.value("document.querySelector('.next-run button[type=submit]').click()")
    browser.until("what will change is shown", "document.querySelector('h1')?.textContent.endsWith('what will change')")
    assert "force out" in browser.value("document.querySelector('.changes').innerText")
    browser.shot("what-will-change")
    print("a run was put together on the report, and its changes were shown before it starts")


def look(browser, server, sound):
    """Progress to the results; a phone, the keyboard."""
    browser.upload(server, sound)
    browser.until("the page of the batch is there", "location.pathname.startsWith('/batches/')")
    browser.until("results are shown", RESULTS)
    print("progress was followed to the results")
    read_report(browser)
    page = browser.value("location.href")
    put_together_a_run(browser)
    browser.open(page)
    browser.until("the report is back", REPORT)

    browser.call("Emulation.setDeviceMetricsOverride", width=375, height=700, deviceScaleFactor=2, mobile=True)
    wide = browser.until("it is laid out", "document.documentElement.scrollWidth")
    assert wide <= 375, f"a phone would have to scroll sideways: {wide}"
    browser.call("Emulation.clearDeviceMetricsOverride")
    browser.press("Tab")
    assert browser.value("document.activeElement.className") == "skip", "the first stop is the way to the content"
    print("it fits a phone and is reached by keyboard")

    without = "delete window.SharedWorker"
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source=without)["identifier"]
    browser.upload(server, sound)
    browser.until("the page of the batch is there", "location.pathname.startsWith('/batches/')")
    assert browser.value("window.SharedWorker === undefined")
    browser.until("results are shown", RESULTS)
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    print("progress was followed without a shared worker")


def give_up(browser, server, slow):
    """What runs is marked, contact is lost and found, what was finished is kept, deletion asks and is undone."""
    browser.upload(server, slow)
    browser.until("it runs", "document.getElementById('state')?.textContent === 'running'")
    browser.until("the slow one is marked",
                  "[...document.querySelectorAll('#scenarios tr')].some((row) => row.dataset.name === 'slow' "
                  "&& row.querySelector('.status').textContent === 'running')")
    browser.shot("running")
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.call("Network.emulateNetworkConditions", offline=True, **offline)
    browser.until("lost contact is told", "document.getElementById('contact').textContent.startsWith('No contact')")
    browser.shot("no-contact")
    browser.value("window.isOld = true")
    browser.call("Network.emulateNetworkConditions", offline=False, **offline)
    browser.until("the page is fresh again", "!window.isOld && document.getElementById('state')?.textContent === 'running'")
    print("lost contact was told, and the page came back")

    page = browser.value("location.href")
    tabs = [browser.tab(page) for _ in range(7)]
    for tab in tabs:
        browser.until("a tab is there", "document.readyState === 'complete' && !!document.getElementById('live')", tab)
    # A browser has six connections to a server.
    browser.open(server + "/")
    print("tabs of unfinished batches leave connections for others")
    browser.open(page)
    browser.value("document.querySelector('#live form button').click()")
    for tab in [None, *tabs]:
        browser.until("it is cancelled", "document.getElementById('state')?.textContent === 'cancelled'", tab)
    print("what runs was cancelled, and all tabs were told")
    browser.until("its part is shown", RESULTS)
    assert "in part: 3 of 5 scenarios" in browser.value("document.body.innerText")
    browser.shot("part")
    print("what was finished is kept")

    browser.value("document.querySelector('details summary.danger').focus()")
    browser.press("Enter")
    browser.until("it asks", "document.querySelector('details[open] form p')?.textContent.startsWith('Delete')")
    browser.shot("asks")
    browser.value("document.querySelector('details[open] button').click()")
    browser.until("it can be undone", "document.querySelector('.notice')?.textContent.includes('was deleted')")
    browser.shot("deleted")
    browser.value("document.querySelector('.notice button').click()")
    browser.until("it is back", "document.getElementById('state')?.textContent === 'cancelled'")
    print("deletion asked, and was undone")

    browser.open(server + "/batches/none")
    assert "There is nothing here" in browser.value("document.body.innerText")
    browser.shot("refusal")


def check(browser, server, sound, faulty, slow, example):
    gather(browser, server, sound, faulty, example)
    look(browser, server, sound)
    give_up(browser, server, slow)
    others = [url for url in browser.requests if not url.startswith((server, "about:", "data:"))]
    assert not others, others
    expected = ["favicon", "422", "404", "ERR_INTERNET_DISCONNECTED"]
    complaints = [text for text in browser.complaints if not any(word in text for word in expected)]
    assert not complaints, complaints
    print("nothing was asked of other servers, and nothing was complained about")


def main():
    program, server = sys.argv[1:3]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            check(browser, server, *map(Path, sys.argv[3:7]))
        finally:
            browser.process.kill()
            browser.process.wait()


if __name__ == "__main__":
    main()
