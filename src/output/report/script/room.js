// How much freedom there is near the best: what can move without losing more than a small part, and which projects cannot.

const ROOM_CLASSES = [
  { id: "must-have", words: "in every selection near the best" },
  { id: "free", words: "in some of them" },
  { id: "must-avoid", words: "in none of them" },
];

chapter({
  id: "room",
  title: "Room",
  question: "How much freedom is there near the best?",
  build(view) {
    const rows = ofScenario(view, "room");
    if (rows.length === 0) return null;
    return el("div", null, roomOfProjects(view, rows.filter((row) => row.kind === "project")), roomOfMeasures(view, rows.filter((row) => row.kind !== "project")));
  },
});

function roomOfProjects(view, rows) {
  const { report } = view;
  const of = (id) => rows.filter((row) => row.class === id);
  const [must, free, avoid] = ROOM_CLASSES.map(({ id }) => of(id).length);
  const open = rows.length - must - free - avoid;
  const title = free === 0 && open === 0 ? `Near the best nothing is free: ${counted(must, "project")} always in, ${formatCount(avoid)} never` : `Near the best ${counted(must, "project")} ${must === 1 ? "is" : "are"} always in, ${formatCount(free)} can be in or out, ${formatCount(avoid)} ${avoid === 1 ? "is" : "are"} never in`;
  const words = (row) => (ROOM_CLASSES.find(({ id }) => id === row.class) || { words: "not proven" }).words;
  const place = (row) => ["free", "", "must-have", "must-avoid"].indexOf(row.class || "");
  const sorted = [...rows].sort((one, other) => place(one) - place(other));
  return figure({
    title,
    subtitle: `Projects among all selections near the best. Scenario ${view.scenario}`,
    table: {
      rows: sorted,
      columns: [
        { title: "Project", of: (row) => report.name(row.item), as: "text", project: (row) => row.item },
        { title: "Class", of: (row) => row.class || "", as: "text" },
        { title: "Meaning", of: words, as: "text" },
      ],
    },
    foot: [provenance(view), open > 0 && `${counted(open, "project")} not proven`],
    isLong: true,
  });
}

/** The name of a measure or of a group for people. */
function roomName(report, row) {
  if (row.kind === "group") return row.item.replace("=", ": ");
  return row.item.startsWith("line.") ? report.line(row.item.slice(5)).name : capital(measureName(row.item));
}

function roomOfMeasures(view, rows) {
  const { report } = view;
  if (rows.length === 0) return null;
  const spread = (row) => (row.most - row.least) / Math.max(Math.abs(row.most), Math.abs(row.least), Number.MIN_VALUE);
  const moving = rows.filter((row) => isNumber(row.least) && isNumber(row.most) && row.most > row.least);
  const widest = [...moving].sort((one, other) => spread(other) - spread(one))[0];
  const title = widest ? `${roomName(report, widest)} has the most room: ${formatNumber(widest.least)} to ${formatNumber(widest.most)}` : "No measure has any room near the best";
  return figure({
    title,
    subtitle: `Least and most among all selections near the best. Scenario ${view.scenario}`,
    table: {
      rows,
      columns: [
        { title: "Measure or group", of: (row) => roomName(report, row), as: "text" },
        { title: "Least", of: (row) => row.least, as: "number" },
        { title: "Most", of: (row) => row.most, as: "number" },
        { title: "Proven: no less than", of: (row) => row.least_bound, as: "number" },
        { title: "Proven: no more than", of: (row) => row.most_bound, as: "number" },
      ],
    },
    foot: [provenance(view), "of a group: what its projects cost, or what is spent on its lines"],
    isLong: true,
  });
}
