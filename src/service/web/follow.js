"use strict";
// A shared worker: one stream of events for all tabs of a browser, as a browser has few connections to one server.
// A tab sends { batch } to follow it and { leave: true } when it goes. It is sent { kind, data } for each event, and
// { open } when the stream begins or breaks off, in which case it asks for itself now and then.
const MOST = 100;
const SETTLE = 100;
const RETURN = 15000;
const followed = new Map();
let source = null;
let timer = null;

const tell = (batches, message) => {
  for (const batch of batches) {
    for (const port of followed.get(batch)?.ports ?? []) port.postMessage(message);
  }
};

const close = () => {
  clearTimeout(timer);
  source?.close();
  source = null;
};

const receive = (event) => {
  const data = JSON.parse(event.data);
  const one = followed.get(data.batch);
  const id = Number(event.lastEventId);
  if (!one || id <= one.last) return;
  one.last = id;
  tell([data.batch], { kind: event.type, data });
};

const open = () => {
  close();
  const batches = [...followed.keys()].slice(-MOST);
  if (batches.length === 0) return;
  const query = new URLSearchParams(batches.map((batch) => ["batch", batch]));
  query.set("after", Math.min(...batches.map((batch) => followed.get(batch).last)));
  source = new EventSource(`/v1/events?${query}`);
  for (const kind of ["state", "begun", "scenario"]) source.addEventListener(kind, receive);
  source.addEventListener("open", () => tell(batches, { open: true }));
  source.addEventListener("error", () => {
    tell(batches, { open: false });
    // It comes back by itself unless it was refused.
    if (source.readyState === EventSource.CLOSED) reopen(RETURN);
  });
};

const reopen = (pause) => {
  close();
  timer = setTimeout(open, pause);
};

const follow = (port, batch) => {
  const one = followed.get(batch) ?? { ports: new Set() };
  // A new tab is told everything; to the others it is no news.
  one.last = 0;
  one.ports.add(port);
  followed.set(batch, one);
  reopen(SETTLE);
};

const leave = (port) => {
  for (const [batch, { ports }] of followed) {
    ports.delete(port);
    if (ports.size === 0) followed.delete(batch);
  }
  if (followed.size === 0) close();
};

self.addEventListener("connect", ({ ports: [port] }) => {
  port.onmessage = ({ data }) => (data.leave ? leave(port) : follow(port, data.batch));
});
