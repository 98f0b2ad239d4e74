// The page around the chapters: pickers of scenario and option, the list of chapters, the address; what was chosen is
// shown anew without moving what the reader looks at.

/** Shows a report in an element. `begin` may be `{scenario, option, chapter}`; it is what the address asks for otherwise. */
class Shell {
  constructor(root, report, begin = readAddress()) {
    this.report = report;
    this.sections = new Map();
    this.chapter = null;
    startTheme(report.batch.name);
    this.side = el("aside", { class: "side", "aria-label": "Scenarios and options" });
    this.anchors = el("nav", { class: "anchors", "aria-label": "Chapters" });
    this.main = el("main", { id: "report", tabindex: -1 });
    this.picked = el("div", { class: "pickers" });
    this.card = el("dialog", { class: "card", "aria-label": "Project" });
    root.replaceChildren(
      this.header(),
      el("div", { class: "sheet" }, this.side, this.main),
      this.card,
    );
    this.listen();
    // The head stays at the top of the window, and must not cover a chapter that the reader goes to.
    const head = root.querySelector(".top");
    const measure = () => document.documentElement.style.setProperty("--head", `${Math.ceil(head.getBoundingClientRect().height)}px`);
    if (window.ResizeObserver) new ResizeObserver(measure).observe(head);
    this.show(begin, { isStep: false, isBegin: true });
  }

  header() {
    const { batch } = this.report;
    const title = el("div", { class: "title" }, el("h1", null, batch.name), batch.description && el("p", null, batch.description));
    const skip = el("a", { class: "skip", href: "#report", onclick: (event) => this.skip(event) }, "To the report");
    return el("header", { class: "top" }, skip, el("div", { class: "bar" }, title, this.picked, themeSwitch()), this.anchors);
  }

