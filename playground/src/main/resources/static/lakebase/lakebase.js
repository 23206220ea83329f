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

const API = "/api/lakebase-examples";
const HEALTH = `${API}/raw/health`;
const ALL = `${API}/raw/products`;
const PATIENCE_SECONDS = 60;

const $ = (id) => document.getElementById(id);
const copyOf = (template) => $(template).content.firstElementChild.cloneNode(true);

const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const count = new Intl.NumberFormat("en");
const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

const panes = { mine: pane("mine"), all: pane("all") };
let view = new AbortController();
let way = "raw"; // in which the user's view is asked for: the value of the selected tab
let local = false; // on lakebase-local, where the page itself signs people in
let user = null; // who the server says is signed in; null while nobody is, or while that changes
let justMade = null; // the id of the product made last
let turn = Promise.resolve();

// --- Talking to the server -----------------------------------------------------------------------

class Problem extends Error {
  constructor({ type, title, detail, user, errors }) {
    const kind = /^urn:onbehalf:problem:(\w)([\w-]*)$/.exec(type);
    super(kind ? `${kind[1].toUpperCase()}${kind[2].replaceAll("-", " ")}` : title);
    this.detail = detail ?? "";
    this.user = user ?? null;
    this.fields = Array.isArray(errors) ? errors : [];
  }
}

async function call(path, { signal, ...options } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_SECONDS * 1000);
  let response, body;
  try {
    const either = signal ? AbortSignal.any([signal, patience]) : patience;
    response = await fetch(path, { cache: "no-store", ...options, signal: either });
    const json = /\bjson\b/.test(response.headers.get("Content-Type"));
    body = json ? await response.json() : null;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Problem({
      title: patience.aborted ? "The server took too long" : "The server can’t be reached",
      detail: patience.aborted
        ? `It gave no answer within ${PATIENCE_SECONDS} seconds. Try again.`
        : "Check that it is running. If it is, your session may have ended: reload the page.",
    });
  }
  if (!response.ok && path !== HEALTH) {
    throw new Problem(body ?? {
      title: `The server answered with HTTP status ${response.status}`,
      detail: "It gave no reason. Its log may say more.",
    });
  }
  return {
    body,
    said: (what) => response.headers.get(`X-Onbehalf-${what}`) ?? "",
    cost: costOf(response.headers.get("Server-Timing") ?? ""),
  };
}

/** What a request waited for and how long, by the server's clock; null where it doesn't say. */
function costOf(timing) {
  const said = /^connection;desc="([\w ]+)";dur=([\d.]+), request;dur=([\d.]+)$/.exec(timing);
  return said && { warm: said[1] === "at hand", connection: said[2], request: said[3] };
}

const myProducts = () => `${API}/${way}/my-products`;

/** Runs an action when all that were put in line before it have ended, well or badly. */
function inTurn(action) {
  const result = turn.then(action);
  turn = result.catch(() => {});
  return result;
}

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
    showProblem(panes.mine, problem, start);
    showProblem(panes.all, problem, start);
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
    });
    if (signal.aborted) return;
    showUser(email);
    await load(signal);
  } catch (problem) {
    if (signal.aborted) return;
    showUser(null);
    showProblem(panes.mine, problem, () => become(email));
    setBusy(panes.all, false);
  }
}

function newView() {
  view.abort();
  view = new AbortController();
  $("create-notice").replaceChildren();
  setBusy(panes.mine, true);
  setBusy(panes.all, true);
  return view.signal;
}

// --- Both sides ----------------------------------------------------------------------------------

