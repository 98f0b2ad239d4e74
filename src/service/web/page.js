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
    // Events of an earlier version have no such field.
    const isThere = (value) => value !== null && value !== undefined;
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
    const showBegun = ({ scenario }) => {
      const status = rows.get(scenario)?.querySelector(".status");
      if (status?.textContent === "waiting") {
        status.textContent = "running";
        status.classList.add("running");
      }
    };
    // As the page writes numbers when it is loaded.
    const written = (number) => {
      const size = Math.abs(number);
      const [divisor, unit] = [[1e9, " bn"], [1e6, " M"]].find(([one]) => size >= one) ?? [1, ""];
      const scaled = number / divisor;
      const few = size >= 10000 ? 0 : size >= 100 ? 1 : size >= 1 || size === 0 ? 2 : 4;
      const decimals = divisor > 1 ? (size / divisor < 10 ? 2 : 1) : Number.isInteger(number) ? 0 : few;
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      return scaled.toLocaleString("en", digits) + unit;
    };
    const showScenario = ({ scenario, status, seconds, objective, projects }) => {
      const row = rows.get(scenario);
      if (row) {
        row.querySelector(".status").textContent = status;
        row.querySelector(".status").classList.remove("running");
        if (seconds !== null) row.querySelector(".seconds").textContent = seconds.toFixed(2);
        if (isThere(objective)) row.querySelector(".objective").textContent = written(objective);
        if (isThere(projects)) row.querySelector(".projects").textContent = projects;
      }
      done.add(scenario);
      show();
    };
    const showState = ({ state }) => {
      document.getElementById("state").textContent = state;
      if (["done", "failed", "cancelled"].includes(state)) location.reload();
    };

    // One stream for all tabs; where there is none, or while it is broken off, the tab asks now and then.
    const INTERVAL = 5000;
    const { batch } = live.dataset;
    let isTold = false;
    let etag = "";
    const ask = async () => {
      if (isTold) return;
      const answer = await fetch(`/v1/batches/${batch}`, { cache: "no-store", headers: { "If-None-Match": etag } });
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag") ?? "";
      const { scenarios, state } = await answer.json();
      for (const { name, status, ...searched } of scenarios) {
        if (status === "running") showBegun({ scenario: name });
        else if (status !== "waiting") showScenario({ scenario: name, status, ...searched });
      }
      showState({ state });
    };
    setInterval(() => ask().catch(() => {}), INTERVAL);
    if (window.SharedWorker) {
      const { port } = new SharedWorker("/assets/follow.js");
      port.onmessage = ({ data: { open, kind, data } }) => {
        if (open !== undefined) isTold = open;
        else if (kind === "begun") showBegun(data);
        else if (kind === "scenario") showScenario(data);
        else if (kind === "state") showState(data);
      };
      window.addEventListener("pageshow", () => port.postMessage({ batch }));
      window.addEventListener("pagehide", () => {
        isTold = false;
        port.postMessage({ leave: true });
      });
    }
  }
})();
