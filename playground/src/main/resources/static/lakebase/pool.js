/*
 * The tab "Pool": the picture that the starter brings, and on a local run a crowd to fill it. What the
 * picture needs is the starter's own, fetched from where the application serves it.
 */

import { $, notice } from "./notice.js";
import { API, call } from "./server.js";

const PICTURE = "/actuator/onbehalfdashboard/";
const EVERY = 1_000;

let stop = () => {};
let signal = new AbortController().signal;
let timer = 0;
let own = [];
let complaint = "";

export const isOfCrowd = (email) => email.endsWith("@crowd.example");

export function begin() {
  $("crowd-start").addEventListener("click", () => order("start"));
  $("crowd-stop").addEventListener("click", () => order("stop"));
}

/** Nobody's picture stays while another person comes. */
export function newView() {
  clearTimeout(timer);
  stop();
  stop = () => {};
  $("crowd").hidden = true;
  complaint = "";
  $("crowd").querySelector(".notices").replaceChildren();
  $("crowd-result").textContent = $("crowd-own").textContent = $("pool-none").textContent = "";
}

export async function load(view, { nobody, local, showUser }) {
  signal = view;
  own = [];
  if (nobody) {
    $("pool-none").textContent = "Nobody is signed in. Choose a person above.";
    return;
  }
  if (!local) { // who that is; a local run knows it
    const { body } = await call(`${API}/raw/my-products`, { signal: view });
    if (view.aborted) return;
    showUser(body.user);
  }
  const { status } = await fetch(`${PICTURE}index.html`, { method: "HEAD", cache: "no-store" });
  if (view.aborted) return;
  if (status !== 200) {
    $("pool-none").textContent = status === 404
      ? "The picture is off here. The setting onbehalf.dashboard.enabled turns it on."
      : "This picture is not for you to see.";
    return;
  }
  const { watch } = await import(`${PICTURE}dashboard.js`);
  await style();
  if (view.aborted) return;
  stop = watch($("picture"), PICTURE);
  if (local) await crowd();
}

/** Once for the page's life. */
function style() {
  if (document.querySelector(`link[href="${PICTURE}dashboard.css"]`)) return null;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `${PICTURE}dashboard.css`;
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

export function showProblem(problem, again) {
  newView();
  $("crowd").hidden = false;
  $("crowd").querySelector(".notices").replaceChildren(notice(problem, [], again));
}

// --- The crowd -----------------------------------------------------------------------------------

async function order(what) {
  const view = signal;
  clearTimeout(timer);
  own = [];
  try {
    draw((await call(`/local/crowd/${what}`, { method: "POST", signal: view })).body);
    timer = setTimeout(crowd, EVERY);
  } catch (problem) {
    if (view.aborted) return;
    $("crowd").querySelector(".notices").replaceChildren(notice(problem));
    timer = setTimeout(crowd, EVERY); // there may be a crowd that somebody else let come
  }
}

/** Says what went wrong in the midst of it, once, however often it does; with null that it is well. */
function complain(problem) {
  const said = problem === null ? "" : `${problem.message} ${problem.detail}`;
  if (said === complaint) return;
  complaint = said;
  $("crowd").querySelector(".notices").replaceChildren(...(problem === null ? [] : [notice(problem)]));
}

/** Asks what they do, and for one's own products in the middle of it. */
async function crowd() {
  const view = signal;
  try {
    const { body } = await call("/local/crowd", { signal: view });
    if (view.aborted) return;
    draw(body);
    if (body.state === "NONE") return;
    if (body.state === "WORKING") await ask(view);
  } catch (problem) {
    if (!view.aborted) complain(problem);
    return;
  }
  if (!view.aborted) timer = setTimeout(crowd, EVERY);
}

async function ask(view) {
  const began = performance.now();
  let cost;
  try {
    ({ cost } = await call(`${API}/raw/my-products`, { signal: view }));
  } catch (problem) {
    if (!view.aborted) complain(problem); // and the crowd goes on
    return;
  }
  if (view.aborted) return;
  complain(null);
  own.push({ millis: performance.now() - began, warm: cost?.warm !== false });
  const sorted = own.map(({ millis }) => millis).sort((one, other) => one - other);
  const cold = own.filter(({ warm }) => !warm).length;
  $("crowd-own").textContent = `Your own requests among theirs: the last took ${Math.round(own.at(-1).millis)} ms, `
    + `half of ${own.length} at most ${Math.round(sorted[Math.floor((sorted.length - 1) / 2)])} ms; `
    + `${cold === 0 ? "none" : cold === 1 ? "one" : cold} had to log in.`;
}

function draw({ state, people, requests, failures, secondsLeft }) {
  $("crowd").hidden = false;
  $("crowd-start").disabled = state !== "NONE";
  $("crowd-stop").disabled = state !== "COMING" && state !== "WORKING";
  $("crowd-result").textContent = {
    NONE: own.length > 0 || requests > 0 ? `They have gone. They made ${requests} requests${failures ? `, of which ${failures} failed` : ""}.` : "",
    COMING: `${people} people come …`,
    WORKING: `${people} people are at work, for ${secondsLeft} seconds more. Requests so far: ${requests}.`,
    LEAVING: "They leave, and their connections and roles go with them …",
  }[state];
}
