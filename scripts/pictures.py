#!/usr/bin/env python3
"""Takes pictures of chapters of a report for the guide, in a headless Chromium. Standard library only.

    python3 scripts/pictures.py CHROMIUM REPORT FOLDER CHAPTER...

A chapter is the name that stands behind `chapter=` in an address of the report. Each picture is as wide as a page of the guide
and ends with the last figure that fits within HEIGHT; one that takes more than MOST bytes is a fault, as all of them travel with
the sources.
"""

import base64
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "service"))
from browser import Browser  # noqa: E402

WIDTH, HEIGHT, MOST, MARGIN = 1100, 640, 150_000, 12

# Left, top, width and height of a chapter, the last cut behind the last figure that ends within the height.
BOX = """
((section, most) => {
  const { x, y, width, height } = section.getBoundingClientRect();
  const ends = [...section.querySelectorAll("figure")].map((one) => one.getBoundingClientRect().bottom - y);
  const fitting = ends.filter((end) => end <= most);
  return [x + scrollX, y + scrollY, width, fitting.length > 0 ? Math.max(...fitting) : Math.min(height, most)];
})
"""


def take(browser, chapter, path):
    section = f"document.querySelector('section[data-chapter={chapter}]')"
    browser.until(f"there is a chapter {chapter}", f"!!{section}")
    left, top, width, height = browser.value(f"{BOX}({section}, {HEIGHT})")
    clip = {"x": left - MARGIN, "y": top, "width": width + 2 * MARGIN, "height": height + MARGIN, "scale": 1}
    data = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
    path.write_bytes(base64.b64decode(data))
    size = path.stat().st_size
    print(f"{path}: {size // 1000} kB")
    if size > MOST:
        sys.exit(f"{path} takes {size} bytes, and more than {MOST} are too many")


def main():
    program, report, folder, *chapters = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=900, deviceScaleFactor=1, mobile=False)
            browser.call("Emulation.setScrollbarsHidden", hidden=True)
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
            browser.open(Path(report).resolve().as_uri())
            # Charts are drawn anew once the page has its width.
            time.sleep(2)
            for chapter in chapters:
                take(browser, chapter, Path(folder, f"{chapter}.png"))
        finally:
            browser.process.kill()
            browser.process.wait()


if __name__ == "__main__":
    main()
