// The form: ask, stop, ask again.
import * as machine from "./ask.js";
import { addProblem, element, show } from "./solution.js";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = document.getElementById("solve");
let running = null; // the AbortController of the problem that is being solved

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else if (box.value.trim()) solve(box.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // a Vietnamese keyboard may be composing
  event.preventDefault();
  if (!running) form.requestSubmit();
});

box.addEventListener("input", fitBox);

showExamples();

async function showExamples() {
  for (const problem of await machine.examples()) {
    const example = element("button", "example");
    example.type = "button";
    example.textContent = problem;
    example.addEventListener("click", () => !running && solve(problem));
    const item = element("li");
    item.append(example);
    document.querySelector("#welcome ul")?.append(item);
  }
}

async function solve(question) {
  document.getElementById("welcome")?.remove();
  for (const button of document.querySelectorAll(".again")) button.remove();
  const problem = addProblem(question);
  running = new AbortController();
  button.textContent = "Dừng";
  box.value = "";
  fitBox();
  try {
    await machine.solve({ question }, running.signal, (event) => show(problem, event));
  } catch (error) {
    if (error.name !== "AbortError") show(problem, { error: machine.whatIsWrong.lost });
  }
  running = null;
  show(problem, { waiting: "" });
  if (problem.querySelector(".error")) offerAgain(problem, question);
  button.textContent = "Giải";
  problem.classList.remove("writing");
  box.focus({ preventScroll: true });
}

function offerAgain(problem, question) {
  const button = element("button", "again");
  button.type = "button";
  button.textContent = "Giải lại";
  button.addEventListener("click", () => !running && solve(question));
  problem.querySelector(".solution").append(button);
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
