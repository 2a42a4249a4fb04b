// The kiosk's screens. A card reader is a keyboard that types faster than any person: it is told
// from fingers by its speed, and what fingers typed is thrown away. Without this script the field of
// the form takes everything, and the server refuses what is no card.
"use strict";

// Mean time from key to key. Readers need 2 to 20 ms; the fastest typists need more than 80.
const READER_GAP_MS = 50;
// A key that comes later than this begins a new reading.
const FORGET_MS = 1000;
const SCREEN_MS = 30000;
const TYPED_MS = 6000;
const AWAY_RETRY_MS = 10000;
const ANSWER_MS = 15000;
// The picture of a slip has eight dots for each millimetre of paper.
const DOTS_PER_MM = 8;

const HOME = "/machine/";
const RESULT = "/machine/result";

const reader = document.getElementById("reader");
const field = document.getElementById("card");
const paper = document.getElementById("paper");
const covers = ["busy", "typed", "away"].map((id) => document.getElementById(id));

let keys = "";
let firstAt = 0;
let lastAt = -Infinity;
let homeTimer = 0;
let sending = false;

function show(id) {
  for (const cover of covers) cover.hidden = cover.id !== id;
}

// Replaces the screen, so that going back leads nowhere.
function go(address) {
  window.location.replace(address);
}

// Back to the first screen, but never onto the browser's own page about a server that is away.
async function home() {
  try {
    const answer = await fetch(HOME, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.status < 500) {
      go(HOME);
      return;
    }
  } catch {
    // The server is away: stay here, say so, and ask again.
  }
  show("away");
  goHomeIn(AWAY_RETRY_MS);
}

function goHomeIn(ms) {
  window.clearTimeout(homeTimer);
  homeTimer = window.setTimeout(home, ms);
}

// Sends what the reader typed. The redirect is not followed here: the next screen must be asked
// for by the browser itself, since the slip is printed by whoever asks first.
async function swipe(card) {
  if (sending) return;
  sending = true;
  window.clearTimeout(homeTimer);
  show("busy");
  try {
    const answer = await fetch(reader.action, {
      method: "POST",
      body: new URLSearchParams({ card }),
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.type === "opaqueredirect") {
      go(RESULT);
      return;
    }
  } catch {
    // No answer: whether the visit was entered is not known here; the same card tells.
  }
  sending = false;
  show("away");
  goHomeIn(AWAY_RETRY_MS);
}

function typedByHand() {
  show("typed");
  window.setTimeout(() => { if (!sending) show(""); }, TYPED_MS);
}

const SIGNS = { Minus: "-", NumpadSubtract: "-", Period: ".", NumpadDecimal: ".", Slash: "/", NumpadDivide: "/", NumpadAdd: "+", Space: " " };

// With a Japanese input method on, keys arrive as "Process" or full-width: then the place on the
// keyboard says which it was.
function character(event) {
  if (event.key.length === 1 && !event.isComposing) return event.key.normalize("NFKC");
  if (event.key !== "Process" && event.key !== "Unidentified" && !event.isComposing) return "";
  const place = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
  return place ? place[1] : SIGNS[event.code] ?? "";
}

function isEnter(event) {
  return event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const now = event.timeStamp;
  if (now - lastAt > FORGET_MS) keys = "";
  if (isEnter(event)) {
    // Enter alone presses the button that has the focus.
    if (keys === "") {
      if (event.target === field || event.target === document.body) event.preventDefault();
      return;
    }
    event.preventDefault();
    const isCard = keys.length > 1 && (now - firstAt) / keys.length <= READER_GAP_MS;
    const card = keys;
    keys = "";
    if (isCard) swipe(card);
    else typedByHand();
    return;
  }
  const typed = character(event);
  if (typed === "") return;
  event.preventDefault();
  if (keys === "") firstAt = now;
  keys += typed;
  lastAt = now;
});

// The field keeps the focus, and takes no text: an input method stays off where nothing can be written.
field.readOnly = true;
field.focus({ preventScroll: true });
document.addEventListener("pointerup", () => {
  if (!sending) goHomeIn(SCREEN_MS);
  window.setTimeout(() => { if (document.activeElement === document.body) field.focus({ preventScroll: true }); });
});
// What is copied or dragged on a public screen is nobody's.
for (const kind of ["contextmenu", "dragstart", "copy", "paste", "drop"]) {
  document.addEventListener(kind, (event) => event.preventDefault());
}
// Buttons lead on without leaving a trace in the history.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href='/machine/']");
  if (!link) return;
  event.preventDefault();
  home();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
window.addEventListener("load", () => {
  if (!paper || paper.naturalHeight === 0) return;
  // A roll of paper is as long as the slip.
  const height = Math.ceil(paper.naturalHeight / DOTS_PER_MM);
  for (const sheet of document.styleSheets) {
    if (sheet.href?.endsWith("/machine.css")) sheet.insertRule(`@page { size: 80mm ${height}mm; margin: 0 }`, sheet.cssRules.length);
  }
  window.print();
});
goHomeIn(SCREEN_MS);
