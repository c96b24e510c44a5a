// Keeps the board in step: hears of changes by server-sent events, fetches the part that changes, asks now and then
// where no events come, and says how old its news are when the server is away. Without it the page loads anew.
"use strict";
(() => {
  const REST_MS = 20000, AGAIN_MS = 3000, NEW_S = 30, ANNOUNCED_S = 90;
  const { part, stream, away, seconds, minutes } = document.body.dataset;
  const board = document.getElementById("board");
  const age = document.getElementById("age");
  const says = document.getElementById("says");
  const known = new Set();
  let goodAt = Date.now(), timer = 0, isAsking = false, isWanted = false, isSoon = false;

  function ids() { return [...board.querySelectorAll("[data-call]")]; }

  function mark() {
    for (const row of ids()) row.classList.toggle("new", Number(row.dataset.age) < NEW_S);
  }

  function tell() {
    for (const row of ids()) {
      if (!known.has(row.dataset.call) && Number(row.dataset.age) < ANNOUNCED_S) says.textContent = row.dataset.says;
      known.add(row.dataset.call);
    }
  }

  function showAge(isAway) {
    document.body.classList.toggle("is-old", isAway);
    age.hidden = !isAway;
    if (!isAway) return;
    const old = Math.max(1, Math.round((Date.now() - goodAt) / 1000));
    const words = old < 120 ? seconds.replace("{n}", old) : minutes.replace("{n}", Math.floor(old / 60));
    const text = away.replace("{age}", words);
    if (age.textContent !== text) age.textContent = text;
  }

  async function ask() {
    if (isAsking) { isWanted = true; return; }
    isAsking = true;
    clearTimeout(timer);
    let isGood = false;
    try {
      const answer = await fetch(part, { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.ok) {
        board.innerHTML = await answer.text();
        goodAt = Date.now();
        isGood = true;
        mark();
        tell();
      }
    } catch { /* away: what was shown stays, with its age */ }
    showAge(!isGood);
    isAsking = false;
    timer = setTimeout(ask, isGood ? REST_MS : AGAIN_MS);
    if (isWanted) { isWanted = false; ask(); }
  }

  for (const row of ids()) known.add(row.dataset.call);
  mark();
  timer = setTimeout(ask, REST_MS);
  if ("EventSource" in window) {
    const source = new EventSource(stream);
    for (const name of ["call", "hall", "counter", "reset"]) source.addEventListener(name, ask);
    source.addEventListener("queue", () => {
      if (isSoon) return;
      isSoon = true;
      setTimeout(() => { isSoon = false; ask(); }, 2000);
    });
    source.addEventListener("error", ask);
  }
})();
