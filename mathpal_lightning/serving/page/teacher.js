// The day's questions: right, wrong, or wrong with a correction.
import { element, pressable } from "./element.js";
import { problemOf, showEvent } from "./solution.js";

const day = document.getElementById("day");
const said = document.getElementById("said");
let shown = new Map(); // the articles of the page: loading again leaves what is being written in them
document.getElementById("reload").addEventListener("click", load);
if (location.hash) history.replaceState(null, "", location.pathname); // it may hold the key
load();

async function load() {
  const response = await fetch("teacher/day");
  if (!response.ok) return say("Không tải được. Thầy cô mở trang này trên chính máy đang chạy MathPal.");
  const { day: asked, link } = await response.json();
  if (link) invite(link);
  shown = new Map(asked.map((one) => [nameOf(one), shown.get(nameOf(one)) ?? show(one)]));
  day.replaceChildren(...shown.values());
  say(asked.length ? `Có ${asked.length} bài.` : "Hôm nay chưa có bài nào.");
}

// The server counts from 0 again when it is started anew.
function nameOf({ number, question, solution }) {
  return JSON.stringify([number, question, solution]);
}

// Other machines reach the page: show how. The picture is fetched once.
function invite(link) {
  const invitation = document.getElementById("invitation");
  if (!invitation.hidden) return;
  invitation.hidden = false;
  invitation.querySelector("img").src = "teacher/link.svg";
  Object.assign(invitation.querySelector("a"), { href: link, textContent: link });
}

function show(one) {
  const problem = problemOf(titleOf(one), one.question);
  for (const event of one.events) showEvent(problem, event);
  const label = element("label", "", "Lời giải đúng, nếu thầy cô muốn sửa");
  const correction = element("textarea", "correcting");
  correction.rows = 3;
  correction.value = one.correction;
  label.append(correction);
  const actions = element("p", "actions");
  const right = pressable("Bài giải này đúng", "again", () => {
    if (differs()) return say("Thầy cô đã viết lời giải khác. Bấm “Lưu lời giải sửa”, hoặc xóa ô sửa nếu bài giải đúng.");
    mark(one, true, "", problem);
  });
  const wrong = pressable("", "again", () => {
    if (correction.value.trim() && !differs()) return say("Lời giải sửa giống hệt bài giải của máy nên chưa lưu.");
    mark(one, false, correction.value, problem);
  });
  const differs = () => correction.value.trim() && correction.value.trim() !== one.solution.trim();
  const name = () => { wrong.textContent = correction.value.trim() ? "Lưu lời giải sửa" : "Bài giải này sai"; };
  correction.addEventListener("input", name);
  name();
  actions.append(right, wrong);
  problem.append(label, actions);
  colour(problem, one.right);
  return problem;
}

function titleOf({ sure, events }) {
  if (events.some((event) => "wrong" in event)) return "Bài giải có chỗ sai";
  return sure ? "Bài giải, phép tính đã kiểm tra" : "Bài giải, chưa kiểm tra hết";
}

async function mark(one, right, correction, problem) {
  const body = JSON.stringify({ number: one.number, right, correction: correction.trim() });
  const response = await fetch("teacher/mark", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { saved, removed, wrong, error } = await response.json().catch(() => ({}));
  if (!saved) return say(`Không lưu được. ${error ? whatIsBroken(error) : "Thầy cô bấm “Tải lại” rồi thử lần nữa."}`);
  colour(problem, right);
  const told = [saved.length ? `Đã lưu vào ${saved.join(" và ")}.` : "Đã đánh dấu. Chưa có lời giải đúng nên không lưu gì."];
  if (removed.length) told.push(`Đã bỏ dòng của lần đánh dấu trước khỏi ${removed.join(" và ")}.`);
  if (wrong.length) told.push(`Thầy cô xem lại lời giải vừa lưu: ${wrong.join("; ")}.`);
  say(told.join(" "));
}

function whatIsBroken({ message }) {
  return `Thầy cô tải lại trang; nếu một dòng trong tệp đã lưu bị hỏng thì sửa hoặc xóa dòng đó. Máy chủ báo: ${message}`;
}

function colour(problem, right) {
  const { classList } = problem.querySelector(".solution");
  classList.toggle("marked-right", right === true);
  classList.toggle("marked-wrong", right === false);
}

function say(text) {
  said.textContent = text;
}
