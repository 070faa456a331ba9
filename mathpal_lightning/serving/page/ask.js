// Where answers come from: here, the server's own API. This is the only module that knows it. A build of the page without a
// server swaps this file and exports the same names. It may leave out `check`: the page then does not offer it.
//
//   examples()                      -> Promise of an array of problems (strings), for the buttons of the welcome.
//   solve(request, signal, take)    -> Promise that ends after the last event. `request` is {question: string, hints: boolean};
//                                      `signal` is an AbortSignal; `take(event)` is called for each event as it arrives.
//   check(request, signal, take)    -> the same for a pupil's own solution: {question: string, work: string}.
//   isWatched()                     -> Promise of a boolean: a teacher sees the questions (may be left out)
//   whatIsWrong                     -> the texts of errors: {busy, unreadable, lost}.
//
// The events, each an object with some of these names (HTML is safe to insert, texts are plain):
//   question: html                  the problem, typeset
//   queue: number                   so many are in front; starting: true while the machine starts
//   line: number, html, text        a line of the solution; it comes again, longer, while it is written
//     inside: true                     it is shown in the block (a table, a formula) of an earlier line, and its HTML is empty
//     answer: boolean, sure: boolean   it states the answer; and all arithmetic before it was computed and is true
//     checked: true, or wrong: text    when it is whole and holds arithmetic: it is true, or what it should be
//   checks: text                    what was checked, and what was not
//   thinking: number, of: number    further attempts: so many are made, of at most so many
//   attempt: number                 the lines that follow are another attempt, to be shown in place of the lines before
//   agreement: text                 how many attempts have the same answer
//   hints: [html]                   where asked for: each line with its results hidden; empty where none can be given
//   first_wrong: number             (check) the first false line
//   verdict: text, right            (check) about the pupil's answer; right is true, false, or null where it was not judged
//   note: text, error: text         an error may be tried again
//   end: number                     the last event: tokens per second

const pupil = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const whatIsWrong = {
  busy: "Máy giải bài đang bận. Em đợi một lát rồi thử lại nhé.",
  unreadable: "Máy không đọc được đề bài này, có thể vì nó dài quá hoặc có kí hiệu lạ. Em sửa lại rồi gửi nhé.",
  lost: "Mất liên lạc với máy giải bài. Em xem lại mạng rồi thử lại nhé.",
};

const welcome = fetch("examples").then((response) => (response.ok ? response.json() : {})).catch(() => ({}));

export async function examples() {
  return (await welcome).examples ?? [];
}

export async function isWatched() {
  return Boolean((await welcome).watched);
}

export function solve(request, signal, take) {
  return readEvents("solve", { ...request, pupil }, signal, take);
}

export function check(request, signal, take) {
  return readEvents("check", { ...request, pupil }, signal, take);
}

async function readEvents(path, request, signal, take) {
  const body = JSON.stringify(request);
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
  if (response.status === 401) return location.reload();
  if (response.status >= 500 || response.status === 429) return take({ error: whatIsWrong.busy });
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
