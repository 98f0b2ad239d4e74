// The plan over time: the chosen projects as bars from start to end, in lanes of their groups.

// More bars than this say less than how many projects of a group run from when to when.
const BARS = 150;
const ROW = 17;
// Rows of a lane on one page of paper.
const LANE = 30;

/** Attributes that part projects into a few lanes, those first that plans are mostly read by. */
function laneAttribute(view, rows) {
  const usual = ["program", "programme", "category", "division", "department", "agency", "bureau", "district"];
  const names = new Set(rows.flatMap((row) => Object.keys(view.report.project(row.project).attributes || {})));
  const fits = [...names].filter((name) => {
    const values = new Set(rows.map((row) => view.report.project(row.project).attributes[name] || ""));
    return values.size >= 2 && values.size <= Math.max(12, Math.min(40, rows.length / 4));
  });
  const rank = (name) => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  return fits.sort((one, other) => rank(one) - rank(other))[0] || null;
}

/** The chosen projects with their places in time, and the start that they were moved from. */
function roadmapRows(view) {
  const { periods } = view.report.batch;
  const place = new Map(periods.map((period, at) => [String(period), at]));
  const moves = new Map(ofOption(view, "changes").filter((row) => row.change === "move").map((row) => [row.project, row.from]));
  const rows = ofOption(view, "selection").filter((row) => place.has(String(row.start)));
  return rows.map((row) => {
    const { start } = view.report.project(row.project);
    const former = moves.get(row.project) || start || row.start;
    const from = place.get(String(row.start));
    const isPast = !row.end;
    return {
      project: row.project,
      name: view.report.name(row.project),
      fraction: row.fraction,
      from,
      to: isPast ? periods.length - 1 : Math.max(from, place.get(String(row.end)) ?? periods.length - 1),
      isPast,
      former: place.has(String(former)) ? place.get(String(former)) : from,
      isPlanned: moves.has(row.project),
    };
  });
}

const isMoved = (row) => row.former !== row.from;

/** Rows by lane, in the order of lanes' names; within a lane by start, end and name. */
function lanesOf(view, rows, attribute) {
  const lanes = new Map();
  for (const row of rows) {
    const lane = (attribute && view.report.project(row.project).attributes[attribute]) || (attribute ? "(none)" : "");
    if (!lanes.has(lane)) lanes.set(lane, []);
    lanes.get(lane).push(row);
  }
  const order = (one, other) => one.from - other.from || one.to - other.to || one.name.localeCompare(other.name);
  return [...lanes].sort(([one], [other]) => one.localeCompare(other)).map(([name, members]) => ({ name, rows: members.sort(order) }));
}

/** The numbers of projects of a lane that run and start in each period: what can still be read where projects are many. */
function countsOf(lane, periods) {
  return periods.map((period, at) => ({
    lane: lane.name,
    period,
    running: lane.rows.filter((row) => row.from <= at && at <= row.to),
    starting: lane.rows.filter((row) => row.from === at).length,
  }));
}

function roadmapTitle(view, rows) {
  const { periods } = view.report.batch;
  const moved = rows.filter(isMoved).length;
  const starts = periods.map((period, at) => ({ period, count: rows.filter((row) => row.from === at).length }));
  const most = starts.reduce((one, other) => (other.count > one.count ? other : one));
  const noun = rows.length === 1 ? "project starts" : "projects start";
  const when = most.count === rows.length ? `${rows.length === 1 ? "The one" : `All ${rows.length}`} ${noun} in ${most.period}` : `${most.count} of ${rows.length} projects ${most.count === 1 ? "starts" : "start"} in ${most.period}`;
  const told = rows.some((row) => row.isPlanned) ? "moved from the current plan" : "later than first planned";
  return moved > 0 ? `${when}; ${formatCount(moved)} ${moved === 1 ? "is" : "are"} ${told}` : when;
}

function roadmapHint(view, row) {
  const { periods } = view.report.batch;
  const span = `${periods[row.from]} to ${row.isPast ? "after the last period" : periods[row.to]}`;
  const part = row.fraction < 1 && `${formatPercent(row.fraction)} of it`;
  return [row.name, [row.project, span, part].filter(Boolean).join(" · "), isMoved(row) && `moved from ${periods[row.former]}`].filter(Boolean);
}

