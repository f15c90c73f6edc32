// What the HTML edition does beyond being read: correct the translations in place and save them as a TSV edition.
"use strict";

const COLUMNS = ["index", "block", "kind", "status", "source_language", "target_language", "source", "target", "score", "findings", "note"];

// The same rules as escape() of diglot.pipeline.bilingual.tsv.
function escapeCell(text) {
  const hex = (character) => "␛" + character.charCodeAt(0).toString(16) + ";";
  const picture = (character) => {
    const code = character.charCodeAt(0);
    if (code >= 0x2400 && code <= 0x2421) return "␛" + character;
    if (code < 0x20 && code !== 0x1b) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : hex(character);
  };
  text = text.replace(/[\0-\x1f\x7f-\x9f\u2400-\u241f\u2421\u2028\u2029]/g, picture);
  text = text.replace(/\p{Surrogate}/gu, hex);
  if (/^'*(?:[=+@＝＋＠]|-(?![\d.]+$))/.test(text)) return "'" + text;
  return text.startsWith('"') ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function record(row) {
  const block = row.parentElement;
  const source = row.querySelector(".source");
  const target = row.querySelector(".target");
  const edited = row.classList.contains("edited");
  return [
    row.id.slice(1), block.dataset.block, block.className, edited ? "translated" : row.classList[1], source.lang, target.lang,
    source.textContent, target.textContent, row.dataset.score || "", edited ? "" : row.dataset.findings || "",
    [row.dataset.note, edited && "corrected"].filter(Boolean).join("; "),
  ];
}

function table(rows) {
  return [COLUMNS, ...rows.map(record)].map((cells) => cells.map(escapeCell).join("\t") + "\n").join("");
}

function start() {
  const [edit, save] = document.querySelectorAll(".summary button");
  const targets = [...document.querySelectorAll(".target")];
  let unsaved = false;
  edit.hidden = false;
  edit.onclick = () => {
    const on = edit.getAttribute("aria-pressed") !== "true";
    edit.setAttribute("aria-pressed", on);
    for (const target of targets) target.setAttribute("contenteditable", on ? "plaintext-only" : "false");
  };
  document.addEventListener("input", (event) => {
    const row = event.target.closest(".pair");
    if (!row) return;
    row.classList.add("edited");
    unsaved = true;
    save.hidden = false;
  });
  save.onclick = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([table([...document.querySelectorAll(".pair")])], { type: "text/tab-separated-values" }));
    link.download = document.title + ".corrected.tsv";
    link.click();
    unsaved = false;
  };
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
}

if (typeof document !== "undefined") start();
