/*
 * The picture of the pool. The server says what has changed, four times a second; what has changed is
 * drawn, and nothing else. While the page is hidden nothing is asked for. Names reach the document
 * as text only, never as markup: a role may be called <script>.
 *
 *   import { watch } from ".../dashboard.js";
 *   const stop = watch(element, ".../"); // where this file, its style sheet and the stream are
 */

const MINUTES_3 = 180_000;
const SHORTEST_SPAN = 30_000; // of a chart, which grows to three minutes
const FADE = 700;
const AT_ONCE = 80; // squares drawn in a frame: the others wait for the next
const PATIENCE = 3_000; // without a word before the page says so
const MOST_WAITING = 8;
const MOST_CLOSED = 5;
const MOST_ROWS = 100;
const STATES = {
  l: "in use", i: "idle", g: "logging in", c: "being checked", x: "being closed", f: "free",
};
const CLOSED = {
  BUDGET: "made room", IDLE: "was idle for long", LIFETIME: "was old", BROKEN: "was broken",
  CLOSED: "was closed",
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const count = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

export function watch(root, base) {
  const view = build(root);
  const grid = places(view);
  const charts = chartsOf(view);
  const people = new Map(); // by key: {key, label, application}
  let seconds = [];
  let closed = [];
  let waiting = [];
  let source = null;
  let retry = 0;
  let lastWord = performance.now();
  let skew = 0;
  let said = { level: "", at: -Infinity };

  const person = (key, label, application) => {
    if (!people.has(key)) {
      if (people.size > 10_000) people.clear();
      people.set(key, { key, label, application: application === 1 });
    }
    return people.get(key);
  };

  function take(message) {
    lastWord = performance.now();
    view.lost.hidden = true;
    skew = message.now - Date.now();
    if (message.all) {
      grid.clear();
      seconds = [];
      closed = [];
    }
    grid.size(message.budget, message.bears);
    for (const [square, state, key, label, application, since, used] of message.places) {
      grid.put(square, state && { state, person: person(key, label, application), since, used });
    }
    waiting = message.waiting.map(([key, label, application, callers, awaited, since]) =>
      ({ person: person(key, label, application), callers, awaited, since }));
    for (const [key, label, application, cause, at, ...other] of message.evictions.toReversed()) {
      closed.unshift({
        person: person(key, label, application), cause, at, other: other[0] && person(...other),
      });
    }
    closed.length = Math.min(closed.length, MOST_CLOSED);
    drawWaiting(message);
    if (message.evictions.length > 0 || message.all) drawClosed();
    drawLegend();
    if (message.seconds) second(message);
  }

  function second(message) {
    seconds.push(...message.seconds);
    while (seconds.length > 0 && seconds[0][0] < message.now - MINUTES_3) seconds.shift();
    charts.draw(seconds, message.now);
    view.verdict.dataset.level = message.level;
    put(view.says, message.budgetSays);
    put(view.users, message.usersSay);
    view.fleet.hidden = !message.fleet;
    if (message.fleet) drawFleet(message.fleet);
    const now = performance.now();
    if (message.level !== said.level && now - said.at > 5_000) {
      said = { level: message.level, at: now };
      put(view.announcement, `${message.budgetSays} ${message.usersSay}`);
    }
    grid.tell(skew);
    if (view.table.open) drawTable();
  }

  // --- Beside the picture ------------------------------------------------------------------------

  function drawLegend() {
    const counts = grid.counts();
    for (const [state, place] of Object.entries(view.counts)) put(place, count.format(counts[state]));
  }

  function drawWaiting({ waitingCallers, waitingUsers }) {
    put(view.waitingTitle, waitingCallers === 0 ? "Nobody waits"
      : `${callers(waitingCallers)} of ${waitingUsers === 1 ? "one person" : `${count.format(waitingUsers)} people`} wait${waitingCallers === 1 ? "s" : ""}`);
    const shown = waiting.slice(0, MOST_WAITING);
    fillLines(view.waiting, shown.length, personLine, (line, i) => {
      const { person, callers: number, awaited, since } = shown[i];
      line.mark(person, "l");
      put(line.name, person.label);
      put(line.rest, ` ${callers(number)}, for ${awaited}, ${duration(Date.now() + skew - since)}`);
    });
    const more = waitingUsers - shown.length;
    put(view.waitingMore, more > 0 ? `and of ${count.format(more)} more ${more === 1 ? "person" : "people"}` : "");
  }

  function drawClosed() {
    view.closedNone.hidden = closed.length > 0;
    fillLines(view.closed, closed.length, personLine, (line, i) => {
      const { person, cause, at, other } = closed[i];
      line.mark(person, "x");
      put(line.name, person.label);
      put(line.rest, other ? ` made room for ${other.label}, ${clock.format(at - skew)}`
        : ` ${CLOSED[cause]}, ${clock.format(at - skew)}`);
    });
  }

  function drawFleet({ limit, members }) {
    put(view.fleetTitle, members.length === 0 ? "Out of touch with the other instances"
      : `${members.length === 1 ? "One instance has" : `${members.length} instances share`} ${count.format(limit)} connections`);
    fillLines(view.members, members.length, instanceLine, ({ name, rest, bar, held }, i) => {
      const [number, share, connections, own] = members[i];
      put(name, own ? "This one" : `#${number}`);
      put(rest, ` ${count.format(connections)} open of ${count.format(share)}`);
      bar.style.width = `${Math.min(100, 100 * Math.max(share, connections) / limit)}%`;
      held.style.width = `${100 * connections / Math.max(1, share, connections)}%`;
    });
  }

  function drawTable() {
    const lines = new Map();
    const line = (person) => {
      if (!lines.has(person.key)) lines.set(person.key, { person, l: 0, i: 0, g: 0, waits: 0 });
      return lines.get(person.key);
    };
    for (const { state, person } of grid.all()) {
      const it = line(person);
      it[state === "g" ? "g" : state === "l" ? "l" : "i"]++;
    }
    for (const { person, callers: number } of waiting) line(person).waits += number;
    const all = [...lines.values()].sort((one, other) =>
      other.waits - one.waits || other.l - one.l || other.i - one.i);
    view.rows.replaceChildren(...all.slice(0, MOST_ROWS).map(({ person, l, i, g, waits }) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = person.label;
      row.append(head, ...[l, i, g, waits].map((number) => {
        const cell = document.createElement("td");
        cell.textContent = count.format(number);
        return cell;
      }));
      return row;
    }));
    put(view.caption, `${all.length === 1 ? "One person" : `${count.format(all.length)} people`} with a connection or a waiting caller`
      + (all.length > MOST_ROWS ? `, of whom the first ${MOST_ROWS} are here.` : "."));
  }

  // --- The stream --------------------------------------------------------------------------------

  function open() {
    clearTimeout(retry);
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`${base}events`);
    source.onmessage = ({ data }) => take(JSON.parse(data));
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return; // else the browser tries again
      retry = setTimeout(open, 5_000);
      why();
    };
  }

  async function why() {
    const status = await fetch(`${base}events`, { method: "HEAD", cache: "no-store" })
      .then((response) => response.status, () => 0);
    put(view.lost, {
      401: "Nobody is signed in, so there is no picture.",
      403: "This picture is not for you to see.",
      404: "The picture is switched off here.",
      429: "Too many look at the picture at once, or five times you. The page tries again.",
    }[status] ?? "There is no picture at the moment. The page tries again.");
    view.lost.hidden = false;
  }

  function listen() {
    if (document.hidden || performance.now() - lastWord < PATIENCE || !view.lost.hidden) return;
    put(view.lost, "The server has said nothing for a while. What is drawn is old.");
    view.lost.hidden = false;
  }

  function visibility() {
    lastWord = performance.now();
    if (document.hidden) {
      source?.close();
    } else {
      open();
    }
  }

  const listening = setInterval(listen, 1_000);
  const recolour = () => { grid.redraw(); charts.draw(seconds, Date.now() + skew); };
  const resized = new ResizeObserver(recolour);
  resized.observe(view.grid);
  dark.addEventListener("change", recolour);
  document.addEventListener("visibilitychange", visibility);
  view.table.addEventListener("toggle", () => { if (view.table.open) drawTable(); });
  open();

  return () => {
    clearInterval(listening);
    clearTimeout(retry);
    source?.close();
    resized.disconnect();
    dark.removeEventListener("change", recolour);
    document.removeEventListener("visibilitychange", visibility);
    root.replaceChildren();
  };
}