/** The heads of the periods, over light lines between them. */
function periodHeads({ root, area }, bands, periods) {
  const step = labelStep(periods.length, area.right - area.left, Math.max(...periods.map((period) => String(period).length)));
  const group = svg("g", { class: "axis", "aria-hidden": true });
  periods.forEach((period, at) => {
    const left = bands(period);
    group.append(line(left, area.top, left, area.bottom, "grid"));
    if (at % step === 0) group.append(text(left + bands.step / 2, area.top - 6, String(period), { anchor: "middle" }));
  });
  root.append(group);
}

/** A bar, with the way that it was moved, and an arrow where it goes on past the last period. */
function roadmapBar(root, row, bands, periods, top) {
  const [left, right] = [bands(periods[row.from]) + 1, bands(periods[row.to]) + bands.step - 1];
  const node = svg("rect", { x: left, y: top + 2, width: Math.max(2, right - left - (row.isPast ? 5 : 0)), height: ROW - 4, rx: 2, class: "funded" });
  root.append(node);
  if (row.isPast) root.append(svg("polygon", { points: `${right - 5},${top + 2} ${right},${top + ROW / 2} ${right - 5},${top + ROW - 2}`, class: "funded" }));
  if (isMoved(row)) {
    const [was, now] = [bands(periods[row.former]) + 3, row.former < row.from ? left : bands(periods[row.former]) + bands.step];
    root.append(line(was, top + ROW / 2, now, top + ROW / 2, "moved"), svg("circle", { cx: was, cy: top + ROW / 2, r: 3, class: "moved-from" }));
  }
  return node;
}

/** Lines to the projects that a project needs or excludes, while it is hovered or focused. */
function linkMarks(view, root, marks, places) {
  const links = svg("g", { class: "links", "aria-hidden": true });
  root.append(links);
  const ends = (mark) => (view.report.dependencies || []).filter((one) => one.project === mark.project || one.other === mark.project);
  const show = (mark) => {
    const paths = ends(mark).filter((one) => places.has(one.project) && places.has(one.other)).map((one) => {
      const [from, to] = [places.get(one.other), places.get(one.project)];
      return svg("path", { d: `M${from.x1} ${from.y}C${from.x1 + 30} ${from.y} ${to.x0 - 30} ${to.y} ${to.x0} ${to.y}`, fill: "none" });
    });
    links.replaceChildren(...paths);
  };
  for (const mark of marks) {
    for (const event of ["pointerenter", "focus"]) mark.node.addEventListener(event, () => show(mark));
    for (const event of ["pointerleave", "blur"]) mark.node.addEventListener(event, () => links.replaceChildren());
  }
}

function drawRoadmap(view, lanes, width) {
  const { periods } = view.report.batch;
  const names = lanes.some((lane) => lane.name);
  const rows = lanes.reduce((count, lane) => count + lane.rows.length + (names ? 1.2 : 0), 0);
  const left = width < 500 ? 130 : 250;
  const drawing = plot({ width, height: 28 + rows * ROW + 6, margin: { left, top: 24, right: 4, bottom: 6 }, label: "Projects from start to end" });
  const { root, area } = drawing;
  const bands = bandScale(periods, [area.left, area.right], 0);
  periodHeads(drawing, bands, periods);
  let top = area.top;
  const [marks, places] = [[], new Map()];
  for (const lane of lanes) {
    if (names) {
      root.append(text(0, top + ROW - 4, lane.name, { css: "strong", room: left - 8 }), line(0, top, area.right, top, "grid"));
      top += ROW * 1.2;
    }
    for (const row of lane.rows) {
      const node = roadmapBar(root, row, bands, periods, top);
      root.append(text(left - 8, top + ROW - 5, row.name, { anchor: "end", room: left - 12 }));
      places.set(row.project, { x0: bands(periods[row.from]), x1: bands(periods[row.to]) + bands.step, y: top + ROW / 2 });
      marks.push({ node, project: row.project, tell: roadmapHint(view, row), attributes: { "data-project": row.project } });
      top += ROW;
    }
  }
  linkMarks(view, root, marks, places);
  tellMarks(root, marks);
  return root;
}

