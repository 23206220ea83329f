/* Asking the server: one call, its problem (RFC 9457), and what the answer says of itself. */

export const API = "/api/lakebase-examples";
export const HEALTH = `${API}/raw/health`;
export const ALL = `${API}/raw/products`;
const PATIENCE_SECONDS = 60;

let turn = Promise.resolve();

export class Problem extends Error {
  constructor({ type, title, detail, user, errors }) {
    const kind = /^urn:onbehalf:problem:(\w)([\w-]*)$/.exec(type);
    super(kind ? `${kind[1].toUpperCase()}${kind[2].replaceAll("-", " ")}` : title);
    this.type = type;
    this.detail = detail ?? "";
    this.user = user ?? null;
    this.fields = Array.isArray(errors) ? errors : [];
  }
}

export async function call(path, { signal, ...options } = {}) {
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

/** Runs an action when all that were put in line before it have ended, well or badly. */
export function inTurn(action) {
  const result = turn.then(action);
  turn = result.catch(() => {});
  return result;
}

/** Runs an action when all that were put in line before it have ended, and nothing waits for it. */
export const afterTurns = (action) => turn.then(action);
