/*
 * The page of the playground. Two rules keep it honest:
 *
 * 1. A name and the rows under it come from one and the same answer, never from two. The answer to
 *    "my products" says whose it is, and that is the name the page shows.
 * 2. Every change of person, or of the way to query, begins a new view and aborts the one before.
 *    Nothing that was asked in an older view is drawn. What changes the server's idea of who is
 *    signed in, or depends on it, is sent one at a time, so that the person chosen last is the
 *    person signed in last.
 *
 * Data reaches the document as text only, never as markup: a product may be called <script>.
 */

import * as doctor from "./doctor.js";
import { $, copyOf, notice } from "./notice.js";
import * as pool from "./pool.js";
import { count, drawRow, mark, pane, products, setBusy, take } from "./panes.js";
import { afterTurns, ALL, API, call, HEALTH, inTurn } from "./server.js";
import { whyRow } from "./why.js";

const myProducts = () => `${API}/${way}/my-products`;
const panes = { mine: pane("mine"), all: pane("all") };
let view = new AbortController();
let way = "raw"; // in which the user's view is asked for: the value of the selected tab
let local = false; // on lakebase-local, where the page itself signs people in
let user = null; // who the server says is signed in; null while nobody is, or while that changes
let justMade = null; // the id of the product made last
let people = []; // who can sign in here, where that is known
let other = null; // the selected tab's module, where it is no way to query
const answers = new Map(); // to "why?", by the id of the product
const windows = new BroadcastChannel("signed-in"); // of this browser, which has one session

// --- Who is signed in ----------------------------------------------------------------------------

async function start() {
  const signal = newView();
  try {
    const health = (await call(HEALTH, { signal })).body;
    if (signal.aborted) return;
    showHealth(health);
    local = health.localSignIn === true;
    if (local) {
      const { users, signedIn } = (await call("/local/users", { signal })).body;
      if (signal.aborted) return;
      showPeople(users);
      showUser(signedIn);
    }
    $("create-shared").disabled = false;
    await load(signal);
  } catch (problem) {
    if (signal.aborted) return;
    showHealth(null);
    if (other) {
      other.showProblem(problem, start);
    } else {
      showProblem(panes.mine, problem, start);
      showProblem(panes.all, problem, start);
    }
  }
}

/** Signs the person in, or with null out, and shows their view unless another was chosen since. */
async function become(email) {
  const signal = newView();
  showUser(null);
  $("result").textContent = "";
  showFieldErrors([]); // which were about what another person typed
  $("who").textContent = email ? `Signing in as ${email} …` : "Signing out …";
  try {
    await inTurn(async () => {
      if (signal.aborted) return;
      const body = email ? new URLSearchParams({ email }) : null;
      await call(email ? "/local/sign-in" : "/local/sign-out", { method: "POST", body });
      windows.postMessage(null);
    });
    if (signal.aborted) return;
    showUser(email);
    await load(signal);
  } catch (problem) {
    if (signal.aborted) return;
    showUser(null);
    if (other) {
      other.showProblem(problem, () => become(email));
    } else {
      showProblem(panes.mine, problem, () => become(email));
      setBusy(panes.all, false);
    }
  }
}

function newView() {
  view.abort();
  view = new AbortController();
  $("create-notice").replaceChildren();
  closeAnswers();
  setBusy(panes.mine, !other);
  setBusy(panes.all, !other);
  doctor.newView(other === doctor);
  pool.newView();
  return view.signal;
}

// --- Both sides ----------------------------------------------------------------------------------

async function load(signal) {
  if (other) {
    await other.load(signal, { nobody: local && user === null, local, showUser });
    return;
  }
  await Promise.all([loadMine(signal), loadAll(signal)]);
  if (signal.aborted) return;
  const [mine, all] = [panes.mine.rows, panes.all.rows];
  $("announcement").textContent = mine && all
    ? `${user} sees ${products(mine)}, the service principal ${products(all)}.` : "";
}

async function loadMine(signal) {
  if (local && user === null) {
    setBusy(panes.mine, false);
    panes.mine.count.textContent = "Nobody is signed in. Choose a person above.";
    return;
  }
  await ask(panes.mine, signal, async () => {
    const answer = await call(myProducts(), { signal });
    if (signal.aborted) return;
    showUser(answer.body.user);
    show(panes.mine, answer.body.products, answer);
  });
}

async function loadAll(signal) {
  await ask(panes.all, signal, async () => {
    const answer = await call(ALL, { signal });
    if (signal.aborted) return;
    show(panes.all, answer.body, answer);
  });
}

