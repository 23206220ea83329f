/* One side: the rows that one connection was shown, and what the database said of it. */

import { $, copyOf } from "./notice.js";

const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const count = new Intl.NumberFormat("en");
const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

export function pane(id) {
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

export const setBusy = (pane, busy) => { pane.root.ariaBusy = String(busy); };

/** Keeps the rows, to be drawn, and shows what stands under them. */
export function take(pane, rows, { said, cost }) {
  setBusy(pane, false);
  pane.notices.replaceChildren();
  pane.rows = rows;
  pane.sql.textContent = said("Sql");
  pane.currentUser.textContent = decodeURIComponent(said("Current-User"));
  pane.sessionUser.textContent = decodeURIComponent(said("Session-User"));
  pane.footer.hidden = false;
  showCost(pane, cost);
}

/** Warm is who finds a connection of their own; cold is who has to log in first. */
function showCost(pane, cost) {
  pane.cost.hidden = cost === null;
  if (cost === null) return;
  pane.cost.dataset.warmth = pane.warmth.textContent = cost.warm ? "warm" : "cold";
  pane.price.textContent = `Own connection, ${cost.warm ? "at hand" : "new login"}: `
    + `${cost.connection} ms. Whole request: ${cost.request} ms.`;
}

export function drawRow(row, user) {
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
  return line;
}

export function mark(line, className, text) {
  const chip = document.createElement("span");
  chip.textContent = text;
  line.classList.add(className);
  line.querySelector(".marks").append(chip);
}

export function products(rows) {
  return `${count.format(rows.length)} ${rows.length === 1 ? "product" : "products"}`;
}
