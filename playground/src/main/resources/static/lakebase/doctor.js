/*
 * The tab "Doctor": what is wrong with Row-Level Security here, and on a local run a mistake to be
 * planted, seen to leak, and mended. As everywhere on the page, what was asked in an older view is
 * not drawn.
 */

import { $, codeBlock, copyOf, notice, paragraph } from "./notice.js";
import { drawRow, mark, pane, products, setBusy as setPaneBusy, take } from "./panes.js";
import { API, call, inTurn } from "./server.js";

const MANUAL = "https://www.postgresql.org/docs/";
const MISTAKE = "raw_example.everything";

const leak = pane("leak");
const button = Object.fromEntries(
  ["plant", "read", "mend", "remove"].map((what) => [what, $(`mistake-${what}`)]));
let signal = new AbortController().signal;
let renew = () => {};

/** @param again begins a new view of this tab */
export function begin(again) {
  renew = again;
  $("examine").addEventListener("click", again);
  button.plant.addEventListener("click", () => change("plant", "It is planted.", button.read));
  button.read.addEventListener("click", () => read(signal));
  button.mend.addEventListener("click", () => change("mend", "It is mended.", button.read));
  button.remove.addEventListener("click", () => change("remove", "It is gone.", button.plant));
}

/** Nobody's rows are shown while another person comes. */
export function newView(busy) {
  $("leak").hidden = true;
  $("mistake-result").textContent = "";
  setBusy(busy);
}

function setBusy(busy) {
  $("doctor").ariaBusy = String(busy);
}

export async function load(view, { nobody, showUser }) {
  signal = view;
  clear();
  if (nobody) {
    setBusy(false);
    $("diagnosis").textContent = "Nobody is signed in. Choose a person above.";
    return;
  }
  try {
    const { body } = await call(`${API}/raw/doctor`, { signal: view });
    if (view.aborted) return;
    showUser(body.user);
    show(body);
  } catch (problem) {
    if (view.aborted) return;
    if (problem.user) showUser(problem.user);
    showProblem(problem, renew);
  }
}

function clear() {
  $("diagnosis").textContent = "";
  $("findings").replaceChildren();
  $("report").querySelector(".notices").replaceChildren();
  $("mistake").hidden = true;
  $("leak").hidden = true;
}

export function showProblem(problem, again) {
  clear();
  setBusy(false);
  $("report").querySelector(".notices").replaceChildren(notice(problem, [], again));
}

// --- The report ----------------------------------------------------------------------------------

function show({ report, planted }) {
  setBusy(false);
  const { findings } = report;
  const scope = `${report.people === 1 ? "one person" : `${report.people} people`} and `
    + `${report.tables === 1 ? "one table" : `${report.tables} tables and views`}`;
  $("diagnosis").dataset.verdict = findings.length === 0 ? "yes" : "no";
  $("diagnosis").textContent = findings.length === 0
    ? `Nothing found. Examined: ${scope} of raw_example.`
    : `${findings.length === 1 ? "One finding" : `${findings.length} findings`}. Examined: ${scope} of raw_example.`;
  $("findings").replaceChildren(...findings.map(drawFinding));
  $("mistake").hidden = planted === null;
  button.plant.disabled = planted === true;
  button.read.disabled = button.remove.disabled = planted !== true;
  button.mend.disabled = !findings.some(({ object }) => object === MISTAKE);
}

function drawFinding({ id, severity, object, sentence, mend, manual, plan }) {
  const item = copyOf("finding-template");
  const put = (selector, text) => { item.querySelector(selector).textContent = text; };
  item.dataset.severity = severity.toLowerCase();
  put(".chip", severity.toLowerCase());
  put(".object", object);
  put(".sentence", sentence);
  put(".id", id);
  item.querySelector(".mend").append(codeBlock(mend));
  if (plan) item.querySelector(".mend").append(paragraph(plan));
  const link = item.querySelector("a");
  if (manual.startsWith(MANUAL)) link.href = manual;
  else link.remove();
  return item;
}

// --- The mistake ---------------------------------------------------------------------------------

/** Changes what is planted, asks the doctor again, and then the view, if it is mended. */
async function change(what, done, next) {
  if ($("doctor").ariaBusy === "true") return;
  const asked = signal;
  const hadFocus = document.activeElement === button[what];
  setBusy(true);
  $("mistake-result").textContent = "";
  try {
    await inTurn(() => call(`/local/doctor/${what}`, { method: "POST", signal: asked }));
    if (asked.aborted) return;
    await renew();
    $("mistake-result").textContent = done;
    if (what === "mend" && !button.read.disabled) await read(signal);
    if (hadFocus) next.focus(); // because the button can't be pressed again
  } catch (problem) {
    if (!asked.aborted) showProblem(problem, renew);
  }
}

async function read(asked) {
  leak.root.hidden = false;
  setPaneBusy(leak, true);
  try {
    const answer = await call("/local/doctor/read", { method: "POST", signal: asked });
    if (asked.aborted) return;
    const { user, products: rows } = answer.body;
    take(leak, rows, answer);
    drawLeak(user, rows);
  } catch (problem) {
    if (asked.aborted) return;
    setPaneBusy(leak, false);
    leak.scroller.hidden = leak.cost.hidden = leak.footer.hidden = true;
    leak.count.textContent = "";
    leak.notices.replaceChildren(notice(problem, [], () => read(signal)));
  }
}

function drawLeak(user, rows) {
  const isOthers = ({ created_by: owner }) => owner !== null && owner !== user;
  const others = rows.filter(isOthers).length;
  leak.body.replaceChildren(...rows.map((row) => {
    const line = drawRow(row, user);
    if (isOthers(row)) mark(line, "leaked-row", "leaked");
    return line;
  }));
  leak.scroller.hidden = rows.length === 0;
  leak.root.dataset.leaks = String(others > 0);
  $("leak-rls").textContent = others > 0 ? "RLS bypassed" : "RLS on";
  leak.count.textContent = others > 0
    ? `${user} reads ${products(rows)}, ${others} of them other people’s.`
    : `${user} reads ${products(rows)}: own and shared ones only.`;
}
