// The card of a project: what it costs and brings, where it is in and out, why, and what would turn it.

/** The card's node. */
function projectCard(view, id) {
  const { report } = view;
  const project = report.project(id);
  return el("article", null, el("h2", null, project.name, " ", el("small", null, id)));
}
