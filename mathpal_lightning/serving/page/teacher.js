// The day's questions: right, wrong, or wrong with a correction.
import { element, pressable } from "./element.js";

const day = document.getElementById("day");
const said = document.getElementById("said");
document.getElementById("reload").addEventListener("click", load);
if (location.hash) history.replaceState(null, "", location.pathname); // it may hold the key
load();

async function load() {
  const response = await fetch("teacher/day");
  if (!response.ok) return say("Không tải được. Thầy cô mở trang này trên chính máy đang chạy MathPal.");
  const { day: asked, link } = await response.json();
  if (link) invite(link);
  day.replaceChildren(...asked.map(show));
  say(asked.length ? `Có ${asked.length} bài.` : "Hôm nay chưa có bài nào.");
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
  const problem = element("article", "problem");
  const solution = element("div", "solution");
  solution.append(element("h2", "", one.sure ? "Bài giải, phép tính đã kiểm tra" : "Bài giải, chưa kiểm tra hết"));
  for (const line of one.solution.split("\n")) solution.append(element("div", "line", line));
  const label = element("label", "", "Lời giải đúng, nếu thầy cô muốn sửa");
  const correction = element("textarea", "correcting");
  correction.rows = 3;
  correction.value = one.correction;
  label.append(correction);
  const actions = element("p", "actions");
  const right = pressable("Đúng", "again", () => mark(one, true, "", solution));
  const wrong = pressable("Sai", "again", () => mark(one, false, correction.value, solution));
  actions.append(right, wrong);
  problem.append(element("div", "question", one.question), solution, label, actions);
  colour(solution, one.right);
  return problem;
}

async function mark(one, right, correction, solution) {
  const body = JSON.stringify({ number: one.number, right, correction });
  const response = await fetch("teacher/mark", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { saved, wrong, error } = await response.json().catch(() => ({}));
  const whatToDo = error ? `Máy chủ báo: ${error.message}` : "Thầy cô bấm “Tải lại” rồi thử lần nữa.";
  if (!saved) return say(`Không lưu được. ${whatToDo}`);
  colour(solution, right);
  const kept = saved.length ? `Đã lưu vào ${saved.join(" và ")}.` : "Đã đánh dấu. Chưa có lời giải đúng nên không lưu gì.";
  say(wrong.length ? `${kept} Lời giải sửa có phép tính sai: ${wrong.join("; ")}.` : kept);
}

function colour(solution, right) {
  solution.classList.toggle("marked-right", right === true);
  solution.classList.toggle("marked-wrong", right === false);
}

function say(text) {
  said.textContent = text;
}
