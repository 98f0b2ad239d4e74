// The report's data: the result tables by their columns, and what the portfolio says about its projects, lines and
// objectives. Tables are read by rows, as plain objects.

/** A result table. Its columns come in one part or in several, which are appended in their order. */
class Table {
  constructor() {
    this.parts = [];
    this.size = 0;
    this.indexes = new Map();
  }

  /** Appends the rows of `{rows, columns}`: texts as `{words, at}`, numbers as they are. */
  add({ rows, columns }) {
    this.parts.push({ from: this.size, columns, made: new Array(rows) });
    this.size += rows;
    this.indexes.clear();
  }

  /** True if there is a column of this name. */
  has(column) {
    return this.parts.some((part) => column in part.columns);
  }

  /** The names of its columns. */
  get columns() {
    return [...new Set(this.parts.flatMap((part) => Object.keys(part.columns)))];
  }

  /** The row at a place, made once. */
  row(place) {
    const part = this.parts.findLast((one) => one.from <= place);
    const at = place - part.from;
    if (!part.made[at]) {
      const row = {};
      for (const [name, column] of Object.entries(part.columns)) row[name] = cellOf(column, at);
      part.made[at] = row;
    }
    return part.made[at];
  }

  /** The places of rows by the values of these columns. */
  index(names) {
    const known = this.indexes.get(names.join());
    if (known) return known;
    const places = new Map();
    for (const part of this.parts) {
      const columns = names.map((name) => part.columns[name]);
      for (let at = 0; at < part.made.length; at += 1) {
        const key = columns.map((column) => (column ? cellOf(column, at) : null)).join("\n");
        if (!places.has(key)) places.set(key, []);
        places.get(key).push(part.from + at);
      }
    }
    this.indexes.set(names.join(), places);
    return places;
  }

  /** The rows with these values, in their order; all of them without any: `rows({scenario, option})`. */
  rows(wanted = {}) {
    const names = Object.keys(wanted).filter((name) => wanted[name] !== undefined).sort();
    if (names.length === 0) return Array.from({ length: this.size }, (_, place) => this.row(place));
    const places = this.index(names).get(names.map((name) => wanted[name]).join("\n")) || [];
    return places.map((place) => this.row(place));
  }
}

function cellOf(column, at) {
  return column.words ? column.words[column.at[at]] : column[at];
}

/** A batch and its results; `content` is the embedded data. */
class Report {
  constructor(content) {
    this.batch = content.batch;
    this.projects = content.projects;
    this.lines = content.lines || [];
    this.resources = content.resources || [];
    this.objectives = content.objectives || [];
    this.dependencies = content.dependencies || [];
    this.alternatives = content.alternatives || [];
    this.tables = new Map();
    this.byId = {};
    for (const kind of ["projects", "lines", "resources", "objectives"]) {
      this.byId[kind] = new Map(this[kind].map((one) => [one.id, one]));
    }
    this.add(content.tables);
  }

  /** Appends rows to tables, as far as they hold any: `{spend: {rows, columns}}`. */
  add(tables) {
    for (const [name, part] of Object.entries(tables)) {
      if (part.rows === 0) continue;
      if (!this.tables.has(name)) this.tables.set(name, new Table());
      this.tables.get(name).add(part);
    }
  }

  /** Resolves when all that is known of a scenario is here: in a file it is from the beginning. */
  load() {
    return Promise.resolve();
  }

  /** A table by its name without ending; null if there is none, or it has no row. */
  table(name) {
    return this.tables.get(name) || null;
  }

  /** The rows of a table with these values; none where there is no such table. */
  rows(name, wanted) {
    const table = this.table(name);
    return table ? table.rows(wanted) : [];
  }

  project(id) {
    return this.byId.projects.get(id) || { id, name: id, attributes: {} };
  }

  /** The name of a project, or its id where it has none. */
  name(id) {
    return this.project(id).name || id;
  }

  /** A budget line; `*` is all of them together. */
  line(id) {
    return this.byId.lines.get(id) || { id, name: id === "*" ? "All lines" : id };
  }

  resource(id) {
    return this.byId.resources.get(id) || { id, name: id };
  }

  objective(id) {
    return this.byId.objectives.get(id) || { id, name: id };
  }

  /** The assumptions and outcomes of all scenarios, in the order of the batch. */
  get scenarios() {
    return this.rows("scenarios");
  }

  scenario(name) {
    return this.rows("scenarios", { scenario: name })[0] || null;
  }

  /** The scenario that others are held against: one of that name, or that leaves all amounts as they are, or the first. */
  get base() {
    return this.scenario(this.batch.base) || this.scenarios[0] || null;
  }

  /** The options of a scenario, by rank. */
  options(scenario) {
    return this.rows("options", { scenario });
  }

  /** The option that is ranked first; null where none was found. */
  first(scenario) {
    return this.options(scenario)[0] || null;
  }

  /** The cut line of a scenario; null where there is none. */
  baseline(scenario) {
    return this.rows("baseline", { scenario })[0] || null;
  }

  /** Ids of the projects that an option chooses, in their order. */
  chosen(scenario, option) {
    return this.rows("selection", { scenario, option: String(option) }).map((row) => row.project);
  }

  /** True if net present values say anything. */
  get hasNpv() {
    const options = this.table("options");
    return options !== null && options.has("npv");
  }

  /** True if options were simulated. */
  get isSimulated() {
    return this.rows("options").some((row) => isNumber(row.cost_mean));
  }
}

/** The bytes of a text in base64. */
function bytesOf(words) {
  const letters = atob(words.replace(/\s+/g, ""));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** Reads the data of an element of the page: JSON as it is, or compressed (gzip) and in base64. */
async function openReport(element) {
  const words = element.textContent;
  if (element.type === "application/json") return new Report(JSON.parse(words));
  const stream = new Blob([bytesOf(words)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Report(await new Response(stream).json());
}
