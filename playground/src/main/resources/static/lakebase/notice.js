/* Sentences and code, as elements. Texts reach the document as text only. */

export const $ = (id) => document.getElementById(id);
export const copyOf = (template) => $(template).content.firstElementChild.cloneNode(true);

const CODE = /^\s*(SELECT|GRANT|REVOKE|CREATE|ALTER|databricks)\s|^\s+\S/;

/** A problem as sentences; lines of SQL and shell in it stand apart and can be copied. */
export function notice(problem, lines = [], again = null) {
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

export function paragraph(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

export function codeBlock(text) {
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
