"use strict";
// The files of a new batch: dropped or chosen, from one folder or several, listed, replaced, removed, and sent. They stay
// listed when they are sent, so that one that has faults is mended and nothing is chosen twice. Without this script the
// form sends what its field holds.
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const WANTED = /\.(toml|csv|zip|xlsx)$/i;
  const MOST = 1000;
  const [input, folder, list, status, answer] = ["files", "folder", "list", "chosen", "answer"]
    .map((id) => document.getElementById(id));
  const send = document.getElementById("send");
  // By the path within its folder: how the file is read, and whether faults were found in it.
  const files = new Map();

  // The list says what was chosen, and not the fields.
  form.classList.add("scripted");
  input.required = false;
  input.removeAttribute("name");
  document.getElementById("folder-choice").hidden = false;

  // A folder is taken whatever it is called; hidden files and folders within it are not.
  const within = (path) => path.replace(/^\//, "").replace(/^\.[^/]*\//, "");
  const isHidden = (path) => path.split("/").some((part) => part.startsWith("."));
  const last = (path) => path.split("/").pop();
  const tell = (text) => { status.textContent = text; };

  // A file that was chosen alone takes the place of the one with its name, wherever that lies.
  const place = (path) => {
    if (files.has(path) || path.includes("/")) return path;
    const same = [...files.keys()].filter((known) => last(known) === path);
    return same.length === 1 ? same[0] : path;
  };

  const add = (found) => {
    const [left, replaced] = [[], []];
    let count = 0;
    for (const { path, read } of found) {
      if (isHidden(path)) continue;
      if (!WANTED.test(path)) {
        left.push(last(path));
        continue;
      }
      const key = place(path);
      if (files.has(key)) replaced.push(last(key));
      files.set(key, { read, faulty: false });
      count += 1;
    }
    show();
    const some = (names) => names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
    const parts = [count === 1 ? "1 file was added" : `${count} files were added`];
    if (replaced.length) parts.push(`in place of the former: ${some(replaced)}`);
    if (left.length) parts.push(`left out, as they are no tables: ${some(left)}`);
    tell(parts.join("; ") + ".");
  };

  const remove = (path) => {
    const place = [...files.keys()].indexOf(path);
    files.delete(path);
    show();
    tell(`${last(path)} was removed.`);
    const buttons = list.querySelectorAll("button");
    (buttons[Math.min(place, buttons.length - 1)] ?? input).focus();
  };

  const row = (path) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = path;
    item.append(name, " ");
    if (files.get(path).faulty) {
      const note = document.createElement("strong");
      note.className = "bad";
      note.textContent = "has faults: add it again once it is mended";
      item.append(note, " ");
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Remove";
    button.setAttribute("aria-label", `Remove ${path}`);
    button.addEventListener("click", () => remove(path));
    item.append(button);
    return item;
  };

  const show = () => {
    const paths = [...files.keys()];
    document.getElementById("listed").hidden = paths.length === 0;
    list.replaceChildren(...paths.map(row));
    const batches = paths.filter((path) => /\.toml$/i.test(path));
    const [which, choice] = ["which", "batch"].map((id) => document.getElementById(id));
    which.hidden = batches.length < 2;
    const chosen = choice.value;
    choice.replaceChildren(...batches.map((path) => new Option(path, path, false, path === chosen)));
  };

  const whole = (file) => ({ path: within(file.webkitRelativePath || file.name), read: async () => file });

  for (const field of [input, folder]) {
    field.addEventListener("change", () => {
      const found = [...field.files].map(whole);
      field.value = "";
      if (found.length > MOST) tell(`These are more than ${MOST} files: choose the folder of one batch.`);
      else add(found);
    });
  }

  // All files below an entry of a drop. An entry is read anew whenever it is sent: what was mended meanwhile counts.
  const walk = async (entry, found) => {
    if (found.length > MOST || isHidden(within(entry.fullPath + (entry.isFile ? "" : "/")))) return;
    if (entry.isFile) {
      const read = () => new Promise((done, failed) => entry.file(done, failed));
      found.push({ path: within(entry.fullPath), read });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (some.length === 0) return;
      for (const one of some) await walk(one, found);
    }
  };

  for (const kind of ["dragover", "dragenter"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    // Entries must be taken before the first pause; where there are none, files of no folder are.
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
    const plain = items.filter((_, place) => !entries[place]).map((item) => whole(item.getAsFile()));
    const found = [...plain];
    try {
      for (const entry of entries.filter(Boolean)) await walk(entry, found);
    } catch {
      tell("The folder cannot be read. Choose its files instead.");
      return;
    }
    if (found.length > MOST) tell(`These are more than ${MOST} files: drop the folder of one batch.`);
    else add(found);
  });

  document.getElementById("clear").addEventListener("click", () => {
    files.clear();
    show();
    tell("All files were removed.");
    input.focus();
  });

  // What is sent; null if a file can no longer be read, which is told.
  const body = async () => {
    const data = new FormData();
    for (const [path, { read }] of files) {
      try {
        const file = await read();
        data.append("files", new Blob([await file.arrayBuffer()]), path);
      } catch {
        tell(`${last(path)} was changed or moved after it was chosen: choose it again. The other files are kept.`);
        return null;
      }
    }
    const choice = document.getElementById("batch");
    if (choice.options.length > 1) data.append("batch", choice.value);
    if (form.elements.shared.checked) data.append("shared", "on");
    return data;
  };

  // The answer is a page: its content is shown below the form.
  const showAnswer = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    page.querySelectorAll("main .back").forEach((one) => one.remove());
    for (const [from, to] of [["h2", "h3"], ["h1", "h2"]]) {
      for (const heading of page.querySelectorAll(`main ${from}`)) {
        const lower = page.createElement(to);
        lower.textContent = heading.textContent;
        heading.replaceWith(lower);
      }
    }
    // A file with warnings only can stay as it is.
    const faulty = [...page.querySelectorAll("main .faulty")].filter((one) => one.querySelector("li.fault"));
    const names = new Set(faulty.map((one) => one.querySelector("h3").textContent));
    for (const [path, file] of files) file.faulty = names.has(last(path));
    show();
    answer.replaceChildren(...(page.querySelector("main")?.childNodes ?? []));
    answer.hidden = false;
    tell("The batch was not taken. Mend what is told below and add the changed files again; the others are kept.");
    answer.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (files.size === 0) {
      tell("Add a batch file (.toml) and its tables (.csv) first, or a .zip of both.");
      input.focus();
      return;
    }
    send.disabled = true;
    tell("Checking …");
    answer.hidden = true;
    try {
      const data = await body();
      if (!data) return;
      const told = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } });
      if (told.redirected) location.assign(told.url);
      else showAnswer(await told.text());
    } catch {
      tell("No contact with the service. The files are kept: try again in a moment.");
    } finally {
      send.disabled = false;
    }
  });
  show();
})();
