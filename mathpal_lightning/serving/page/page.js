// Ask, and show the solution as it comes. The server sends safe HTML, one event for each line that grows.
"use strict";

const problems = document.getElementById("problems");
const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = document.getElementById("solve");
const pupil = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
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

for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => !running && solve(example.textContent));
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
    await readEvents(question, running.signal, (event) => show(problem, event));
  } catch (error) {
    if (error.name !== "AbortError") show(problem, { error: "Mất liên lạc với máy giải bài. Em bấm “Giải lại” nhé." });
  }
  running = null;
  show(problem, { waiting: "" });
  if (problem.querySelector(".error")) offerAgain(problem, question);
  button.textContent = "Giải";
  problem.classList.remove("writing");
  box.focus({ preventScroll: true });
}

async function readEvents(question, signal, take) {
  const body = JSON.stringify({ question, pupil });
  const response = await fetch("/solve", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
  if (response.status === 401) return location.reload();
  if (response.status >= 500) return take({ error: "Máy giải bài đang bận. Em đợi một lát rồi bấm “Giải lại” nhé." });
  if (!response.ok) return take({ error: "Máy không đọc được đề bài này. Em gõ lại nhé." });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", ended = false;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop();
    for (const text of events) {
      const event = JSON.parse(text.slice("data: ".length));
      ended ||= "end" in event || "error" in event;
      take(event);
    }
  }
  if (!ended) throw new Error("cut off");
}

function addProblem(question) {
  const problem = element("article", "problem writing");
  const asked = element("div", "question");
  asked.textContent = question;
  const solution = element("div", "solution");
  const title = element("h3");
  title.textContent = "Bài giải";
  const waiting = element("p", "waiting");
  waiting.setAttribute("role", "status");
  solution.append(title, waiting, element("div", "lines"));
  problem.append(asked, solution);
  problems.append(problem);
  problem.scrollIntoView({ block: "start", behavior: "smooth" });
  return problem;
}

function show(problem, event) {
  const solution = problem.querySelector(".solution");
  const lines = problem.querySelector(".lines");
  if ("question" in event) problem.querySelector(".question").innerHTML = event.question;
  if ("queue" in event) {
    const ahead = event.queue ? `Còn ${event.queue} bạn đang chờ trước em.` : "Sắp đến lượt em.";
    event.waiting = `Em chờ một chút nhé. ${ahead}`;
  }
  if ("starting" in event) event.waiting = "Máy giải bài đang khởi động lại. Em chờ một chút nhé.";
  if ("waiting" in event || "line" in event) problem.querySelector(".waiting").textContent = event.waiting ?? "";
  if ("line" in event) {
    while (lines.children.length <= event.line) lines.append(element("p"));
    const line = lines.children[event.line];
    line.innerHTML = event.html;
    line.classList.toggle("answer", event.answer);
    line.classList.toggle("checked", "checked" in event);
    if ("wrong" in event) markWrong(problem, line, event.wrong);
    if (nearEnd()) scrollTo(0, document.body.scrollHeight);
  }
  for (const kind of ["checks", "note", "error"]) {
    if (!(kind in event)) continue;
    const message = element("p", kind);
    message.textContent = event[kind];
    solution.append(message);
  }
}

function markWrong(problem, line, correction) {
  for (const answer of problem.querySelectorAll(".answer")) answer.classList.remove("answer");
  const said = element("span", "correction");
  said.textContent = correction;
  line.classList.add("wrong");
  line.append(said);
}

function offerAgain(problem, question) {
  const button = element("button", "again");
  button.type = "button";
  button.textContent = "Giải lại";
  button.addEventListener("click", () => !running && solve(question));
  problem.querySelector(".solution").append(button);
}

function nearEnd() {
  return innerHeight + scrollY > document.body.scrollHeight - 160;
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