async function ask(pane, signal, question) {
  try {
    await question();
  } catch (problem) {
    if (signal.aborted) return;
    if (pane === panes.mine && problem.user) showUser(problem.user);
    showProblem(pane, problem, () => load(newView()));
  }
}

// --- A new product -------------------------------------------------------------------------------

const between = (low, high, value) => [...value].length >= low && [...value].length <= high;

// The server's rules, said here first so that a slip of the pen costs no round trip.
const RULES = {
  name: [(text) => between(1, 255, text), "must have 1 to 255 characters"],
  category: [(text) => between(0, 100, text), "must have at most 100 characters"],
  price: [
    (text) => /^\d{1,8}(\.\d{1,2})?$/.test(text),
    "must be a number from 0 to 99,999,999.99 with two decimals at most",
  ],
  stock: [
    (text) => /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647,
    "must be a whole number from 0 to 2,147,483,647",
  ],
};

async function create(event) {
  event.preventDefault();
  const form = event.target;
  if (form.ariaBusy === "true") return;
  $("result").textContent = "";
  $("create-notice").replaceChildren();
  const { name, category, price, stock } = Object.fromEntries(new FormData(form));
  const draft = { name, category, price: price.trim(), stock: stock.trim() };
  const slips = Object.entries(RULES).filter(([field, [fits]]) => !fits(draft[field]));
  if (!showFieldErrors(slips.map(([field, [, message]]) => ({ field, message })))) return;

  const body = JSON.stringify({
    name, category: category || null, price: Number(draft.price), stock: Number(draft.stock),
  });
  const headers = { "Content-Type": "application/json" };
  form.ariaBusy = "true";
  const target = event.submitter.value === "products" ? ALL : myProducts();
  let product;
  try {
    product = (await inTurn(() => call(target, { method: "POST", headers, body }))).body;
    justMade = product.id;
    form.reset();
    if (form.contains(document.activeElement)) $("name").focus(); // for the next one
    $("result").textContent = product.created_by
      ? `“${product.name}” is made, owned by ${product.created_by}.`
      : `“${product.name}” is made, shared with everybody.`;
  } catch (problem) {
    showRefusal(problem);
    return;
  } finally {
    form.ariaBusy = null;
  }
  // With nobody's view to renew, or a sign-in on its way that will renew it, one side is enough.
  await (local && user === null ? loadAll(view.signal) : load(newView()));
}

/** What belongs to a field stands beside it, the rest under the form; the input stays as it is. */
function showRefusal(problem) {
  const general = problem.fields.filter(({ field }) => !(field in RULES));
  if (!showFieldErrors(problem.fields) && general.length === 0) return;
  const lines = general.map(({ field, message }) => `${field} ${message}.`);
  $("create-notice").replaceChildren(notice(problem, lines));
}

/** Puts each message beside its field and the focus in the first such field; true if none. */
function showFieldErrors(errors) {
  const messages = new Map(errors.map(({ field, message }) => [field, message]));
  for (const field of Object.keys(RULES)) {
    const message = messages.get(field) ?? "";
    $(`${field}-error`).textContent = message && `${message[0].toUpperCase()}${message.slice(1)}.`;
    $(field).ariaInvalid = message ? "true" : null;
  }
  const first = $("create").querySelector("[aria-invalid=true]");
  first?.focus();
  return first === null;
}

// --- Drawing -------------------------------------------------------------------------------------

function clear(pane) {
  pane.rows = null;
  pane.scroller.hidden = pane.cost.hidden = pane.footer.hidden = true;
  pane.count.textContent = "";
  pane.notices.replaceChildren();
  if (pane === panes.mine) drawRows(panes.all);
}

function show(pane, rows, answer) {
  take(pane, rows, answer);
  drawRows(pane);
  if (pane === panes.mine) drawRows(panes.all);
}

function showProblem(pane, problem, again) {
  clear(pane);
  setBusy(pane, false);
  pane.notices.replaceChildren(notice(problem, [], again));
}

/** All rows of a side; on the right, those that the left does not have are marked as hidden. */
function drawRows(pane) {
  if (pane.rows === null) return;
  const mine = pane === panes.all ? panes.mine.rows : null;
  const seen = new Set((mine ?? pane.rows).map((row) => row.id));
  const hidden = pane.rows.filter((row) => !seen.has(row.id)).length;
  const focused = pane.body.querySelector(".why:focus")?.value;
  pane.body.replaceChildren(...pane.rows.flatMap((row) => {
    const line = drawRow(row, user);
    if (row.id === justMade) mark(line, "just-made", "just made");
    if (!seen.has(row.id)) mark(line, "hidden-row", "hidden by RLS");
    return pane === panes.all ? withWhy(line, row) : [line];
  }));
  if (focused) pane.body.querySelector(`.why[value="${focused}"]`)?.focus({ preventScroll: true });
  pane.scroller.hidden = pane.rows.length === 0;
  const but = hidden > 0 ? `, ${count.format(hidden)} of them hidden from ${user}` : "";
  pane.count.textContent = pane.rows.length === 0
    ? "There is no product yet. Make the first one above." : products(pane.rows) + but;
}

