/* The answer to "why?": for each person whether they see a product, and which policy says so. */

import { $, copyOf, paragraph } from "./notice.js";
import { ALL, call } from "./server.js";

const SEES = { ALLOWED: "sees it", HIDDEN: "doesn’t see it", REFUSED: "doesn’t see it" };
const ASKED = { OWN_CONNECTION: "on their own connection", SET_ROLE: "as them, by SET ROLE" };

/** A row of the table that fills as the answers come; they are asked one after the other. */
export function whyRow(product, people, signal) {
  const line = copyOf("why-template");
  const list = line.querySelector(".verdicts");
  if (people.length === 0) {
    line.querySelector(".wait").textContent = "Nobody is signed in. Choose a person above.";
    return line;
  }
  fill(line, list, product, people, signal);
  return line;
}

async function fill(line, list, product, people, signal) {
  const said = [];
  for (const person of people) {
    const item = copyOf("verdict-template");
    try {
      const query = new URLSearchParams({ person });
      const { body } = await call(`${ALL}/${product.id}/why?${query}`, { signal });
      said.push(drawExplanation(item, body));
    } catch (problem) {
      if (signal.aborted || !line.isConnected) return;
      said.push(drawRefusal(item, person, problem));
    }
    if (signal.aborted || !line.isConnected) return; // asked no more
    list.append(item);
  }
  line.querySelector(".wait").remove();
  line.scrollIntoView({ block: "nearest" });
  line.previousElementSibling.scrollIntoView({ block: "nearest" }); // an answer is about a row: both
  $("announcement").textContent = said.join(" ");
}

function drawExplanation(item, { question, verdict, headline, checks, server }) {
  const words = SEES[verdict] ?? "can’t be told";
  const known = verdict === "ALLOWED" ? "yes" : "no";
  head(item, question.person, verdict in SEES ? known : "unknown", words);
  const policies = checks.flatMap((check) => check.policies);
  item.querySelector(".headline").textContent = headline;
  item.querySelector(".policies").append(...policies.map(drawPolicy));
  const how = ASKED[server.asked];
  item.querySelector(".server").textContent = how
    ? `The server itself, asked ${how}: ${server.detail}.` : "";
  return `${question.person} ${words}.`;
}

/** A person without a role can't log in, so there is nothing that they see. */
function drawRefusal(item, person, problem) {
  const hasNoRole = problem.type === "urn:onbehalf:problem:no-such-role";
  const words = hasNoRole ? SEES.HIDDEN : "no answer";
  head(item, person, hasNoRole ? "no" : "unknown", words);
  item.querySelector(".headline").textContent = hasNoRole
    ? "Has no role in PostgreSQL, so can’t log in." : `${problem.message}: ${problem.detail}`;
  return `${person} ${words}.`;
}

function head(item, person, verdict, words) {
  item.dataset.verdict = verdict;
  item.querySelector(".chip").textContent = words;
  item.querySelector(".address").textContent = person;
}

function drawPolicy({ name, permissive, condition }) {
  const item = copyOf("policy-template");
  item.querySelector(".policy").textContent = `${permissive ? "" : "restrictive "}policy ${name}`;
  const truth = condition?.value.word ?? "nothing";
  item.querySelector(".expression").textContent = condition?.expression ?? "no expression";
  item.querySelector(".chip").textContent = truth;
  item.dataset.verdict = truth === "true" ? "yes" : "no";
  item.querySelector(".values").append(...values(condition).map(([operand, value]) => {
    const pair = copyOf("value-template");
    pair.querySelector("dt").textContent = operand;
    pair.querySelector("dd").textContent = value ?? "null";
    return pair;
  }));
  if (condition?.value.error) item.append(paragraph(condition.value.error));
  return item;
}

/** What a condition looked at, in all its parts. */
function values(condition) {
  if (!condition) return [];
  const found = new Map(Object.entries(condition.operands));
  for (const part of condition.parts) {
    for (const [operand, value] of values(part)) found.set(operand, value);
  }
  return [...found];
}
