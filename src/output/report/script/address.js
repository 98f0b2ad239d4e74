// The address of the page: it holds scenario, option and chapter, so that a link shows what its sender saw.

/** The wish of an address: `#scenario=base&option=2&chapter=risk`. */
function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  return { scenario: asked.get("scenario"), option: asked.get("option"), chapter: asked.get("chapter") };
}

/** The address of a view. */
function addressOf({ scenario, option, chapter }) {
  const parts = Object.entries({ scenario, option, chapter }).filter(([, value]) => value !== null && value !== undefined);
  return `#${parts.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&")}`;
}

/** Shows an address in the browser without going there; a step back leads to the former one if it `isStep`. */
function writeAddress(parts, isStep) {
  const address = addressOf(parts);
  if (address === location.hash) return;
  try {
    if (isStep) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // Pages without an origin may not; the report works without an address.
  }
}