// --- What stands on the page -----------------------------------------------------------------------

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Touches the document only where a text has changed. */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function build(root) {
  const says = element("p", "ob-says", "Asking the pool …");
  const users = element("p", "ob-users");
  const verdict = element("div", "ob-card ob-verdict", says, users);
  const lost = element("p", "ob-lost");
  lost.hidden = true;
  lost.role = "alert";
  const announcement = element("p", "ob-unseen");
  announcement.role = "status";

  const counts = {};
  const legend = element("ul", "ob-legend", ...["l", "i", "g", "x", "f"].map((state) => {
    const key = element("span", "ob-key");
    key.dataset.state = state;
    key.ariaHidden = "true";
    counts[state] = element("b", "", "0");
    return element("li", "", key, counts[state], ` ${STATES[state]}`);
  }));
  const canvas = element("canvas");
  canvas.ariaHidden = "true";
  const grid = element("div", "ob-grid", canvas);
  grid.tabIndex = 0;
  grid.role = "application";
  grid.ariaRoleDescription = "picture";
  grid.ariaLabel = "The places of the budget. The arrow keys go from one to the next.";
  const detail = element("p", "ob-detail");
  detail.role = "status";
  const places = element("section", "ob-card ob-places",
    element("h3", "", "Places"), legend, grid, detail);

  const charts = element("div", "ob-charts");
  const waitingTitle = element("h3", "", "Nobody waits");
  const waiting = element("ul", "ob-waiting");
  const waitingMore = element("p", "ob-none");
  const closed = element("ul", "ob-closed");
  const closedNone = element("p", "ob-none", "Nothing.");
  const queue = element("section", "ob-card ob-queue", waitingTitle, waiting, waitingMore);
  const lately = element("section", "ob-card ob-lately",
    element("h3", "", "Closed lately"), closedNone, closed);

  const fleetTitle = element("h3");
  const members = element("ul", "ob-members");
  const fleet = element("section", "ob-card ob-fleet", fleetTitle, members);
  fleet.hidden = true;

  const caption = element("caption");
  const body = element("tbody");
  const heads = ["Person", "In use", "Idle", "Logging in", "Waiting"].map((text) => {
    const head = element("th", "", text);
    head.scope = "col";
    return head;
  });
  const scroll = element("div", "ob-scroll", element("table", "", caption,
    element("thead", "", element("tr", "", ...heads)), body));
  scroll.tabIndex = 0; // for who scrolls by key
  scroll.role = "region";
  scroll.ariaLabel = "People with connections";
  const table = element("details", "ob-card ob-table", element("summary", "", "The same as a table"), scroll);

  root.classList.add("ob-dashboard");
  root.replaceChildren(verdict, lost, announcement,
    element("div", "ob-main", places, charts, element("div", "ob-side", queue, lately, fleet)), table);
  return {
    verdict, says, users, lost, announcement, counts, grid, canvas, detail, charts, waiting,
    waitingTitle, waitingMore, closed, closedNone, fleet, fleetTitle, members, table, caption, rows: body,
  };
}

