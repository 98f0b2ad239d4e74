// Is it balanced: what each group gets of the money and brings of the value, and what is likely to succeed.

// A group beyond these is told in the table.
const GROUPS = 16;

const NO_GROUP = { "(none)": "without one", "(shared)": "shared by several" };

/** The groups of one attribute with their shares of money and of value; those of lines have no value. */
function groupShares(view, rows) {
  const goal = goalOf(view);
  const column = goal.measure === "npv" ? "npv" : goal.measure === "projects" ? "projects" : "strategic_value";
  const values = rows.map((row) => row[column]);
  // Parts of a whole that has minuses are no shares.
  const total = values.every((value) => isNumber(value) && value >= -1e-9) ? sumOf(rows, (row) => row[column]) : 0;
  const shared = rows.map((row) => ({ ...row, name: NO_GROUP[row.group] || row.group, money: row.share_of_cost, value: total > 0 ? row[column] / total : null }));
  return { column, rows: shared.filter((row) => row.cost !== 0 || row.projects > 0).sort((one, other) => (other.money || 0) - (one.money || 0)) };
}

function groupsTitle(rows, valueName) {
  const [first] = rows;
  const takes = `${first.name} takes ${formatPercent(first.money)} of the money`;
  if (!isNumber(first.value)) return takes;
  const brings = `brings ${formatPercent(first.value)} of the ${valueName}`;
  const best = rows.filter((row) => isNumber(row.value) && row.money > 0.02).sort((one, other) => other.value / other.money - one.value / one.money)[0];
  if (!best || best === first) return `${takes} and ${brings}`;
  return `${takes} and ${brings}; ${best.name} brings ${formatPercent(best.value)} with ${formatPercent(best.money)}`;
}

/** Two bars per row, one above the other: a part of the money and a part of the value. */
function drawShares(rows, { names, valueName }, width) {
  const left = Math.min(240, width * 0.42);
  const isTold = rows.some((row) => isNumber(row.value));
  const height = isTold ? 34 : 24;
  const drawing = plot({ width, height: height * rows.length + 40, margin: { left, right: 60, top: 8, bottom: 32 }, label: names });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(rows.flatMap((row) => [row.money, row.value])), [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS });
  const marks = rows.map((row, place) => {
    const top = area.top + place * height;
    const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: height - 4, class: "catch" }));
    const put = (share, y, css) => {
      if (!isNumber(share)) return;
      group.append(svg("rect", { x: Math.min(x(0), x(share)), y, width: Math.max(1, Math.abs(x(share) - x(0))), height: 12, class: css }), text(Math.max(x(0), x(share)) + 5, y + 10, formatPercent(share), { css: css === "out" ? "faint" : "strong" }));
    };
    put(row.money, top + 2, "out");
    put(row.value, top + 16, "plan-bar");
    root.append(text(left - 8, top + (isTold ? 20 : 13) + 1, row.name, { anchor: "end", room: left - 10 }), group);
    const value = isNumber(row.value) ? `${formatPercent(row.value)} of the ${valueName}` : null;
    return { node: group, tell: [row.name, isNumber(row.money) ? `${formatPercent(row.money)} of the money` : null, value, isNumber(row.projects) ? counted(row.projects, "project") : null].filter(Boolean) };
  });
  tellMarks(root, marks);
  return root;
}

function groupFigure(view, by, all) {
  const { column, rows } = groupShares(view, all);
  if (rows.length < 2 || !rows.some((row) => isNumber(row.money))) return null;
  const valueName = column === "projects" ? "projects" : measureName(column);
  const name = by.replace(/^line\./, "line ").replace(/[_.]/g, " ");
  const shown = rows.slice(0, GROUPS);
  const isTold = rows.some((row) => isNumber(row.value));
  const currency = currencyOf(view);
  return figure({
    title: capital(groupsTitle(rows, valueName)),
    subtitle: `Share of the money${isTold ? ` and of the ${valueName}` : ""} by ${name}. Scenario ${view.scenario}`,
    legend: isTold && legendOf([["out", "of the money"], ["plan", `of the ${valueName}`]]),
    chart: (width) => drawShares(shown, { names: `Shares by ${name}`, valueName }, width),
    table: {
      rows,
      columns: [
        { title: capital(name), of: (row) => row.name, as: "text" },
        { title: "Projects", of: (row) => row.projects, as: "count" },
        { title: "Cost", of: (row) => row.cost, as: "amount", unit: currency },
        { title: "Of the money", of: (row) => row.money, as: "percent" },
        isTold && { title: capital(measureName(column)), of: (row) => row[column], as: column === "npv" ? "amount" : column === "projects" ? "count" : "number", unit: currency },
        isTold && { title: `Of the ${valueName}`, of: (row) => row.value, as: "percent" },
      ].filter(Boolean),
    },
    foot: [provenance(view), rows.length > shown.length && `${counted(rows.length - shown.length, "further group")} in the table`],
  });
}

