// Elements of the page. All text that comes from a batch enters the page here, as text and never as markup.
//
// An element with `data-project`, `data-scenario` or `data-option` leads to that project, scenario or option: the shell
// listens once for the whole page.

const SVG = "http://www.w3.org/2000/svg";

/** Puts an attribute on an element. Functions named `on…` listen; false, null and undefined leave it out; true is told by those of ARIA. */
function setAttribute(node, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  // A policy of content refuses styles as attributes, but not those that a script sets.
  else if (name === "style") node.style.cssText = String(value);
  else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

/** Appends nodes, texts and numbers, and lists of them; nothing is appended for false, null and undefined. */
function append(node, children) {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) setAttribute(node, name, value);
  return append(node, children);
}

/** An HTML element: `el("p", {class: "faint", onclick: act}, "text", el("b", null, 3))`. */
function el(tag, attributes, ...children) {
  return make(document.createElement(tag), attributes, children);
}

/** An SVG element, made like those of `el`. */
function svg(tag, attributes, ...children) {
  return make(document.createElementNS(SVG, tag), attributes, children);
}

/** A name that no other element of the page has, for references between elements. */
const freshId = (() => {
  let last = 0;
  return (stem) => `${stem}-${(last += 1)}`;
})();
