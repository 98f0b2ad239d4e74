// Light and dark: as the reader's system prefers, until the switch says otherwise; paper is light.

const THEMES = ["auto", "light", "dark"];
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const theme = { chosen: "auto", isPrinting: false };

function applyTheme() {
  const shown = theme.chosen === "auto" ? (prefersDark.matches ? "dark" : "light") : theme.chosen;
  document.documentElement.dataset.theme = theme.isPrinting ? "light" : shown;
}

/** The stored choice; pages without storage begin anew. */
function storedTheme() {
  try {
    return localStorage.getItem("cutline-theme");
  } catch {
    return null;
  }
}

function chooseTheme(chosen) {
  theme.chosen = THEMES.includes(chosen) ? chosen : "auto";
  try {
    localStorage.setItem("cutline-theme", theme.chosen);
  } catch {
    // The choice then lasts as long as the page.
  }
  applyTheme();
}

/** The switch of the header. */
function themeSwitch() {
  const button = el("button", { type: "button", class: "quiet" });
  const show = () => {
    button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme.chosen];
    button.title = `Colours: ${theme.chosen === "auto" ? "as the system prefers" : theme.chosen}. Press for the next.`;
  };
  button.addEventListener("click", () => {
    chooseTheme(THEMES[(THEMES.indexOf(theme.chosen) + 1) % THEMES.length]);
    show();
  });
  show();
  return button;
}

/** A text as CSS takes it between quotes. */
function cssText(words) {
  return `"${[...words].map((letter) => (/[A-Za-z0-9 ]/.test(letter) ? letter : `\\${letter.codePointAt(0).toString(16)} `)).join("")}"`;
}

/** Opens what paper shows though the screen folds it, and folds it again. */
function unfoldForPrint(isPrinting) {
  for (const one of document.querySelectorAll("details[data-print]")) {
    if (isPrinting) {
      one.dataset.print = one.open ? "open" : "folded";
      one.open = true;
    } else if (one.dataset.print === "folded") {
      one.open = false;
      one.dataset.print = "";
    }
  }
}

/** Applies the theme, and prepares paper: light ground, and a foot with batch, date and page numbers. */
function startTheme(batchName) {
  theme.chosen = THEMES.includes(storedTheme()) ? storedTheme() : "auto";
  applyTheme();
  prefersDark.addEventListener("change", applyTheme);
  // A sheet that is made here is no inline style: pages whose policy forbids those print it, too.
  const foot = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, foot];
  const footOf = (printed) =>
    `@page { size: A4 landscape; margin: 12mm 14mm 16mm; @bottom-left { content: ${cssText(`${batchName}, printed ${printed}`)}; font: 8pt sans-serif; } @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }`;
  const print = (isPrinting) => {
    theme.isPrinting = isPrinting;
    unfoldForPrint(isPrinting);
    foot.replaceSync(footOf(new Date().toISOString().slice(0, 10)));
    applyTheme();
  };
  print(false);
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
}
