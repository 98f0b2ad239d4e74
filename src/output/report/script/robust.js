// Weights that are not known in full: which projects are in every good portfolio, and how far a weight may move.

// So many bars are drawn; the table has all projects.
const CORE_BARS = 60;

const ROBUST_CLASSES = { core: "in all", borderline: "in some", exterior: "in none" };

/** The message on the non-dominated portfolios of a scenario. */
function coreTitle(rows) {
  const [{ portfolios, status }] = rows;
  const of = (name) => rows.filter((row) => row.class === name).length;
  const [core, borderline, exterior] = [of("core"), of("borderline"), of("exterior")];
  const isAll = status === "optimal";
  if (portfolios === 1 && isAll) return `Whatever the admissible weights, one portfolio is the best: its ${counted(core, "project")}`;
  const set = isAll ? "every good portfolio" : `every one of the ${formatCount(portfolios)} good portfolios that were found`;
  const rest = `${formatCount(borderline)} ${borderline === 1 ? "is" : "are"} in some, ${formatCount(exterior)} in none`;
  if (core === 0) return `Whatever the admissible weights: no project is in ${set}, ${rest}`;
  const these = core === 1 ? "this project is" : `these ${formatCount(core)} projects are`;
  return `Whatever the admissible weights, ${these} in ${set}; ${rest}`;
}

function drawCore(rows, width) {
  const left = Math.min(260, width * 0.42);
  const height = 22;
  const drawing = plot({ width, height: height * rows.length + 40, margin: { left, right: 60, top: 8, bottom: 32 }, label: "Core index by project" });
  const { root, area } = drawing;
  const x = linearScale([0, 1], [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS, unit: "of the good portfolios" });
  const marks = rows.map((row, place) => {
    const top = area.top + place * height;
    const bars = svg("rect", { x: x(0), y: top + 3, width: Math.max(1, x(row.core_index) - x(0)), height: height - 8, class: row.class === "core" ? "plan-bar" : "out" });
    const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: height - 2, class: "catch" }), bars);
    group.append(text(x(row.core_index) + 5, top + 14, formatPercent(row.core_index), { css: row.class === "core" ? "strong" : "faint" }));
    root.append(text(left - 8, top + 14, row.label, { anchor: "end", room: left - 10 }), group);
    return { node: group, tell: [row.label, row.project, `${ROBUST_CLASSES[row.class]}: ${formatPercent(row.core_index)} of the good portfolios`], attributes: { "data-project": row.project } };
  });
  tellMarks(root, marks);
  return root;
}

/** The core index of every project as bars; null where the scenario has no open weights. */
function coreFigure(view) {
  const all = ofScenario(view, "core_index");
  if (all.length === 0) return null;
  const rows = all.map((row) => ({ ...row, label: view.report.name(row.project) })).sort((one, other) => other.core_index - one.core_index);
  const [first] = rows;
  const inSome = rows.filter((row) => row.class !== "exterior");
  const shown = inSome.slice(0, CORE_BARS);
  const isAll = first.status === "optimal";
  const missing = isNumber(first.shortfall) ? `others may be missing, each worth at most ${formatNumber(first.shortfall)} more than one of them at all weights` : "others may be missing";
  return figure({
    title: coreTitle(rows),
    subtitle: `Core index: share of the ${counted(first.portfolios, "portfolio")} that no other dominates for all admissible weights. Scenario ${view.scenario}`,
    legend: legendOf([["plan", "core: in all of them"], ["out", "borderline: in some"]]),
    chart: shown.length > 0 && ((width) => drawCore(shown, width)),
    table: {
      rows,
      columns: [
        { title: "Project", of: (row) => row.label, as: "text", project: (row) => row.project },
        { title: "Core index", of: (row) => row.core_index, as: "percent" },
        { title: "Class", of: (row) => row.class, as: "text" },
      ],
    },
    foot: [`Scenario ${view.scenario}`, isAll ? "proven to be all such portfolios" : `a limit was met: ${missing}`, inSome.length > shown.length && `${counted(inSome.length - shown.length, "further project")} in the table`, "portfolios.csv lists them"],
    isLong: true,
  });
}