async function load(signal) {
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

function pane(id) {
  const root = $(id);
  root.append($("answer-template").content.cloneNode(true));
  const find = (selector) => root.querySelector(selector);
  for (const named of root.querySelectorAll(".rows, table")) {
    named.setAttribute("aria-labelledby", `${id}-title`);
  }
  return {
    root, rows: null, count: find(".count"), notices: find(".notices"),
    scroller: find(".rows"), body: find("tbody"), footer: find("footer"),
    cost: find(".cost"), warmth: find(".cost b"), price: find(".cost span"),
    sql: find(".sql"), currentUser: find(".current-user"), sessionUser: find(".session-user"),
  };
}

const setBusy = (pane, busy) => { pane.root.ariaBusy = String(busy); };

function clear(pane) {
  pane.rows = null;
  pane.scroller.hidden = pane.cost.hidden = pane.footer.hidden = true;
  pane.count.textContent = "";
  pane.notices.replaceChildren();
  if (pane === panes.mine) drawRows(panes.all);
}

function show(pane, rows, { said, cost }) {
  setBusy(pane, false);
  pane.notices.replaceChildren();
  pane.rows = rows;
  pane.sql.textContent = said("Sql");
  pane.currentUser.textContent = decodeURIComponent(said("Current-User"));
  pane.sessionUser.textContent = decodeURIComponent(said("Session-User"));
  pane.footer.hidden = false;
  showCost(pane, cost);
  drawRows(pane);
  if (pane === panes.mine) drawRows(panes.all);
}

/** Warm is who finds a connection of their own; cold is who has to log in first. */
function showCost(pane, cost) {
  pane.cost.hidden = cost === null;
  if (cost === null) return;
  pane.cost.dataset.warmth = pane.warmth.textContent = cost.warm ? "warm" : "cold";
  pane.price.textContent = `Own connection, ${cost.warm ? "at hand" : "new login"}: `
    + `${cost.connection} ms. Whole request: ${cost.request} ms.`;
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
  pane.body.replaceChildren(...pane.rows.map((row) => drawRow(row, !seen.has(row.id))));
  pane.scroller.hidden = pane.rows.length === 0;
  const but = hidden > 0 ? `, ${count.format(hidden)} of them hidden from ${user}` : "";
  pane.count.textContent = pane.rows.length === 0
    ? "There is no product yet. Make the first one above." : products(pane.rows) + but;
}

function drawRow(row, hidden) {
  const line = copyOf("row-template");
  const put = (selector, text) => { line.querySelector(selector).textContent = text; };
  put(".name", row.name);
  line.querySelector(".product").title = row.name; // of which four lines are shown
  put(".category", row.category ?? "");
  put(".price", money.format(row.price));
  put(".stock", count.format(row.stock));
  // An address that is too long for its column breaks before the @.
  line.querySelector(".owner").append(...(row.created_by ?? "shared").split(/(?=@)/)
    .flatMap((part) => [document.createElement("wbr"), part]));
  line.classList.toggle("shared", row.created_by === null);
  line.classList.toggle("own", row.created_by !== null && row.created_by === user);
  const time = line.querySelector("time");
  time.dateTime = time.title = row.created_at;
  time.textContent = moment.format(new Date(row.created_at));
  if (row.id === justMade) mark(line, "just-made", "just made");
  if (hidden) mark(line, "hidden-row", "hidden by RLS");
  return line;
}

function mark(line, className, text) {
  const chip = document.createElement("span");
  chip.textContent = text;
  line.classList.add(className);
  line.querySelector(".marks").append(chip);
}

function products(rows) {
  return `${count.format(rows.length)} ${rows.length === 1 ? "product" : "products"}`;
}

function showHealth(health) {
  const place = $("health");
  place.dataset.health = health?.status ?? "unhealthy";
  place.textContent = health?.connected
    ? `${health.version.split(" on ")[0]} · ${health.database}` : "The database can’t be reached";
}

function showPeople(people) {
  $("local").hidden = false;
  $("people").replaceChildren(...people.map(({ email, note }) => {
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

const CODE = /^\s*(SELECT|GRANT|REVOKE|CREATE|ALTER|databricks)\s|^\s+\S/;

/** A problem as sentences; lines of SQL and shell in it stand apart and can be copied. */
function notice(problem, lines = [], again = null) {
  const box = copyOf("notice-template");
  box.querySelector("h3").textContent = problem.message;
  const says = box.querySelector(".says");
  for (const line of [...problem.detail.split("\n"), ...lines]) {
    if (line.trim() === "") continue;
    says.append(CODE.test(line) ? codeBlock(line.trim()) : paragraph(line));
  }
  const button = box.querySelector(".again");
  button.hidden = again === null;
  button.addEventListener("click", () => {
    box.closest("section").focus(); // because the button is about to go
    again();
  });
  return box;
}

function paragraph(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function codeBlock(text) {
  const block = copyOf("code-template");
  const code = block.querySelector("code");
  // Word by word, so that a line ends between words and never within "--json".
  code.append(...text.split(/( +)/).map((word) => {
    const span = document.createElement("span");
    span.textContent = word;
    return word.trim() === "" ? word : span;
  }));
  block.querySelector("button").addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    // Without HTTPS or loopback a browser has no clipboard for a page; then the selection helps.
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    $("announcement").textContent = copied ? "Copied." : "Selected. Copy it with the keyboard.";
    block.classList.toggle("copied", copied === true);
  });
  return block;
}

// --- Tabs, as the ARIA Authoring Practices describe them: all have the one panel -----------------

const tabs = [...document.querySelectorAll("[role=tab]")];

function selectTab(tab) {
  tab.focus();
  if (tab.value === way) return;
  showTab(tab);
  history.replaceState(null, "", `#${way}`); // so that a reload and a link come back to it
  newView();
  clear(panes.mine);
  turn.then(start);
}

function showTab(tab) {
  for (const each of tabs) {
    each.ariaSelected = String(each === tab);
    each.tabIndex = each === tab ? 0 : -1;
  }
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

$("create").addEventListener("submit", create);
$("sign-out").addEventListener("click", () => {
  $("people").querySelector("button").focus(); // because this button is about to go
  become(null);
});
// Somebody else may have signed in meanwhile: in another tab, or since the browser kept this page.
addEventListener("pageshow", ({ persisted }) => { if (persisted) turn.then(start); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) turn.then(start); });
showTab(tabs.find((tab) => location.hash === `#${tab.value}`) ?? tabs[0]);
start();