/** Lanes one below the other, each with its periods, so that a page may end between two of them; long ones in parts. */
function drawOnPaper(view, lanes, width) {
  const parts = lanes.flatMap((lane) => Array.from({ length: Math.ceil(lane.rows.length / LANE) }, (_, part) => ({ name: lane.name, rows: lane.rows.slice(part * LANE, (part + 1) * LANE) })));
  return el("div", null, parts.map((lane) => drawRoadmap(view, [lane], width)));
}

/** Lanes by periods: the number of running projects in each cell, darker where it is larger. */
function drawCounts(view, lanes, width) {
  const { periods } = view.report.batch;
  const left = width < 500 ? 130 : 250;
  const drawing = plot({ width, height: 30 + lanes.length * 24, margin: { left, top: 24, right: 4, bottom: 6 }, label: "Running projects by period" });
  const { root, area } = drawing;
  const bands = bandScale(periods, [area.left, area.right], 0);
  periodHeads(drawing, bands, periods);
  const cells = lanes.map((lane) => countsOf(lane, periods));
  const most = Math.max(1, ...cells.flat().map((cell) => cell.running.length));
  const marks = [];
  cells.forEach((row, place) => {
    const top = area.top + place * 24;
    root.append(text(left - 8, top + 16, lanes[place].name || "all projects", { anchor: "end", room: left - 12 }));
    for (const cell of row) {
      const count = cell.running.length;
      const node = svg("rect", { x: bands(cell.period) + 1, y: top + 1, width: bands.step - 2, height: 22, class: "plan", "fill-opacity": count === 0 ? 0 : 0.08 + 0.42 * (count / most) });
      root.append(node);
      if (count > 0) root.append(text(bands.middle(cell.period), top + 16, formatCount(count), { anchor: "middle", css: "passing" }));
      marks.push({ node, tell: [`${cell.lane || "All projects"}, ${cell.period}`, `${counted(count, "project")} running, ${formatCount(cell.starting)} of them start`, listed(cell.running.map((one) => one.name), 6)].filter(Boolean) });
    }
  });
  tellMarks(root, marks);
  return root;
}

chapter({
  id: "roadmap",
  title: "Roadmap",
  question: "When does what happen?",
  build(view) {
    const rows = roadmapRows(view);
    const { periods } = view.report.batch;
    if (rows.length === 0 || periods.length < 2) return null;
    const attribute = laneAttribute(view, rows);
    const lanes = lanesOf(view, rows, attribute);
    const isMany = rows.length > BARS;
    const laneName = attribute && attribute.replace(/_/g, " ");
    const isLinked = !isMany && (view.report.dependencies || []).length > 0;
    return figure({
      title: roadmapTitle(view, rows),
      subtitle: `${isMany ? "Running projects by period" : `${capital(counted(rows.length, "chosen project"))} from start to end`}${laneName ? `, by ${laneName}` : ""}. Scenario ${view.scenario}`,
      legend: rows.some(isMoved) && !isMany && legendOf([["funded", "runs"], ["moved ring", "first planned start"]]),
      chart: (width, isPaper) => (isMany ? drawCounts(view, lanes, width) : isPaper ? drawOnPaper(view, lanes, width) : drawRoadmap(view, lanes, width)),
      isLong: true,
      table: {
        rows: lanes.flatMap((lane) => lane.rows.map((row) => ({ ...row, lane: lane.name }))),
        columns: [
          attribute && { title: capital(laneName), of: (row) => row.lane, as: "text" },
          { title: "Project", of: (row) => row.name, as: "text", project: (row) => row.project },
          { title: "Id", of: (row) => row.project, as: "text", css: "id" },
          { title: "Start", of: (row) => String(periods[row.from]), as: "text" },
          { title: "End", of: (row) => (row.isPast ? "later" : String(periods[row.to])), as: "text" },
          { title: "Moved from", of: (row) => (isMoved(row) ? String(periods[row.former]) : ""), as: "text" },
          rows.some((row) => row.fraction < 1) && { title: "Share", of: (row) => row.fraction, as: "percent" },
        ].filter(Boolean),
      },
      foot: [provenance(view), isLinked && "hovering a bar shows what it depends on"],
    });
  },
});
