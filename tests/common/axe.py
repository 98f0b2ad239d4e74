"""Holds pages to the rules of axe-core (accessibility: WCAG 2 A and AA, and good practice) in a headless Chromium.

    python3 axe.py CHROMIUM AXE_SCRIPT ADDRESS...

Each page is judged in light and in dark, on a desk and on a phone. Prints what breaks a rule; exits with 1 if anything does.
An address may have a script behind a blank, which is run first: "file:///report.html document.querySelector('#more').click()".
"""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "service"))
from browser import Browser  # noqa: E402

# Width, height, scheme.
FACES = [(1280, 900, "light"), (1280, 900, "dark"), (390, 800, "light")]

JUDGE = """
axe.run(document, { resultTypes: ["violations"] }).then((result) => JSON.stringify(result.violations.map(
  ({ id, help, nodes }) => ({ id, help, count: nodes.length, nodes: nodes.slice(0, 5).map(
    (node) => [node.html.slice(0, 240), node.target.join(" "), (node.failureSummary || "").slice(0, 400)]) }))))
"""


def judge(browser, axe, address, face):
    width, height, scheme = face
    url, _, script = address.partition(" ")
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme},
                                                         {"name": "prefers-reduced-motion", "value": "reduce"}])
    # Another face of the same address is no navigation where only what stands behind # differs.
    browser.call("Page.navigate", url="about:blank")
    browser.open(url)
    # What the page fetches and draws once it is there.
    time.sleep(1)
    if script:
        browser.value(script)
        time.sleep(0.5)
    browser.call("Runtime.evaluate", expression=axe)
    answer = browser.call("Runtime.evaluate", expression=JUDGE, returnByValue=True, awaitPromise=True)
    if "exceptionDetails" in answer:
        raise RuntimeError(f"{url}: {answer['exceptionDetails']}")
    return json.loads(answer["result"]["value"])


def main():
    program, axe, addresses = sys.argv[1], Path(sys.argv[2]).read_text(), sys.argv[3:]
    broken = 0
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(program, profile)
        for address in addresses:
            for face in FACES:
                for rule in judge(browser, axe, address, face):
                    broken += 1
                    print(f"{address}, {face}: {rule['id']}, {rule['count']} times: {rule['help']}")
                    for html, target, why in rule["nodes"]:
                        print(f"    {target}\n        {html}\n        {why}")
        browser.process.terminate()
        browser.process.wait()
        # A page whose script failed has little to judge.
        complaints = [text for text in browser.complaints if "404" not in text and "favicon" not in text]
        for text in complaints:
            broken += 1
            print(f"the browser complains: {text}")
    print(f"{len(addresses)} pages, {broken} broken rules")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
