// Who brings it about: what each funded project does for each objective and each key result.

/** Outcomes of the option with the projects that contribute to each, the largest part first. */
function outcomesOf(view) {
  const found = new Map();
  for (const row of ofOption(view, "contributions")) {
    const id = row.key_result ? `key result ${row.key_result}` : `objective ${row.objective}`;
    if (!found.has(id)) found.set(id, { id, name: row.outcome || row.key_result || row.objective, unit: row.unit || "", isKeyResult: Boolean(row.key_result), rows: [] });
    found.get(id).rows.push(row);
  }
  const all = [...found.values()];
  for (const one of all) one.rows.sort((left, right) => (right.share || 0) - (left.share || 0));
  return all.sort((one, other) => Number(other.isKeyResult) - Number(one.isKeyResult));
}

/** Funded projects whose contributions are all less than a hundredth of the largest to the same outcome. */
function idleProjects(view, outcomes) {
  const serving = new Set();
  for (const one of outcomes) {
    const most = Math.max(...one.rows.map((row) => row.share || 0), 0);
    for (const row of one.rows) if (row.share > 0 && row.share >= 0.01 * most) serving.add(row.project);
  }
  return [...chosenOf(view).keys()].filter((id) => !serving.has(id));
}

/** Key results, and objectives that weigh something, to which no funded project contributes. */
function unservedOf(view, outcomes) {
  const served = new Set(outcomes.filter((one) => one.rows.some((row) => row.share > 0)).map((one) => one.id));
  const parents = new Set((view.report.objectives || []).map((one) => one.parent));
  const objectives = ofOption(view, "objectives").filter((row) => row.weight > 0 && !parents.has(row.objective));
  const wanted = [...keyResultsOf(view).map((one) => ({ id: `key result ${one.id}`, name: one.name })), ...objectives.map((row) => ({ id: `objective ${row.objective}`, name: row.name || row.objective }))];
  return wanted.filter((one) => !served.has(one.id)).map((one) => one.name);
}

function contributionsTitle(view, outcomes) {
  const idle = idleProjects(view, outcomes);
  if (idle.length > 0) return `${capital(counted(idle.length, "funded project"))} ${idle.length === 1 ? "serves" : "serve"} no objective or key result: ${listed(idle.map((id) => view.report.name(id)))}`;
  const leading = outcomes.filter((one) => one.rows[0].share > 0).sort((one, other) => other.rows[0].share - one.rows[0].share)[0];
  return leading ? `${leading.name} rests most on one project: ${view.report.name(leading.rows[0].project)} brings ${formatPercent(leading.rows[0].share)} of it` : `What ${counted(chosenOf(view).size, "funded project")} contribute`;
}

// Bars of more projects than this are no longer read; the table has them all.
const CONTRIBUTORS = 8;

/** A bar per contributing project, outcome by outcome. */
function drawContributions(view, outcomes, width) {
  const left = Math.min(240, width * 0.4);
  const parts = outcomes.map((one) => ({ ...one, shown: one.rows.filter((row) => isNumber(row.share)).slice(0, CONTRIBUTORS) }));
  const lines = parts.reduce((sum, one) => sum + one.shown.length + 1, 0);
  const drawing = plot({ width, height: 20 * lines + 44, margin: { left, right: 60, top: 8, bottom: 32 }, label: "Contributions by outcome and project" });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(parts.flatMap((one) => one.shown.map((row) => row.share))), [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS });
  let top = area.top;
  const marks = [];
  for (const one of parts) {
    root.append(text(0, top + 14, one.name, { css: "strong", room: left - 8 }));
    top += 20;
    for (const row of one.shown) {
      const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: 18, class: "catch" }));
      group.append(svg("rect", { x: Math.min(x(0), x(row.share)), y: top + 3, width: Math.max(1, Math.abs(x(row.share) - x(0))), height: 12, class: row.share < 0 ? "over" : "plan-bar" }));
      group.append(text(Math.max(x(0), x(row.share)) + 5, top + 13, formatPercent(row.share), { css: "faint" }));
      root.append(text(12, top + 13, view.report.name(row.project), { room: left - 20 }), group);
      const amount = one.isKeyResult ? `changes it by ${inUnit(row.contribution, one.unit)}` : `value ${formatNumber(row.contribution)}`;
      marks.push({ node: group, tell: [view.report.name(row.project), `${one.name}: ${formatPercent(row.share)} of all`, amount], attributes: { "data-project": row.project } });
      top += 20;
    }
  }
  tellMarks(root, marks);
  return root;
}

chapter({
  id: "contributions",
  title: "Contributions",
  question: "Who brings it about?",
  build(view) {
    const outcomes = outcomesOf(view);
    if (outcomes.length === 0) return null;
    const rows = outcomes.flatMap((one) => one.rows.map((row) => ({ ...row, one })));
    const left = outcomes.some((one) => one.rows.length > CONTRIBUTORS);
    const unserved = unservedOf(view, outcomes);
    return figure({
      title: contributionsTitle(view, outcomes),
      subtitle: `Part of each project in what all funded projects do for an objective or key result. Scenario ${view.scenario}`,
      chart: (width) => drawContributions(view, outcomes, width),
      isLong: true,
      table: {
        rows,
        columns: [
          { title: "For", of: (row) => row.one.name, as: "text" },
          { title: "Project", of: (row) => view.report.name(row.project), as: "text", project: (row) => row.project },
          { title: "Contribution", of: (row) => row.contribution, as: "number" },
          { title: "Unit", of: (row) => row.one.unit || (row.one.isKeyResult ? "" : "strategic value"), as: "text" },
          { title: "Share", of: (row) => row.share, as: "percent" },
        ],
      },
      foot: [unserved.length > 0 && `served by no funded project: ${listed(unserved, 8)}`, provenance(view), left && `the ${CONTRIBUTORS} largest of each are drawn; the table has all`],
    });
  },
});
