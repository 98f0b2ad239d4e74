"use strict";
// Says when the service no longer answers, and when it does again.
(() => {
  const sign = document.getElementById("contact");
  const PAUSE = 10000;
  const PAUSE_WITHOUT = 2000;
  const PATIENCE = 8000;
  let since = null;

  const lost = () => {
    if (since) return;
    since = new Date();
    const time = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    sign.textContent = `No contact with the service since ${time}. What is shown may be out of date; this page keeps trying.`;
    sign.className = "contact bad";
  };

  const back = () => {
    if (!since) return;
    since = null;
    sign.textContent = "The service answers again.";
    sign.className = "contact";
    // What was missed meanwhile.
    if (document.getElementById("live")) location.reload();
  };

  const look = async () => {
    if (!document.hidden) {
      try {
        await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
        back();
      } catch {
        lost();
      }
    }
    setTimeout(look, since ? PAUSE_WITHOUT : PAUSE);
  };
  window.addEventListener("offline", lost);
  setTimeout(look, PAUSE_WITHOUT);
})();
