// Hints first: a finished solution is covered, and uncovered step by step when the pupil asks for it.
import { element, pressable } from "./element.js";
import { following, linesOf } from "./solution.js";

const NOT_SURE = "Máy chưa chắc đã giải đúng bài này nên không gợi ý được. Em thử xem lời giải, và nhớ kiểm tra từng dòng nhé.";

export function uncover(problem, hints) {
  const lines = [...linesOf(problem).children];
  const area = element("div", "steps");
  problem.querySelector(".solution > .waiting").after(area);
  if (!hints.length) {
    area.append(element("p", "note", NOT_SURE), pressable("Xem lời giải", "again", () => seeAll(problem)));
    return;
  }
  nextStep(problem, area, stepsOf(lines, hints), 0);
}

// A step ends with a line in which something is hidden: lines before it only say what it is about.
function stepsOf(lines, hints) {
  const steps = [[]];
  lines.forEach((line, number) => {
    const hint = hints[number] ?? "";
    steps.at(-1).push({ line, hint });
    if (hint.includes("?") && !line.dataset.text.trim().endsWith("?")) steps.push([]);
  });
  return steps.filter((step) => step.some(({ line }) => line.dataset.text.trim()));
}

function nextStep(problem, area, steps, number) {
  const step = element("div", "step");
  for (const { hint } of steps[number]) {
    const shown = element("div", "line");
    shown.innerHTML = hint;
    step.append(shown);
  }
  const buttons = element("p", "buttons");
  const result = pressable("Xem kết quả bước này", "quiet", () => {
    step.replaceChildren(...steps[number].map(({ line }) => line.cloneNode(true)));
    result.remove();
    (buttons.querySelector("button") ?? document.getElementById("question")).focus({ preventScroll: true });
  });
  buttons.append(result);
  if (number + 1 < steps.length) {
    buttons.append(pressable("Gợi ý tiếp theo", "quiet", () => {
      buttons.remove();
      following(() => nextStep(problem, area, steps, number + 1));
    }));
  }
  area.append(step, buttons);
  if (number) buttons.querySelector("button").focus();
}

function seeAll(problem) {
  problem.classList.remove("hints");
  problem.querySelector(".steps").remove();
}
