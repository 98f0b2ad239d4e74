"use strict";
// Progress while a batch runs. Everything else is plain HTML and works without this.
(() => {
  const live = document.getElementById("live");
  if (live) {
    const total = Number(live.dataset.total);
    const begun = Date.now() - 1000 * Number(live.dataset.since);
    const rows = new Map([...document.querySelectorAll("#scenarios tr")].map((row) => [row.dataset.name, row]));
    const done = new Set();
    for (const [name, row] of rows) {
      if (!["waiting", "running"].includes(row.querySelector(".status").textContent)) done.add(name);
    }
    const show = () => {
      document.getElementById("bar").value = done.size;
      document.getElementById("count").textContent = `${done.size} of ${total} scenarios`;
      if (done.size > 0 && done.size < total) {
        const left = Math.round(((Date.now() - begun) / 1000) * (total - done.size) / done.size);
        document.getElementById("left").textContent = `about ${left} s left`;
      } else if (done.size >= total) {
        document.getElementById("left").textContent = "putting the results together";
      }
    };
    const source = new EventSource(`/v1/batches/${live.dataset.batch}/events`);
    source.addEventListener("begun", (event) => {
      const status = rows.get(JSON.parse(event.data).scenario)?.querySelector(".status");
      if (status?.textContent === "waiting") {
        status.textContent = "running";
        status.classList.add("running");
      }
    });
    source.addEventListener("scenario", (event) => {
      const { scenario, status, seconds } = JSON.parse(event.data);
      const row = rows.get(scenario);
      if (row) {
        row.querySelector(".status").textContent = status;
        row.querySelector(".status").classList.remove("running");
        if (seconds !== null) row.querySelector(".seconds").textContent = seconds.toFixed(2);
      }
      done.add(scenario);
      show();
    });
    source.addEventListener("state", (event) => {
      const { state } = JSON.parse(event.data);
      document.getElementById("state").textContent = state;
      if (["done", "failed", "cancelled"].includes(state)) {
        source.close();
        location.reload();
      }
    });
  }
})();
