// Where answers come from: here, the server's own API. This is the only module that knows it. A build of the page without a
// server swaps this file and exports the same three functions.
//
//   examples()                      -> Promise of an array of problems (strings), for the buttons of the welcome.
//   solve(request, signal, take)    -> Promise that ends after the last event. `request` is {question: string}; `signal` is an
//                                      AbortSignal; `take(event)` is called for each event as it arrives.
//   whatIsWrong                     -> the texts of the errors that a reader of the page may see; see below.
//
// The events of `solve`, each an object with some of these names (HTML is safe to insert, texts are plain):
//   question: html                  the problem, typeset
//   queue: number                   so many are in front; starting: true while the machine starts
//   line: number, html, answer      a line of the solution; it comes again, longer, while it is written. `answer`: it states the
//                                   answer. When it is whole: checked: true, or wrong: text with the right result
//   checks: text                    what was checked, and what was not
//   note: text, error: text         an error may be tried again
//   end: number                     the last event: tokens per second

const pupil = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const whatIsWrong = {
  busy: "Máy giải bài đang bận. Em đợi một lát rồi bấm “Giải lại” nhé.",
  unreadable: "Máy không đọc được đề bài này. Em gõ lại nhé.",
  lost: "Mất liên lạc với máy giải bài. Em bấm “Giải lại” nhé.",
};

export async function examples() {
  return [
    "Một cửa hàng có 54 kg gạo, đã bán 18 kg. Hỏi còn lại bao nhiêu ki-lô-gam gạo?",
    "Tìm x biết: 3 × x - 7 = 20",
    "Một mảnh vườn hình chữ nhật có chiều dài 12 m, chiều rộng 8 m. Tính chu vi mảnh vườn đó.",
  ];
}

export async function solve(request, signal, take) {
  await readEvents("solve", { ...request, pupil }, signal, take);
}

async function readEvents(path, request, signal, take) {
  const body = JSON.stringify(request);
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
  if (response.status === 401) return location.reload();
  if (response.status >= 500) return take({ error: whatIsWrong.busy });
  if (!response.ok) return take({ error: whatIsWrong.unreadable });
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
