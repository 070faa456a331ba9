// One problem of the page: what was asked, and its solution as it comes.
import { element } from "./element.js";

const TITLES = { solve: "Bài giải", hints: "Gợi ý", check: "Bài làm của em" };

export function problemOf(title, question) {
  const problem = element("article", "problem");
  const solution = element("div", "solution");
  solution.append(element("h2", "", title), element("p", "waiting"), element("div", "lines"));
  problem.append(element("div", "question", question), solution);
  return problem;
}

export function addProblem(question, mode) {
  const problem = problemOf(TITLES[mode], question);
  problem.classList.add("writing", mode);
  document.getElementById("problems").append(problem);
  problem.scrollIntoView({ block: "start", behavior: "smooth" });
  return problem;
}

// Who reads the end goes on seeing it while the page grows.
export function following(change) {
  const follows = innerHeight + scrollY > document.body.scrollHeight - 160;
  change();
  if (follows) scrollTo(0, document.body.scrollHeight);
}

export function show(problem, event) {
  following(() => showEvent(problem, event));
}

export function showEvent(problem, event) {
  const solution = problem.querySelector(".solution");
  const waiting = waitingText(event);
  if (waiting !== null) problem.querySelector(".waiting").textContent = waiting;
  if ("question" in event) problem.querySelector(".question").innerHTML = event.question;
  if ("attempt" in event) putAside(problem, event.attempt);
  if ("line" in event) showLine(problem, event);
  if ("first_wrong" in event) linesOf(problem).children[event.first_wrong].classList.add("first");
  if ("verdict" in event) {
    const kind = { true: "right", false: "not-right", null: "open" }[event.right];
    solution.append(element("p", `verdict ${kind}`, event.verdict));
  }
  for (const kind of ["checks", "agreement", "note", "error"]) {
    if (event[kind]) solution.append(element("p", kind, event[kind]));
  }
}

export function linesOf(problem) {
  return problem.querySelector(".solution > .lines");
}

// What was written, without the marks: for copying, and for the history.
export function textOf(problem) {
  return [...linesOf(problem).children].map((line) => line.dataset.text ?? "").join("\n").trim();
}

export function answerOf(problem) {
  return problem.querySelector(".solution > .lines > .answer")?.dataset.text ?? "";
}

function waitingText(event) {
  if ("queue" in event) {
    const ahead = event.queue ? `Còn ${event.queue} bạn đang chờ trước em.` : "Sắp đến lượt em.";
    return `Em chờ một chút nhé. ${ahead}`;
  }
  if ("starting" in event) return "Máy giải bài đang khởi động lại. Em chờ một chút nhé.";
  if ("thinking" in event) return `Máy đang giải thêm để kiểm tra lại (xong ${event.thinking} trên ${event.of} lần)…`;
  return "line" in event || "waiting" in event || "end" in event || "error" in event ? (event.waiting ?? "") : null;
}

function showLine(problem, event) {
  const lines = linesOf(problem);
  while (lines.children.length <= event.line) lines.append(element("div", "line"));
  const line = lines.children[event.line];
  line.innerHTML = event.html;
  line.dataset.text = event.text ?? line.innerText;
  line.classList.toggle("inside", Boolean(event.inside));
  line.classList.toggle("answer", event.answer);
  line.classList.toggle("sure", Boolean(event.sure));
  line.classList.toggle("checked", "checked" in event);
  if ("checked" in event) line.append(element("span", "unseen", " (đã kiểm tra)"));
  if ("wrong" in event) markWrong(lines, line, event.wrong);
}

function markWrong(lines, line, correction) {
  for (const answer of lines.querySelectorAll(".answer")) answer.classList.remove("answer", "sure");
  line.classList.add("wrong");
  line.append(element("span", "correction", correction));
}

// Another attempt takes the place of what was shown, which stays to be looked at.
function putAside(problem, attempt) {
  const solution = problem.querySelector(".solution");
  const aside = element("details", "aside");
  aside.append(element("summary", "", "Lần giải đầu, máy không chọn"), linesOf(problem));
  for (const kind of [".checks", ".note"]) {
    for (const said of solution.querySelectorAll(`:scope > ${kind}`)) aside.append(said);
  }
  solution.append(aside, element("p", "again-title", `Lần giải thứ ${attempt}:`), element("div", "lines"));
}
