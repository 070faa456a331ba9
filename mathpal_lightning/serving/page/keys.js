// A row of signs that keyboards hide, and a new line for phones. It writes into the box that had the focus last.
import { pressable } from "./element.js";

const KEYS = [
  ["×", "nhân"], [":", "chia"], ["/", "phân số"], ["√", "căn bậc hai"], ["²", "bình phương"], ["³", "lập phương"],
  ["(", "mở ngoặc"], [")", "đóng ngoặc"], ["=", "bằng"], ["≤", "nhỏ hơn hoặc bằng"], ["≥", "lớn hơn hoặc bằng"],
  ["°", "độ"], ["π", "pi"], ["%", "phần trăm"], ["\n", "xuống dòng"],
];

export function addKeys(row, boxes) {
  let last = boxes[0];
  for (const box of boxes) box.addEventListener("focus", () => { last = box; });
  for (const [sign, name] of KEYS) {
    const key = pressable(sign === "\n" ? "↵" : sign, "key", () => {
      const box = last.closest("[hidden]") ? boxes[0] : last;
      box.setRangeText(sign, box.selectionStart, box.selectionEnd, "end");
      box.dispatchEvent(new Event("input"));
      box.focus();
    });
    key.setAttribute("aria-label", name);
    key.title = name;
    row.append(key);
  }
}
