// The form: ask, stop, ask again.
import * as machine from "./ask.js";
import { copy } from "./copy.js";
import { element, pressable } from "./element.js";
import { remember, setUpHistory } from "./history.js";
import { addKeys } from "./keys.js";
import { addProblem, answerOf, following, show, textOf } from "./solution.js";
import { uncover } from "./uncover.js";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const work = document.getElementById("work");
const button = document.getElementById("solve");
const said = document.getElementById("said"); // what a screen reader says; the growing lines themselves would be too much
const onPhone = matchMedia("(pointer: coarse)").matches;
const WRITE_HERE = box.placeholder;
const NAMES = { solve: "Giải", hints: "Gợi ý", check: "Kiểm tra" };
const WATCHED = "Trình duyệt này giữ các bài dưới đây. Thầy cô cũng xem được các bài em hỏi và có thể lưu lại. Em bấm vào một bài để hỏi lại.";
const STOPPED = "Em đã bấm “Dừng” nên bài này chưa làm xong.";
const DOUBLE_CLICK_MS = 700;
let running = null; // the AbortController of the problem that is being solved
let asked = 0; // when it was asked, in milliseconds since the page was opened

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) {
    if (event.timeStamp - asked > DOUBLE_CLICK_MS) running.abort(); // the second click of a double click asks nothing
  } else if ((mode() === "check" ? work : box).value.trim()) {
    ask({ question: box.value, work: work.value, mode: mode() });
    write("", ""); // only here: a button asks what it says, and what is being typed stays
  }
});

for (const area of [box, work]) {
  area.addEventListener("input", () => fit(area));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // a Vietnamese keyboard may be composing
    if (onPhone || (area === work && !event.ctrlKey)) return; // a phone has no Shift+Enter; a solution has several lines
    event.preventDefault();
    if (!running) form.requestSubmit();
  });
}

form.addEventListener("change", showMode);
if (!machine.check) document.getElementById("check-mode").remove();
addKeys(document.getElementById("keys"), [box, work]);
setUpHistory(edit);
if (location.hash) history.replaceState(null, "", location.pathname); // it may hold the key
showMode();
showExamples();
button.disabled = false; // until now the browser itself would have sent the form, and what was typed would be gone

function mode() {
  return form.elements.mode.value;
}

function showMode() {
  const isCheck = mode() === "check";
  document.getElementById("own").hidden = !isCheck;
  box.placeholder = isCheck ? "Đề bài (có thể bỏ trống)" : WRITE_HERE;
  fit(work); // while it was hidden it had no height
  if (!running) button.textContent = NAMES[mode()];
}

async function showExamples() {
  if (await machine.isWatched?.()) {
    form.append(element("p", "watched", "Thầy cô của em xem được các bài hỏi trên trang này, và có thể lưu lại để dạy máy."));
    document.getElementById("who-keeps").textContent = WATCHED;
  }
  for (const problem of await machine.examples()) {
    const item = element("li");
    item.append(pressable(problem, "example", () => !running && ask({ question: problem, work: "", mode: exampleMode() })));
    document.querySelector("#welcome ul")?.append(item);
  }
}

function exampleMode() {
  return mode() === "hints" ? "hints" : "solve";
}

async function ask(request) {
  document.getElementById("welcome")?.remove();
  for (const old of document.querySelectorAll(".actions")) old.remove();
  const problem = addProblem(request.question, request.mode);
  running = new AbortController();
  asked = performance.now();
  button.textContent = "Dừng";
  said.textContent = "Máy đang làm.";
  const hints = await answered(problem, request);
  running = null;
  problem.classList.remove("writing");
  following(() => {
    show(problem, { waiting: "" });
    if (hints) uncover(problem, hints);
    offerMore(problem, request);
  });
  sayTheEnd(problem, request);
  showMode();
  if (!onPhone && [document.body, button].includes(document.activeElement)) box.focus({ preventScroll: true });
}

async function answered(problem, { question, work, mode }) {
  let hints = null;
  const take = (event) => {
    hints = event.hints ?? hints;
    show(problem, event);
  };
  try {
    if (mode === "check") await machine.check({ question, work }, running.signal, take);
    else await machine.solve({ question, hints: mode === "hints" }, running.signal, take);
  } catch (error) {
    if (!running.signal.aborted) show(problem, { error: machine.whatIsWrong.lost });
  }
  if (running.signal.aborted) {
    problem.classList.add("stopped");
    show(problem, { note: STOPPED });
  }
  return hints;
}

function offerMore(problem, request) {
  const actions = element("p", "actions");
  const again = request.mode === "check" ? "Kiểm tra lại" : "Giải lại";
  actions.append(
    pressable(again, "again", () => !running && ask(request)),
    pressable(request.mode === "check" ? "Sửa bài" : "Sửa đề", "again", () => edit(request.question, request.work, request.mode)),
  );
  if (textOf(problem) && request.mode === "solve") {
    const copying = pressable("Chép lời giải", "again", async () => {
      await copy(`${request.question}\n\n${textOf(problem)}`);
      copying.textContent = "Đã chép";
      said.textContent = "Đã chép lời giải.";
    });
    actions.append(copying);
  }
  problem.append(actions);
}

function sayTheEnd(problem, request) {
  const isStopped = problem.classList.contains("stopped");
  const told = problem.querySelector(".error, .verdict") ?? problem.querySelector(".solution > .note");
  const answer = request.mode === "solve" ? answerOf(problem) : "";
  said.textContent = isStopped ? STOPPED : told?.textContent || `Xong. ${answer}`;
  if (request.question.trim() && !isStopped && !problem.querySelector(".error")) remember(request.question, answer);
}

function edit(question, own = work.value, itsMode = mode()) {
  form.elements.mode.value = itsMode;
  showMode();
  write(question, own);
  box.focus();
}

function write(question, own) {
  box.value = question;
  work.value = own;
  for (const area of [box, work]) fit(area);
}

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
