// The report on the page of a batch: what all scenarios have in common comes first, the rest of a scenario once it is
// shown; projects are forced in and out on their cards, and the run that follows is put together at the foot of the page.
// This file is the last one of the report's script here, in place of its beginning as a file.

/** A report whose scenarios come one by one from the server. */
class LiveReport extends Report {
  constructor(content, address) {
    super(content);
    this.address = address;
    this.begun = new Map();
    this.places = new Map(this.scenarios.map((row, place) => [row.scenario, place]));
  }

  /** Resolves when all that is known of a scenario is here; what could not be fetched is asked for again next time. */
  load(scenario) {
    if (!this.places.has(scenario)) return Promise.resolve();
    if (!this.begun.has(scenario)) {
      const fetched = this.fetchScenario(this.places.get(scenario));
      fetched.catch(() => this.begun.delete(scenario));
      this.begun.set(scenario, fetched);
    }
    return this.begun.get(scenario);
  }

  async fetchScenario(place) {
    this.add((await fetchJson(`${this.address}/scenarios/${place}`)).tables);
  }
}

/** What the server answers, as data; an error says why there is none. */
async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || `the server answered ${answer.status}`);
}

/** The next run: the form that changes the batch, with the projects that are forced in or out. */
class NextRun {
  constructor(form, report) {
    this.form = form;
    this.report = report;
    this.told = el("p", { class: "next-run-changes", role: "status" });
    const clear = el("button", { type: "button", class: "quiet", onclick: () => this.clear() }, "Clear");
    // A button of the form itself, so that it works as the one in the form does.
    const show = el("button", { type: "submit", form: form.id, name: "step", value: "show" }, "Show what will change");
    this.bar = document.body.appendChild(el("aside", { class: "next-run", "aria-label": "The next run", hidden: true }, this.told, el("div", { class: "next-run-tools" }, show, clear)));
    for (const event of ["input", "change"]) form.addEventListener(event, () => this.show());
    form.addEventListener("reset", () => setTimeout(() => this.show()));
    this.show();
  }

  /** Ids in a field, as the server reads them. */
  ids(field) {
    const { value } = this.form.elements[field];
    return value.split(/[;\n]/.test(value) ? /[;\n]/ : ",").map((id) => id.trim()).filter(Boolean);
  }

  write(field, ids) {
    // With one semicolon, commas belong to ids.
    this.form.elements[field].value = ids.length > 0 ? `${ids.join("; ")};` : "";
  }

  /** True if a project is in a field: `force_in` or `force_out`. */
  has(field, project) {
    return this.ids(field).includes(project);
  }

  /** Puts a project into a field, and out of the other; a second time takes it out again. */
  toggle(field, project) {
    const other = field === "force_in" ? "force_out" : "force_in";
    const without = (name) => this.ids(name).filter((id) => id !== project);
    this.write(field, this.has(field, project) ? without(field) : [...this.ids(field), project]);
    this.write(other, without(other));
    this.show();
  }

  clear() {
    this.form.reset();
    for (const field of ["force_in", "force_out"]) this.write(field, []);
    this.show();
  }

  /** The changes in words. */
  get changes() {
    const names = (field) => listed(this.ids(field).map((id) => this.report.name(id)), 4);
    const forced = [["force_in", "in"], ["force_out", "out"]].filter(([field]) => this.ids(field).length > 0);
    const others = [...this.form.elements].filter((one) => one.dataset.change && one.value.trim());
    return [
      ...forced.map(([field, word]) => `${names(field)} forced ${word}`),
      ...others.map((one) => one.dataset.change.replace("…", one.selectedOptions ? one.selectedOptions[0].text : one.value.trim())),
    ];
  }

  show() {
    const { changes } = this;
    this.bar.hidden = changes.length === 0;
    this.told.replaceChildren(el("strong", null, "Next run: "), changes.join(" · "));
  }
}

/** The page around a live report: what cannot be fetched is told. */
class LiveShell extends Shell {
  async show(asked, how) {
    try {
      await super.show(asked, how);
      this.trouble?.remove();
      this.trouble = null;
    } catch (cause) {
      this.trouble?.remove();
      this.trouble = el("p", { class: "notice", role: "alert" }, `This scenario cannot be shown: ${cause.message}. `, el("button", { type: "button", class: "quiet", onclick: () => this.show(asked, how) }, "Try again"));
      this.main.prepend(this.trouble);
    }
  }
}

/** The part of a project's card that puts it into the next run, or out of it. */
function nextRunPart(nextRun) {
  return (view, id) => {
    const tools = el("div", { class: "card-tools" });
    const button = (field, words) => el("button", { type: "button", "aria-pressed": String(nextRun.has(field, id)), onclick: () => {
      nextRun.toggle(field, id);
      fill();
      // The button that was pressed is a new one now.
      tools.querySelector(`[data-field="${field}"]`).focus();
    }, "data-field": field }, words);
    const fill = () => tools.replaceChildren(el("span", null, "In the next run: "), button("force_in", "force in"), button("force_out", "force out"));
    fill();
    return tools;
  };
}

/** Fetches the report of this page and shows it; the tables that the page brought stand until then. */
function beginLive() {
  const page = document.getElementById("page");
  const address = `/batches/${page.dataset.batch}/report`;
  const form = document.getElementById("rerun");
  // An address without a view shows what a form without scripts asked for.
  const asked = location.hash.includes("=") ? readAddress() : { scenario: page.dataset.scenario || null, option: null, chapter: null };
  fetchJson(`${address}/overview`).then((content) => {
    const report = new LiveReport(content, address);
    new LiveShell(page, report, asked);
    document.body.classList.add("is-live");
    if (form) {
      addWeighing(form, report);
      CARD_PARTS.push(nextRunPart(new NextRun(form, report)));
    }
  }).catch((cause) => {
    page.prepend(el("p", { class: "notice", role: "alert" }, `The report cannot be shown: ${cause.message}. The tables and files below are whole.`));
  });
}

// The address holds what is shown, and no place of the page.
document.querySelector("body > .skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("page").focus();
});
// One menu is open at a time, and a click beside it closes it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
beginLive();