/** The chosen projects by chance of success and value; none where all succeed alike. */
function successRows(view) {
  const chosen = chosenOf(view);
  const cases = ofScenario(view, "business_cases").filter((row) => chosen.has(row.project) && row.strategic_value > 0 && isNumber(row.expected_strategic_value));
  const rows = cases.map((row) => ({ ...row, name: view.report.name(row.project), success: row.expected_strategic_value / row.strategic_value }));
  return new Set(rows.map((row) => row.success.toFixed(3))).size > 2 ? rows : [];
}

/** The attribute that colours the bubbles: the first that parts them into no more kinds than there are colours. */
function bubbleKinds(view, rows) {
  const attribute = laneAttribute(view, rows);
  const of = (row) => (attribute && view.report.project(row.project).attributes[attribute]) || "";
  const kinds = [...new Set(rows.map(of))].sort((one, other) => one.localeCompare(other));
  return attribute && kinds.length <= 8 ? { attribute, of, kinds } : { attribute: null, of: () => "", kinds: [""] };
}

const SHAPES = ["circle", "square", "triangle", "diamond"];

function drawBubbles(view, rows, { kinds, of }, width, isPaper) {
  const drawing = plot({ width, height: heightFor(360, isPaper), margin: { left: 50, top: 24, bottom: 44, right: 20 }, label: "Projects by chance of success and value" });
  const { root, area } = drawing;
  const successes = rows.map((row) => row.success);
  const x = linearScale(niceDomain(successes, { zero: Math.min(...successes) < 0.3 }), [area.left, area.right]);
  const y = linearScale(niceDomain(rows.map((row) => row.strategic_value)), [area.bottom, area.top]);
  valueAxis(drawing, y, { form: { divisor: 1 }, unit: "Strategic value if it succeeds" });
  baseAxis(drawing, x, { form: PERCENT_TICKS, unit: "chance of success" });
  const most = Math.max(...rows.map((row) => row.cost), 1e-9);
  const marks = [...rows].sort((one, other) => other.cost - one.cost).map((row) => {
    const kind = kinds.indexOf(of(row));
    const node = point(x(row.success), y(row.strategic_value), 3 + 17 * Math.sqrt(Math.max(0, row.cost) / most), `fill kind-${kind} bubble`, SHAPES[kind % SHAPES.length]);
    root.append(node);
    return { node, tell: [row.name, [row.project, of(row)].filter(Boolean).join(" · "), `succeeds with a chance of ${formatPercent(row.success)}`, `strategic value ${formatNumber(row.strategic_value)}, cost ${fullAmount(row.cost, currencyOf(view))}`], attributes: { "data-project": row.project } };
  });
  tellMarks(root, marks);
  return root;
}

function successFigure(view) {
  const rows = successRows(view);
  if (rows.length < 3) return null;
  const forms = bubbleKinds(view, rows);
  const cost = sumOf(rows, (row) => row.cost);
  const unsure = rows.filter((row) => row.success < 0.7);
  const share = cost > 0 ? formatPercent(sumOf(unsure, (row) => row.cost) / cost) : null;
  const title = unsure.length === 0 ? `All of ${counted(rows.length, "chosen project")} succeed with a chance of 70${THIN}% or more` : `${unsure.length} of ${counted(rows.length, "chosen project")} succeed${unsure.length === 1 ? "s" : ""} with a chance below 70${THIN}%${share ? ` and hold${unsure.length === 1 ? "s" : ""} ${share} of the cost` : ""}`;
  return figure({
    title,
    subtitle: `Strategic value against chance of success; size is cost${forms.attribute ? `, colour and shape ${forms.attribute.replace(/_/g, " ")}` : ""}. Scenario ${view.scenario}`,
    legend: forms.attribute && el("ul", { class: "legend" }, forms.kinds.map((kind, place) => el("li", null, svg("svg", { class: "chart key", viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": true }, point(7, 7, 5, `fill kind-${place}`, SHAPES[place % SHAPES.length])), kind || "without one"))),
    chart: (width, isPaper) => drawBubbles(view, rows, forms, width, isPaper),
    table: {
      rows,
      columns: [
        { title: "Project", of: (row) => row.name, as: "text", project: (row) => row.project },
        forms.attribute && { title: capital(forms.attribute.replace(/_/g, " ")), of: (row) => forms.of(row), as: "text" },
        { title: "Chance of success", of: (row) => row.success, as: "percent" },
        { title: "Strategic value", of: (row) => row.strategic_value, as: "number" },
        { title: "Expected", of: (row) => row.expected_strategic_value, as: "number" },
        { title: "Cost", of: (row) => row.cost, as: "amount", unit: currencyOf(view) },
      ].filter(Boolean),
    },
    foot: [provenance(view), "chance of success as the input has it"],
  });
}

chapter({
  id: "groups",
  title: "Balance",
  question: "Is it balanced?",
  build(view) {
    const rows = ofOption(view, "groups");
    const groupings = [...new Set(rows.map((row) => row.group_by))];
    const figures = groupings.map((by) => groupFigure(view, by, rows.filter((row) => row.group_by === by)));
    const told = [...figures, successFigure(view)].filter(Boolean);
    return told.length > 0 ? el("div", null, told) : null;
  },
});