/** As many lines as there are things to say, made once and used again. */
function fillLines(list, number, make, fill) {
  while (list.children.length > number) list.lastChild.remove();
  while (list.children.length < number) list.append(make());
  for (let i = 0; i < number; i++) fill(list.children[i].parts, i);
}

/** A name, and what there is to say of it. */
function lineOf(before, after, parts) {
  const name = element("b");
  const rest = element("span");
  const line = element("li", "", ...before, element("p", "ob-what", name, rest), ...after);
  line.parts = { name, rest, ...parts };
  return line;
}

/** Of an instance, with a bar: as long as its share, and filled as far as it is used. */
function instanceLine() {
  const held = element("span", "ob-held");
  const bar = element("span", "ob-bar", held);
  bar.ariaHidden = "true";
  return lineOf([], [bar], { bar, held });
}

/** Of a person, with their mark. */
function personLine() {
  const canvas = element("canvas");
  canvas.ariaHidden = "true";
  let drawn = "";
  const mark = (person, state) => {
    const wanted = `${person.key}${state}${dark.matches}`;
    if (drawn === wanted) return;
    drawn = wanted;
    const context = fit(canvas, 24, 24);
    context.clearRect(0, 0, 24, 24);
    paint(context, person, state, 0, 24);
  };
  return lineOf([canvas], [], { mark });
}

