// Are the numbers reached that strategy wants: each key result against the path to its target, and how sure it is.

/** Key results of the option with their rows by period; `last` is the row in which the target is due. */
function keyResultsOf(view) {
  const found = new Map();
  for (const row of ofOption(view, "key_results")) {
    if (!found.has(row.key_result)) found.set(row.key_result, { id: row.key_result, name: row.name || row.key_result, unit: row.unit || "", target: row.target, rows: [] });
    found.get(row.key_result).rows.push(row);
  }
  const all = [...found.values()];
  for (const one of all) one.last = one.rows.find((row) => row.period === row.due) || one.rows[one.rows.length - 1];
  return all;
}

const isTrue = (value) => value === true || value === "true";

/** True where less is better: the path falls. */
const keyResultFalls = (one) => one.target < one.rows[0].baseline;

const inUnit = (value, unit) => (unit === "%" ? `${formatNumber(value)}${THIN}%` : [formatNumber(value), unit].filter(Boolean).join(" "));

/** `Churn ≤ 4 % by 2029 is reached in 71 % of futures; without P044 in 38 %`. */
function keyResultSentence(view, one) {
  const { last } = one;
  const aim = `${one.name} ${keyResultFalls(one) ? "≤" : "≥"} ${inUnit(one.target, one.unit)} by ${last.due}`;
  if (!isNumber(last.p_reached)) return `${aim} is ${isTrue(last.reached) ? "" : "not "}reached as planned, with ${inUnit(last.value, one.unit)}`;
  const without = last.without && isNumber(last.p_without) ? `; without ${view.report.name(last.without)} in ${formatPercent(last.p_without)}` : "";
  return `${aim} is reached in ${formatPercent(last.p_reached)} of the simulated futures${without}`;
}

/** The message of all of them: how many are reached as planned, and the least sure. */
function keyResultsTitle(view, all) {
  if (all.length === 1) return keyResultSentence(view, all[0]);
  const reached = all.filter((one) => isTrue(one.last.reached));
  const count = reached.length === all.length ? `All ${all.length} key results are reached as planned` : `${reached.length === 0 ? "None" : reached.length} of ${all.length} key results ${reached.length > 1 ? "are" : "is"} reached as planned`;
  const chances = reached.filter((one) => isNumber(one.last.p_reached)).sort((one, other) => one.last.p_reached - other.last.p_reached);
  return chances.length > 0 && chances[0].last.p_reached < 1 ? `${count}; the least sure of these is ${chances[0].name}, in ${formatPercent(chances[0].last.p_reached)} of the simulated futures` : count;
}

const keyResultValues = (one) => one.rows.flatMap((row) => [row.value, row.path, row.p10, row.p90]).filter(isNumber);

function drawKeyResult(view, one, width, isPaper) {
  const drawing = plot({ width, height: isPaper ? 150 : 180, margin: { left: 48, top: 14, bottom: 30, right: 14 }, label: one.name });
  const { root, area } = drawing;
  const periods = one.rows.map((row) => String(row.period));
  const bands = bandScale(periods, [area.left, area.right], 0.35);
  const values = keyResultValues(one);
  const y = linearScale(niceDomain(values, { zero: !isFarFromZero(values), count: 4 }), [area.bottom, area.top]);
  valueAxis(drawing, y, { form: amounts(values), count: 4 });
  bandAxis(drawing, bands);
  root.append(curve(one.rows.map((row, place) => [bands.middle(periods[place]), y(row.path)]), "limit dashed"));
  root.append(curve(one.rows.map((row, place) => [bands.middle(periods[place]), y(row.value)]), "stroke kind-0 strong"));
  const marks = one.rows.map((row, place) => {
    const middle = bands.middle(periods[place]);
    const group = svg("g", null, svg("rect", { x: middle - bands.step / 2, y: area.top, width: bands.step, height: area.bottom - area.top, class: "catch" }));
    if (isNumber(row.p10) && isNumber(row.p90) && row.p90 > row.p10) group.append(whisker(middle, y, row.p10, row.p90, row.p50));
    group.append(point(middle, y(row.value), 4, isTrue(row.reached) ? "funded" : "out", isTrue(row.reached) ? "circle" : "diamond"));
    root.append(group);
    const chance = isNumber(row.p_reached) ? `reached in ${formatChance(row.p_reached, row.p_reached_se)} of the futures` : null;
    return { node: group, tell: [`${one.name}, ${row.period}`, `as planned ${inUnit(row.value, one.unit)}`, `path ${inUnit(row.path, one.unit)}`, `target ${inUnit(one.target, one.unit)}`, chance].filter(Boolean) };
  });
  tellMarks(root, marks);
  return root;
}

