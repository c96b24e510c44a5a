// Keeps the board in step: is told by server-sent events what it shows, asks for it where they do not come, and says how
// old its news are when the server is away. Without it the page loads anew.
"use strict";
(() => {
  const REST_MS = 20000, AGAIN_MS = 3000, SILENT_MS = 35000, REOPEN_MS = 60000, NEW_S = 30, ANNOUNCED_S = 90;
  const { part, events, away, seconds, minutes } = document.body.dataset;
  const board = document.getElementById("board");
  const age = document.getElementById("age");
  const says = document.getElementById("says");
  const known = new Set();
  let goodAt = Date.now(), now = Number(document.body.dataset.now), isGood = true, isAsking = false, timer = 0;

  // A crowd that lost one server must not come back in one moment.
  function about(ms) { return ms * (0.5 + Math.random()); }

  function rows() { return [...board.querySelectorAll("[data-call]")]; }

  function ageOf(row) { return now + (Date.now() - goodAt) / 1000 - Number(row.dataset.called); }

  function mark() {
    for (const row of rows()) row.classList.toggle("new", isGood && ageOf(row) < NEW_S);
  }

  function tell() {
    for (const row of rows()) {
      if (!known.has(row.dataset.call) && ageOf(row) < ANNOUNCED_S) says.textContent = row.dataset.says;
      known.add(row.dataset.call);
    }
  }

  function take(html, at) {
    goodAt = Date.now();
    now = at;
    isGood = true;
    if (html !== null) {
      board.innerHTML = html;
      tell();
    }
    mark();
    showAge();
  }

  function showAge() {
    document.body.classList.toggle("is-old", !isGood);
    age.hidden = isGood;
    if (isGood) return;
    const old = Math.max(1, Math.round((Date.now() - goodAt) / 1000));
    const words = old < 120 ? seconds.replace("{n}", old) : minutes.replace("{n}", Math.floor(old / 60));
    const text = away.replace("{age}", words);
    if (age.textContent !== text) age.textContent = text;
  }

  function askIn(ms) {
    clearTimeout(timer);
    timer = setTimeout(ask, ms);
  }

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    const asked = Date.now();
    let isHeard = false;
    try {
      const answer = await fetch(part, { cache: "no-cache", signal: AbortSignal.timeout(4000) });
      if (answer.ok) {
        const html = await answer.text();
        if (goodAt < asked || !isGood) take(html, Number(answer.headers.get("Giliran-Now")));  // not told meanwhile
        isHeard = true;
      }
    } catch { /* away: what was shown stays, with its age */ }
    isAsking = false;
    if (!isHeard && goodAt < asked) isGood = false;
    showAge();
    mark();
    askIn(isHeard ? REST_MS : about(AGAIN_MS));
  }

  function listen() {
    const source = new EventSource(events);
    source.addEventListener("board", (told) => {
      const { html, now: at } = JSON.parse(told.data);
      take(html, at);
      document.body.dataset.live = "true";
      askIn(SILENT_MS);  // only where it falls silent
    });
    source.addEventListener("same", (told) => {
      take(null, JSON.parse(told.data).now);
      askIn(SILENT_MS);
    });
    source.addEventListener("error", () => {
      delete document.body.dataset.live;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, about(REOPEN_MS));  // too many watch already
      if (!isAsking) askIn(about(500));
    });
  }

  for (const row of rows()) known.add(row.dataset.call);
  mark();
  setInterval(() => { mark(); showAge(); }, 1000);
  askIn(REST_MS);
  if ("EventSource" in window) listen();
})();