// --- The places ------------------------------------------------------------------------------------

function places({ grid, canvas, detail }) {
  const squares = new Map();
  const fading = new Map(); // squares that became free: what was there, and when
  const dirty = new Set();
  let budget = 0;
  let bears = 0;
  let side = 0;
  let columns = 1;
  let context = null;
  let frame = 0;
  let chosen = -1;
  let skew = 0;

  const squaresDrawn = () => Math.max(budget, ...[...squares.keys()].map((square) => square + 1));

  function layOut() {
    const width = grid.clientWidth;
    const number = squaresDrawn();
    if (width === 0 || number <= 0) return;
    side = width < 480 ? 34 : 44;
    while (side > 12 && Math.ceil(number / Math.floor(width / side)) * side > 430) side--;
    columns = Math.max(1, Math.floor(width / side));
    const height = Math.ceil(number / columns) * side;
    canvas.style.height = `${height}px`;
    context = fit(canvas, width, height);
    for (let square = 0; square < number; square++) dirty.add(square);
    schedule();
  }

  function schedule() {
    if (frame === 0 && context !== null) frame = requestAnimationFrame(draw);
  }

  function draw(now) {
    frame = 0;
    let left = AT_ONCE;
    for (const square of dirty) { // which a set allows to be deleted meanwhile
      if (left-- === 0) break;
      drawSquare(square, now);
      dirty.delete(square);
    }
    for (const [square, { since }] of fading) {
      if (now - since > FADE) fading.delete(square);
      dirty.add(square);
    }
    if (dirty.size > 0) schedule();
  }

  function drawSquare(square, now) {
    const x = square % columns * side;
    const y = Math.floor(square / columns) * side;
    const it = squares.get(square);
    context.clearRect(x, y, side, side);
    const look = it ? sprite(it.person, it.state, it.used, side)
      : sprite(null, square < bears ? "f" : "n", 0, side);
    context.drawImage(look, x, y, side, side);
    const gone = fading.get(square);
    if (gone) { // whose it was, over whose it is
      context.globalAlpha = Math.max(0, 1 - (now - gone.since) / FADE);
      context.fillStyle = colour(gone.person);
      context.fillRect(x + 2, y + 2, side - 4, side - 4);
      context.globalAlpha = 1;
    }
    if (square === chosen) {
      context.strokeStyle = getComputedStyle(grid).color;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, side - 2, side - 2);
    }
  }

  function choose(square) {
    const former = chosen;
    chosen = square >= 0 && square < squaresDrawn() ? square : former;
    dirty.add(former).add(chosen);
    dirty.delete(-1);
    schedule();
    tell();
  }

  function tell() {
    if (chosen < 0) return;
    const it = squares.get(chosen);
    const age = it && Date.now() + skew - it.since;
    put(detail, it ? `Place ${chosen + 1}: ${it.person.label}, ${STATES[it.state]}`
      + (it.state === "l" || it.state === "i" ? `, for ${duration(age)}.` : ".")
      : `Place ${chosen + 1}: ${chosen < bears ? "free" : "more than the server bears"}.`);
  }

  grid.addEventListener("keydown", (event) => {
    const to = {
      ArrowRight: chosen + 1, ArrowLeft: Math.max(0, chosen - 1), ArrowDown: Math.max(0, chosen) + columns,
      ArrowUp: chosen - columns, Home: 0, End: squaresDrawn() - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  });
  grid.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const column = Math.floor(offsetX / side);
    const square = Math.floor(offsetY / side) * columns + column;
    if (column < columns && square !== chosen) choose(square);
  });

  return {
    clear() {
      squares.clear();
      fading.clear();
      layOut();
    },
    size(newBudget, newBears) {
      if (budget === newBudget && bears === newBears) return;
      [budget, bears] = [newBudget, newBears];
      layOut();
    },
    put(square, it) {
      const former = squares.get(square);
      if (it) {
        squares.set(square, it);
        if (square >= budget && !former) layOut();
      } else {
        squares.delete(square);
        if (former && !still.matches) fading.set(square, { person: former.person, since: performance.now() });
      }
      dirty.add(square);
      schedule();
    },
    tell(newSkew) {
      skew = newSkew;
      tell();
    },
    redraw: layOut,
    all: () => squares.values(),
    counts() {
      const counts = { l: 0, i: 0, g: 0, x: 0, f: 0 };
      for (const { state } of squares.values()) counts[state === "c" ? "i" : state]++;
      counts.f = Math.max(0, bears - squares.size);
      return counts;
    },
  };
}