function drawKeyResults(view, all, width, isPaper) {
  const columns = Math.max(1, Math.min(all.length, Math.floor((width + 20) / (isPaper ? 250 : 300))));
  const room = Math.floor((width - 20 * (columns - 1)) / columns);
  const made = all.map((one) => {
    const chance = isNumber(one.last.p_reached) ? ` reached in ${formatPercent(one.last.p_reached)}` : isTrue(one.last.reached) ? " ✓ reached" : " ✗ missed";
    return el("div", { style: `width:${room}px` }, el("h4", null, one.name, el("small", null, ` ${one.unit}${chance}`)), drawKeyResult(view, one, room, isPaper));
  });
  return el("div", { class: "panels" }, made);
}

function keyResultsTable(view, all) {
  const rows = all.flatMap((one) => one.rows.map((row) => ({ ...row, title: one.name })));
  const isSimulated = rows.some((row) => isNumber(row.p_reached));
  const number = (title, column) => ({ title, of: (row) => row[column], as: "number" });
  return {
    rows,
    columns: [
      { title: "Key result", of: (row) => row.title, as: "text" },
      { title: "Unit", of: (row) => row.unit || "", as: "text" },
      { title: "Period", of: (row) => String(row.period), as: "text" },
      number("Value", "value"),
      number("Path", "path"),
      number("Target", "target"),
      { title: "Reached", of: (row) => (isTrue(row.reached) ? "yes" : "no"), as: "text" },
      isSimulated && { title: "P(reached)", of: (row) => row.p_reached, error: (row) => row.p_reached_se, as: "percent" },
      isSimulated && number("P10", "p10"),
      isSimulated && number("P90", "p90"),
      isSimulated && { title: "Without", of: (row) => (row.without ? view.report.name(row.without) : ""), as: "text", project: (row) => row.without || undefined },
      isSimulated && { title: "P(reached) without it", of: (row) => row.p_without, as: "percent" },
    ].filter(Boolean),
  };
}

chapter({
  id: "key-results",
  title: "Key results",
  question: "Are the key results reached?",
  build(view) {
    const all = keyResultsOf(view);
    if (all.length === 0) return null;
    const isSimulated = all.some((one) => isNumber(one.last.p_reached));
    const shown = all.slice(0, PANELS);
    const isCut = shown.some((one) => isFarFromZero(keyResultValues(one)));
    const sentences = all.length > 1 && el("ul", null, all.map((one) => el("li", null, keyResultSentence(view, one))));
    const picture = figure({
      title: keyResultsTitle(view, all),
      subtitle: `Value at the end of each period against the path to the target. Scenario ${view.scenario}`,
      legend: legendOf([["funded", "as planned"], ["budget dashed", "path to the target"], isSimulated && ["simulated ring", "P10 to P90 when due"]].filter(Boolean)),
      chart: (width, isPaper) => drawKeyResults(view, shown, width, isPaper),
      table: keyResultsTable(view, all),
      foot: [provenance(view, { simulated: isSimulated }), isCut && "axes begin where their values do, not all at zero", all.length > shown.length && `${counted(all.length - shown.length, "further key result")} in the table`],
    });
    return el("div", null, picture, sentences || null);
  },
});
