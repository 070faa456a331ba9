// One problem of the page: what was asked, and its solution as it comes.

export function addProblem(question) {
  const problems = document.getElementById("problems");
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

export function show(problem, event) {
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

function nearEnd() {
  return innerHeight + scrollY > document.body.scrollHeight - 160;
}

export function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