// --- A person's colour, pattern and letter ------------------------------------------------------

const MOST_SPRITES = 2_000;
const sprites = new Map();

/** One square, drawn once for each look that it can have, as long as it is used. */
function sprite(person, state, used, side) {
  const lit = state === "i" && used ? 1 : 0;
  const name = `${person?.key}|${state}|${lit}|${side}|${dark.matches}|${devicePixelRatio}`;
  let made = sprites.get(name);
  if (made) {
    sprites.delete(name); // to be the latest
  } else {
    made = oldest() ?? document.createElement("canvas"); // a new one is dear
    const context = fit(made, side, side);
    context.clearRect(0, 0, side, side);
    paint(context, person, state, lit, side);
  }
  sprites.set(name, made);
  return made;
}

function oldest() {
  if (sprites.size < MOST_SPRITES) return null;
  const [name, canvas] = sprites.entries().next().value;
  sprites.delete(name);
  return canvas;
}

function colour(person) {
  const hue = person.application ? 60 : (parseInt(person.key, 16) >>> 8) % 360;
  return dark.matches ? `oklch(0.8 0.12 ${hue})` : `oklch(0.5 0.13 ${hue})`;
}

function paint(context, person, state, used, side) {
  const gap = side < 20 ? 1 : 2;
  const box = () => {
    context.beginPath();
    context.roundRect(gap, gap, side - 2 * gap, side - 2 * gap, Math.max(2, side / 9));
  };
  box();
  if (person === null) {
    context.fillStyle = dark.matches ? "#1f2b28" : "#e3eae8";
    context.globalAlpha = state === "n" ? 0.35 : 1;
    context.fill();
    return;
  }
  const bits = parseInt(person.key, 16);
  const strong = colour(person);
  const full = state === "l";
  context.fillStyle = strong;
  context.globalAlpha = full ? 1 : state === "x" ? 0.12 : used ? 0.5 : 0.2;
  context.fill();
  context.save();
  context.clip();
  context.globalAlpha = full ? 0.28 : 0.3;
  context.strokeStyle = context.fillStyle = full ? (dark.matches ? "#000" : "#fff") : strong;
  pattern(context, person.application ? 0 : bits & 3, side);
  context.restore();
  context.globalAlpha = state === "x" ? 0.6 : 1;
  context.strokeStyle = strong;
  context.lineWidth = side < 20 ? 1 : 2;
  context.setLineDash(state === "g" ? [side / 6, side / 8] : state === "c" ? [2, 2] : []);
  if (!full) {
    box();
    context.stroke();
  }
  context.setLineDash([]);
  if (state === "x") {
    context.beginPath();
    context.moveTo(gap + 2, side - gap - 2);
    context.lineTo(side - gap - 2, gap + 2);
    context.stroke();
  }
  context.fillStyle = full ? (dark.matches ? "#0c1312" : "#fff") : (dark.matches ? "#e8efed" : "#14201d");
  context.font = `${full ? 700 : 600} ${Math.round(side * 0.5)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const letter = person.application ? "◆" : [...person.label.trim()][0]?.toUpperCase() ?? "?";
  context.fillText(letter, side / 2, side / 2 + side * 0.04);
}

/** Plain, stripes one way or the other, dots: for who sees no colours. */
function pattern(context, which, side) {
  if (which === 0) return;
  const step = Math.max(4, side / 5);
  context.lineWidth = Math.max(1, side / 16);
  context.beginPath();
  if (which === 3) {
    for (let x = step / 2; x < side; x += step) {
      for (let y = step / 2; y < side; y += step) {
        context.moveTo(x + 1, y);
        context.arc(x, y, Math.max(0.8, side / 24), 0, 7);
      }
    }
    context.fill();
    return;
  }
  for (let at = -side; at < 2 * side; at += step) {
    context.moveTo(at, which === 1 ? side : 0);
    context.lineTo(at + side, which === 1 ? 0 : side);
  }
  context.stroke();
}

// --- Charts ----------------------------------------------------------------------------------------

/** Columns of a second: at, hit rate, logins, p50, p99. */
function chartsOf(view) {
  const decades = (micros) => Math.log10(Math.max(1, micros)) / 7;
  const all = [
    chart("Connections at hand", "100 %", "0 %",
      [{ of: (it) => it[1] / 100, known: (it) => it[1] >= 0 }],
      (it) => (it[1] < 0 ? "–" : `${Math.round(it[1])} %`)),
    chart("Logins a second", null, "0",
      [{ of: (it, top) => it[2] / top, known: () => true, value: (it) => it[2] }],
      (it) => count.format(it[2])),
    chart("Time to a connection", "10 s", "1 µs",
      [
        { of: (it) => decades(it[3]), known: (it) => it[3] >= 0 },
        { of: (it) => decades(it[4]), known: (it) => it[4] >= 0, dashed: true },
      ],
      (it) => (it[3] < 0 ? "–" : `half within ${micros(it[3])}, 99 % within ${micros(it[4])}`)),
  ];
  view.charts.append(...all.map(({ figure }) => figure));
  return { draw: (seconds, now) => all.forEach(({ draw }) => draw(seconds, now)) };
}

function chart(title, high, low, lines, words) {
  const output = element("output", "", "–");
  const canvas = element("canvas");
  canvas.ariaHidden = "true";
  const past = element("span");
  const top = element("span", "", high ?? "");
  const scale = element("p", "ob-scale",
    element("span", "", past, top), element("span", "", "now"));
  scale.ariaHidden = "true";
  const figure = element("figure", "ob-card ob-chart",
    element("figcaption", "", title, output), canvas, scale);
  function draw(seconds, now) {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0) return;
    if (seconds.length > 0) put(output, words(seconds.at(-1)));
    const span = Math.max(SHORTEST_SPAN, seconds.length > 0 ? now - seconds[0][0] : 0);
    put(past, `${Math.round(span / 1_000)} seconds, ${low} to `);
    let most = 1;
    if (high === null) {
      most = nice(Math.max(...seconds.map(lines[0].value), 1));
      put(top, count.format(most));
    }
    const context = fit(canvas, width, height);
    context.clearRect(0, 0, width, height);
    const colours = getComputedStyle(figure);
    context.setLineDash([]);
    context.lineWidth = 1;
    context.strokeStyle = colours.borderTopColor;
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.strokeStyle = colours.color;
    context.lineWidth = 1.75;
    context.lineJoin = "round";
    for (const { of, known, dashed } of lines) {
      context.setLineDash(dashed ? [4, 3] : []);
      context.beginPath();
      let pen = false;
      for (const it of seconds) {
        const x = width - (now - it[0]) / span * width;
        const y = height - 3 - Math.min(1, Math.max(0, of(it, most))) * (height - 6);
        if (!known(it)) {
          pen = false;
        } else if (pen) {
          context.lineTo(x, y);
        } else {
          context.moveTo(x - 1.5, y);
          context.lineTo(x, y);
          pen = true;
        }
      }
      context.stroke();
    }
  }
  return { figure, draw };
}

/** 1, 2 or 5 times a power of ten. */
function nice(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 5, 10].map((times) => times * power).find((it) => it >= number);
}

// --- Small things ----------------------------------------------------------------------------------

/** A canvas of that size on the page, as sharp as the screen is. */
function fit(canvas, width, height) {
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function callers(number) {
  return number === 1 ? "one caller" : `${count.format(number)} callers`;
}

function duration(millis) {
  const time = Math.max(0, millis);
  if (time < 1_000) return `${Math.round(time)} ms`;
  return time < 90_000 ? `${(time / 1_000).toFixed(1)} s` : `${Math.round(time / 60_000)} min`;
}

function micros(number) {
  if (number < 1_000) return `${number} µs`;
  if (number < 10_000) return `${(number / 1_000).toFixed(1)} ms`;
  return number < 1_000_000 ? `${Math.round(number / 1_000)} ms` : `${(number / 1_000_000).toFixed(1)} s`;
}

if (document.body.classList.contains("onbehalf-page")) {
  watch(document.querySelector("[data-onbehalf-dashboard]"), "");
}