// --- Why? ----------------------------------------------------------------------------------------

/** The row with its button, and under it the answer if that was asked for in this view. */
function withWhy(line, row) {
  const button = line.querySelector(".why");
  const answer = answers.get(row.id);
  button.hidden = false;
  button.value = row.id;
  button.ariaLabel = `why? Who sees “${row.name}”`;
  button.ariaExpanded = String(answer !== undefined);
  button.addEventListener("click", () => toggleAnswer(button, line, row));
  return answer ? [line, answer] : [line];
}

function toggleAnswer(button, line, row) {
  if (answers.has(row.id)) {
    answers.get(row.id).remove();
    answers.delete(row.id);
  } else {
    const asked = local ? people : [user]; // elsewhere nobody is told of others
    const answer = whyRow(row, user === null ? [] : asked, view.signal);
    answers.set(row.id, answer);
    line.after(answer);
  }
  button.ariaExpanded = String(answers.has(row.id));
}

function closeAnswers() {
  for (const answer of answers.values()) answer.remove();
  answers.clear();
  for (const button of panes.all.body.querySelectorAll(".why")) button.ariaExpanded = "false";
}

// --- Who is there --------------------------------------------------------------------------------

function showHealth(health) {
  const place = $("health");
  place.dataset.health = health?.status ?? "unhealthy";
  place.textContent = health?.connected
    ? `${health.version.split(" on ")[0]} · ${health.database}` : "The database can’t be reached";
}

function showPeople(everybody) {
  const users = everybody.filter(({ email }) => !pool.isOfCrowd(email));
  people = users.map(({ email }) => email);
  $("local").hidden = false;
  $("people").replaceChildren(...users.map(({ email, note }) => {
    const item = copyOf("person-template");
    const button = item.querySelector("button");
    button.value = email;
    button.querySelector(".address").textContent = email;
    button.querySelector(".note").textContent = note ?? "";
    button.addEventListener("click", () => become(email));
    return item;
  }));
}

function showUser(email) {
  if (email !== user) clear(panes.mine);
  user = email;
  $("who").textContent = email ?? (local ? "nobody" : "not known");
  $("create-mine").disabled = email === null;
  $("sign-out").hidden = email === null;
  for (const button of $("people").querySelectorAll("button")) {
    button.ariaPressed = String(button.value === email);
  }
}

// --- Tabs, as the ARIA Authoring Practices describe them: the ways to query share a panel --------

const tabs = [...document.querySelectorAll("[role=tab]")];

function selectTab(tab) {
  tab.focus();
  if (tab.ariaSelected === "true") return;
  showTab(tab);
  history.replaceState(null, "", `#${tab.value}`); // so that a reload and a link come back to it
  newView();
  clear(panes.mine);
  afterTurns(start);
}

function showTab(tab) {
  for (const each of tabs) {
    each.ariaSelected = String(each === tab);
    each.tabIndex = each === tab ? 0 : -1;
  }
  other = { doctor, pool }[tab.value] ?? null;
  $("doctor").hidden = other !== doctor;
  $("pool").hidden = other !== pool;
  $("panel").hidden = other !== null;
  if (other) return;
  $("panel").setAttribute("aria-labelledby", tab.id);
  $("words").textContent = tab.dataset.words;
  $("asker").textContent = tab.dataset.asker;
  $("asker").href = `/source/java/dev/onbehalf/playground/${tab.dataset.asker}.java`;
  way = tab.value;
}

for (const tab of tabs) {
  tab.addEventListener("click", () => selectTab(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const at = tabs.indexOf(tab);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[key];
    if (to !== undefined) selectTab(tabs.at(to % tabs.length));
  });
}

doctor.begin(() => load(newView()));
pool.begin();
$("create").addEventListener("submit", create);
$("sign-out").addEventListener("click", () => {
  $("people").querySelector("button").focus(); // because this button is about to go
  become(null);
});
// Somebody else may have signed in meanwhile: in another tab, or since the browser kept this page.
windows.addEventListener("message", () => afterTurns(start));
addEventListener("pageshow", ({ persisted }) => { if (persisted) afterTurns(start); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) afterTurns(start); });
showTab(tabs.find((tab) => location.hash === `#${tab.value}`) ?? tabs[0]);
start();
