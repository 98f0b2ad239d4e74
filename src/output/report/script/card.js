// The card of a project: what it costs and brings, where it is in and out, why, and what would turn it.

/** Parts that other faces of the report add to the card: functions of view and id that give a node or null. */
const CARD_PARTS = [];

/** The card's node. */
function projectCard(view, id) {
  const { report } = view;
  const project = report.project(id);
  const head = el("h2", null, project.name, project.name !== id && [" ", el("small", null, id)]);
  return el("article", null, head, decisionLines(view, id), CARD_PARTS.map((part) => part(view, id)), caseTable(view, id), factList(view, project), linkList(view, project), presence(view, id));
}

/** Is it in, why, and what would turn it. */
function decisionLines(view, id) {
  const { report, scenario, option } = view;
  if (!view.row) return null;
  const chosen = chosenOf(view).get(id);
  const decision = reasonsOf(view).get(id);
  const part = chosen && isNumber(chosen.fraction) && chosen.fraction < 1 ? `${formatPercent(chosen.fraction)} of it, ` : "";
  const state = chosen ? `In: ${part}from ${chosen.start}${chosen.end ? ` to ${chosen.end}` : ""}` : "Out";
  const own = report.rows("business_cases", { scenario, project: id })[0] || {};
  const turn = decision && turningPoint(decision, own);
  const swap = decision && [["+", "then enters"], ["-", "then leaves"]].map(([sign, words]) => [words, displaced(decision, sign)]).filter(([, ids]) => ids.length > 0);
  return el(
    "div",
    null,
    el("p", { class: chosen ? "state in" : "state" }, el("strong", null, state), ` in scenario ${scenario}, option ${option}.`),
    decision && el("p", null, withNames(report, capital(decision.reason)), "."),
    turn && el("p", null, `It would turn with ${turn}.`),
    swap && swap.map(([words, ids]) => el("div", null, el("h3", null, `If it is turned, ${words}`), projectList(report, ids, 6))),
  );
}

function caseTable(view, id) {
  const { report, scenario } = view;
  const row = report.rows("business_cases", { scenario, project: id })[0];
  if (!row) return null;
  const unit = report.batch.currency || "";
  const known = [
    ["Cost", row.cost, (value) => fullAmount(value, unit)],
    ["Benefit", report.hasNpv ? row.benefit : null, (value) => fullAmount(value, unit)],
    ["NPV", report.hasNpv ? row.npv : null, (value) => fullAmount(value, unit)],
    ["IRR", row.irr, formatPercent],
    ["Payback, periods", row.payback, formatNumber],
    ["Profitability index", row.profitability_index, formatNumber],
    ["Strategic value", row.strategic_value, formatNumber],
    ["Expected strategic value", row.expected_strategic_value === row.strategic_value ? null : row.expected_strategic_value, formatNumber],
  ].filter(([, value]) => isNumber(value));
  if (known.length === 0) return null;
  const rows = known.map(([name, value, write]) => [name, { class: "number", of: write(value) }]);
  return el("div", null, el("h3", null, "Business case, whole and as planned"), plainTable(["Figure", { class: "number", of: "Value" }], rows, "facts"));
}

/** Attributes, status and possible starts. */
function factList({ report }, project) {
  const periods = report.batch.periods || [];
  const place = periods.indexOf(project.start);
  const last = place >= 0 && project.max_delay > 0 ? periods[Math.min(place + project.max_delay, periods.length - 1)] : null;
  const facts = [
    project.status && project.status !== "candidate" && ["Status", project.status],
    project.start && ["Planned start", last && last !== project.start ? `${project.start}, at the latest ${last}` : project.start],
    project.agreed_start && ["Start in the current plan", project.agreed_start],
    isNumber(project.success_probability) && project.success_probability < 1 && ["Probability of success", formatPercent(project.success_probability)],
    ...Object.entries(project.attributes || {}).filter(([, value]) => value !== ""),
  ].filter(Boolean);
  return facts.length > 0 ? el("div", null, el("h3", null, "Project"), plainTable(["Fact", "Value"], facts, "facts")) : null;
}

/** Projects that it needs or that need it, each in or out. */
function linkList(view, project) {
  const { report } = view;
  const chosen = chosenOf(view);
  const item = (words, id) => el("li", null, words, " ", projectLink(report, id), chosen.has(id) ? " (in)" : " (out)");
  const own = report.dependencies.filter((one) => one.project === project.id).map(({ kind, lag, other }) => item({ requires: "requires", after: lag ? `not before ${counted(lag, "period")} after` : "not before", excludes: "excludes", together: "together with" }[kind] || kind, other));
  const others = report.dependencies.filter((one) => one.other === project.id).map((one) => item({ requires: "is required by", after: "comes before", excludes: "is excluded by", together: "together with" }[one.kind] || one.kind, one.project));
  const groups = report.alternatives.filter((group) => group.projects.includes(project.id)).flatMap((group) => group.projects.filter((id) => id !== project.id).map((id) => item("is an alternative to", id)));
  const items = [...own, ...others, ...groups];
  return items.length > 0 ? el("div", null, el("h3", null, "Links"), el("ul", null, items)) : null;
}

/** In which scenarios it is funded. */
function presence(view, id) {
  const { report } = view;
  const fields = fieldsOf(report).filter((field) => !field.isOption);
  if (fields.length < 2) return null;
  const isIn = ({ scenario, option }) => report.chosen(scenario, option).includes(id);
  const inside = fields.filter(isIn);
  const outside = fields.filter((field) => !inside.includes(field));
  const list = (some) => el("ul", { class: "names" }, some.map(({ scenario }) => el("li", null, el("button", { type: "button", class: "link", "data-scenario": scenario }, scenario))));
  const part = (title, some) => some.length > 0 && el("details", { open: some.length <= 12 }, el("summary", null, `${title} ${formatCount(some.length)} of ${counted(fields.length, "scenario")}`), list(some));
  const isPlain = inside.length === 0 || outside.length === 0;
  const words = `${inside.length > 0 ? "In" : "Out in"} all ${formatCount(fields.length)} scenarios.`;
  return el("div", null, el("h3", null, "Scenarios"), isPlain ? el("p", null, words) : [part("In", inside), part("Out in", outside)]);
}
