// What was asked in this browser: kept only here, and cleared by a button.
import { element, pressable } from "./element.js";

const NAME = "mathpal.history", MOST = 50;
const dialog = document.getElementById("history");

export function remember(question, answer) {
  const kept = read();
  const before = kept.find((one) => one.question === question)?.answer; // checking and hints tell no answer
  const others = kept.filter((one) => one.question !== question);
  write([{ question, answer: answer || before || "" }, ...others].slice(0, MOST));
}

export function setUpHistory(askAgain) {
  document.getElementById("open-history").addEventListener("click", () => {
    list(askAgain);
    dialog.showModal();
  });
  document.getElementById("close-history").addEventListener("click", () => dialog.close());
  document.getElementById("clear-history").addEventListener("click", () => {
    write([]);
    list(askAgain);
  });
}

function list(askAgain) {
  const items = read().map(({ question, answer }) => {
    const item = element("li");
    item.append(pressable(question, "example", () => {
      dialog.close();
      askAgain(question);
    }));
    if (answer) item.append(element("p", "", answer));
    return item;
  });
  dialog.querySelector("ul").replaceChildren(...(items.length ? items : [element("li", "", "Chưa có bài nào.")]));
}

// A browser may refuse to keep anything, or another page may have written something else there.
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(kept) {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // Nothing is kept then.
  }
}