/** The weight that may move least, in a sentence. */
function rangesTitle(rows) {
  const ends = rows.flatMap((row) => [
    { row, room: row.weight - row.low, isOpen: !row.enters_low && !row.leaves_low },
    { row, room: row.high - row.weight, isOpen: !row.enters_high && !row.leaves_high },
  ]);
  const tight = ends.filter((one) => !one.isOpen).sort((one, other) => one.room - other.room)[0];
  if (!tight) return "Whatever a single weight becomes, option 1 stays the best";
  const { label, low, high } = tight.row;
  return `Option 1 stays the best while ${label} weighs ${formatPercent(low)} to ${formatPercent(high)}: no other weight is nearer to a turn`;
}

function drawRanges(rows, width) {
  const left = Math.min(240, width * 0.4);
  const height = 28;
  const drawing = plot({ width, height: height * rows.length + 40, margin: { left, right: 60, top: 8, bottom: 32 }, label: "Intervals of weights" });
  const { root, area } = drawing;
  const x = linearScale([0, 1], [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS, unit: "weight in the whole" });
  const marks = rows.map((row, place) => {
    const middle = area.top + place * height + height / 2;
    const group = svg("g", null, svg("rect", { x: area.left, y: middle - height / 2, width: area.right - area.left, height: height - 2, class: "catch" }));
    group.append(svg("rect", { x: x(row.low), y: middle - 5, width: Math.max(2, x(row.high) - x(row.low)), height: 10, class: "plan-bar" }), point(x(row.weight), middle, 5, "moved-from"));
    root.append(text(left - 8, middle + 4, row.label, { anchor: "end", room: left - 10 }), group);
    return { node: group, tell: [row.label, `weighs ${formatPercent(row.weight)}; option 1 stays the best from ${formatPercent(row.low)} to ${formatPercent(row.high)}`] };
  });
  tellMarks(root, marks);
  return root;
}

/** How far each weight may move; null where that was not asked for. */
function rangesFigure(view) {
  const rows = ofScenario(view, "weight_ranges").map((row) => ({ ...row, label: view.report.objective(row.objective).name || row.objective }));
  if (rows.length === 0) return null;
  const names = (ids) => String(ids || "").split(";").filter(Boolean).map((id) => view.report.name(id)).join(", ");
  const isProven = rows.every((row) => row.status === "optimal");
  return figure({
    title: capital(rangesTitle(rows)),
    subtitle: `Interval of each weight over which option 1 stays the best, the others rescaled in proportion. Scenario ${view.scenario}`,
    legend: legendOf([["plan", "option 1 is the best"], ["missed ring", "the weight as it is"]]),
    chart: (width) => drawRanges(rows, width),
    table: {
      rows,
      columns: [
        { title: "Objective", of: (row) => row.label, as: "text" },
        { title: "Weight", of: (row) => row.weight, as: "percent" },
        { title: "From", of: (row) => row.low, as: "percent" },
        { title: "To", of: (row) => row.high, as: "percent" },
        { title: "Enters below", of: (row) => names(row.enters_low), as: "text" },
        { title: "Leaves below", of: (row) => names(row.leaves_low), as: "text" },
        { title: "Enters above", of: (row) => names(row.enters_high), as: "text" },
        { title: "Leaves above", of: (row) => names(row.leaves_high), as: "text" },
      ],
    },
    foot: [`Scenario ${view.scenario}`, isProven ? "proven within the gap of the batch" : "not proven at every end: a limit was met"],
  });
}

chapter({
  id: "robust",
  title: "Robust choices",
  question: "What holds if the weights are not so?",
  build(view) {
    const figures = [coreFigure(view), rangesFigure(view)].filter(Boolean);
    return figures.length > 0 ? el("div", null, figures) : null;
  },
});
