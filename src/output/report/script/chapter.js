// The chapters of the report, in the order in which their files are listed: the order in which questions are asked.

const CHAPTERS = [];

/**
 * A chapter: `id` for the address, `title` for the list of chapters, the `question` that it answers, and
 * `build(view)`, which gives its node, or null where there is nothing to tell: the chapter is then left out.
 *
 * `view` is `{report, scenario, option, row}`: the names of the scenario and the option that are shown, and the option's
 * row of options.csv (null where the scenario has no option). `isAcross` is for chapters on all scenarios that no choice
 * of the reader changes: they are built once, and `mark(node, view)` then shows what is chosen.
 */
function chapter({ id, title, question, build, isAcross = false, mark = null }) {
  CHAPTERS.push({ id, title, question, build, isAcross, mark });
}

/** A project by its name, its id small beside it; it leads to the project's card. */
function projectLink(report, id) {
  const name = report.name(id);
  return el("button", { class: "link", type: "button", "data-project": id }, name, name !== id && [" ", el("small", null, id)]);
}

/** A table of rows made by hand: `heads` are texts or nodes, a cell is a node, a text or `{class, of}`. Its headings are its name, until a figure gives it one. */
function plainTable(heads, rows, css) {
  const isCell = (one) => one && typeof one === "object" && "of" in one;
  const make = (tag, further) => (one) => el(tag, { ...further, class: isCell(one) ? one.class : null }, isCell(one) ? one.of : one);
  const body = rows.map((row) => el("tr", null, row.map(make("td", {}))));
  const table = el("table", { class: css }, el("thead", null, el("tr", null, heads.map(make("th", { scope: "col" })))), el("tbody", null, body));
  return el("div", { class: "wide whole", tabindex: 0, role: "region", "aria-label": `Table: ${table.tHead.textContent}` }, table);
}

/** A figure whose table is made by hand; the table can be copied. */
function handmade(title, subtitle, table, foot) {
  const id = freshId("figure");
  const own = [table, ...table.querySelectorAll(".wide")].find((node) => node.matches(".wide.whole"));
  if (own) own.setAttribute("aria-label", `Table: ${title}`);
  const head = el("div", { class: "figure-head" }, el("div", null, el("h3", { id }, title), subtitle && el("p", { class: "subtitle" }, subtitle)), table.querySelector("table") && copyOf(table));
  return el("figure", { "aria-labelledby": id }, head, table, foot && el("figcaption", null, foot));
}

/** A button that copies the first table of a node. */
function copyOf(node) {
  const button = el("button", { type: "button", title: "Copy the table, to paste it into a spreadsheet" }, "Copy");
  button.addEventListener("click", async () => {
    const rows = [...node.querySelector("table").rows].filter((row) => !row.hidden && !row.parentElement.hidden);
    const isCopied = await copyText(rows.map((row) => [...row.cells].map(cellText).join("\t")).join("\n"));
    button.textContent = isCopied ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  return el("div", { class: "tools" }, button);
}

/** The text of a cell in one line; the entries of a list are parted by `;`, and a cell of a heat map is its value. */
function cellText(cell) {
  const plain = (node) => node.textContent.trim().replace(/\s+/g, " ");
  const entries = [...cell.querySelectorAll("li")];
  if (entries.length > 0) return entries.map(plain).join("; ");
  const value = cell.querySelector(".heat-cell");
  return plain(value ? value.firstChild : cell);
}

/** The money of the batch in a sentence: `220 M EUR`. */
function money(report, amount) {
  return fullAmount(amount, report.batch.currency || "");
}