  listen() {
    document.addEventListener("click", (event) => this.follow(event));
    document.addEventListener("keydown", (event) => {
      const isDrawn = event.target instanceof SVGElement || event.target.tagName === "TD";
      if (isDrawn && (event.key === "Enter" || event.key === " ") && this.follow(event)) event.preventDefault();
    });
    window.addEventListener("hashchange", () => this.show(readAddress(), { isStep: false, isBegin: true }));
    let isWaiting = false;
    window.addEventListener("scroll", () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        this.noteChapter();
      });
    }, { passive: true });
    this.card.addEventListener("click", (event) => {
      if (event.target === this.card) this.card.close();
    });
  }

  /** Goes where an element leads: to a project's card, a scenario or an option. */
  follow(event) {
    const goal = event.target.closest && event.target.closest("[data-project], [data-scenario], [data-option]");
    if (!goal) return false;
    const { project, scenario, option } = goal.dataset;
    if (project !== undefined) this.openCard(project);
    else this.show({ scenario: scenario ?? this.view.scenario, option: option ?? null }, { isStep: true });
    return true;
  }

  skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  /** The view that is asked for, as far as it is there: the first scenario and its first option otherwise. */
  viewOf({ scenario, option }) {
    const { report } = this;
    const scenarioRow = (scenario !== null && report.scenario(scenario)) || report.base;
    const name = scenarioRow ? scenarioRow.scenario : null;
    const options = report.options(name);
    const row = options.find((one) => String(one.option) === String(option)) || options[0] || null;
    return { report, scenario: name, option: row ? row.option : null, row, scenarioRow };
  }

  async show(asked, { isStep, isBegin = false }) {
    const turn = (this.turn = {});
    const wanted = this.viewOf(asked);
    await this.report.load(wanted.scenario);
    // A later choice has overtaken this one.
    if (turn !== this.turn) return;
    const view = this.viewOf(asked);
    const isSame = this.view && this.view.scenario === view.scenario && this.view.option === view.option;
    this.view = view;
    // Before the chapters are marked, which replaces the address: a step back has to find the former one.
    if (isStep) writeAddress({ ...view, chapter: this.chapter }, true);
    if (!isSame) this.render();
    if (isBegin && asked.chapter) this.goTo(asked.chapter);
  }

  render() {
    const place = this.place();
    const kept = keptState(this.main);
    this.picked.replaceChildren(...pickers(this));
    this.renderSide();
    for (const one of CHAPTERS) this.renderChapter(one);
    this.main.replaceChildren(...[...this.sections.values()].filter(Boolean));
    this.renderAnchors();
    restoreState(this.main, kept);
    if (place) window.scrollBy(0, place.section.getBoundingClientRect().top - place.top);
  }

  /** The lists beside the report; the entry that has the focus keeps it, and the lists stay where they were scrolled to. */
  renderSide() {
    const focused = this.side.contains(document.activeElement) ? { ...document.activeElement.dataset } : null;
    const top = this.side.scrollTop;
    this.side.replaceChildren(...sideLists(this));
    this.side.scrollTop = top;
    if (!focused) return;
    const isSame = (one) => one.dataset.scenario === focused.scenario && one.dataset.option === focused.option;
    const target = [...this.side.querySelectorAll("button")].find(isSame);
    if (target) target.focus({ preventScroll: true });
  }

  renderChapter(one) {
    const known = this.sections.get(one.id);
    if (!(one.isAcross && this.sections.has(one.id))) {
      const node = one.build(this.view);
      const section = node && (known || el("section", { id: `chapter-${one.id}`, class: "chapter", "data-chapter": one.id }));
      if (section) section.replaceChildren(el("h2", null, one.question), node);
      this.sections.set(one.id, section || null);
    }
    const section = this.sections.get(one.id);
    if (section && one.mark) one.mark(section, this.view);
  }

  renderAnchors() {
    const shown = CHAPTERS.filter((one) => this.sections.get(one.id));
    const link = (one) => el("a", { href: addressOf({ ...this.view, chapter: one.id }), "data-anchor": one.id, onclick: (event) => this.clickAnchor(event, one.id) }, one.title);
    this.anchors.replaceChildren(...shown.map(link));
    this.noteChapter();
  }

  clickAnchor(event, chapter) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.goTo(chapter);
  }

  /** Shows a chapter at the top of the window. */
  goTo(chapter) {
    const section = this.sections.get(chapter);
    if (section) section.scrollIntoView();
    this.markChapter(section ? chapter : this.chapter);
  }

  /** The chapter at the top of the window and where it stands there. */
  place() {
    const top = this.edge();
    const section = [...this.main.children].find((one) => one.getBoundingClientRect().bottom > top);
    return section && window.scrollY > 0 ? { section, top: section.getBoundingClientRect().top } : null;
  }

  /** A line below what stays at the top of the window: what has passed it is read. */
  edge() {
    return this.anchors.getBoundingClientRect().bottom + 48;
  }

  noteChapter() {
    const edge = this.edge();
    const begun = [...this.main.children].filter((one) => one.getBoundingClientRect().top <= edge);
    const isEnd = window.scrollY > 0 && window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2;
    const section = isEnd ? this.main.lastElementChild : begun.length > 0 ? begun[begun.length - 1] : this.main.firstElementChild;
    if (section) this.markChapter(section.dataset.chapter);
  }

  markChapter(chapter) {
    const isNew = chapter !== this.chapter;
    this.chapter = chapter;
    for (const link of this.anchors.children) {
      const isHere = link.dataset.anchor === chapter;
      if (isHere) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (isHere && isNew) this.anchors.scrollTo({ left: link.offsetLeft - 80 });
    }
    if (this.view) writeAddress({ scenario: this.view.scenario, option: this.view.option, chapter }, false);
  }

  openCard(id) {
    this.card.replaceChildren(el("form", { method: "dialog", class: "close" }, el("button", { class: "quiet", "aria-label": "Close" }, "Close")), projectCard(this.view, id));
    if (!this.card.open) this.card.showModal();
    this.card.scrollTop = 0;
  }
}

/** Everything the reader has opened, and where the focus is, by chapter and place in it. */
function keptState(main) {
  return [...main.children].map((section) => ({
    section,
    pressed: pressable(section).map((button) => button.getAttribute("aria-pressed") === "true"),
    opened: [...section.querySelectorAll("details")].map((one) => one.open),
    focus: section.contains(document.activeElement) ? focusable(section).indexOf(document.activeElement) : -1,
  }));
}

function restoreState(main, kept) {
  for (const { section, pressed, opened, focus } of kept.filter((one) => one.section.isConnected)) {
    const wasPressed = (button, place) => pressed[place] && button.getAttribute("aria-pressed") === "false";
    pressable(section).filter(wasPressed).forEach((button) => button.click());
    [...section.querySelectorAll("details")].forEach((one, place) => (one.open = opened[place] ?? one.open));
    const target = focusable(section)[focus];
    if (target && !section.contains(document.activeElement)) target.focus({ preventScroll: true });
  }
}

const pressable = (section) => [...section.querySelectorAll(".tools button[aria-pressed]")];
const focusable = (section) => [...section.querySelectorAll("a, button, input, select, summary, [tabindex]")];
