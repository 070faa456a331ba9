// Where answers come from in a page without a server: llama.cpp and the package's Python, both inside this browser.
// It stands in the place of serving/page/ask.js and exports the same names; the events are described there.
import { complete, site, startEngine } from "./engine.js";
import { startThinking } from "./thought.js";

export const whatIsWrong = {
  download: "Chưa tải xong chương trình giải toán. Em xem lại mạng rồi thử lại nhé; phần đã tải vẫn còn.",
  busy: "Chương trình giải toán đang bận. Em đợi một lát rồi thử lại nhé.",
  unreadable: "Máy không đọc được đề bài này. Em sửa lại rồi gửi nhé.",
  long: "Đề bài dài quá. Em viết ngắn lại nhé.",
  lost: "Chương trình giải toán bị ngắt, có thể vì thiếu bộ nhớ. Em đóng bớt trang khác, tải lại trang này rồi thử lại nhé.",
};

const megabytes = (bytes) => Math.round(bytes / 1e6);
const foot = document.createElement("p");
foot.id = "machine";
document.getElementById("ask")?.append(foot);
let started = null;

export async function examples() {
  return site.examples;
}

export function solve({ question, hints }, signal, take) {
  return follow(["solve", question, Boolean(hints)], signal, take);
}

export function check({ question, work }, signal, take) {
  return follow(["check", question, work], signal, take);
}

// brain.py says what the model is to write next, and is told what it wrote, until there is nothing more to ask.
async function follow(beginning, signal, take) {
  let machine;
  try {
    machine = await start((waiting) => take({ waiting }));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError: what fetch and import throw when the network is gone
    return take({ error: whatIsWrong.download });
  }
  take({ waiting: "Máy đang đọc đề…" });
  let step = await machine.think(...beginning);
  try {
    for (; step.ask; step = await write(machine, step.ask, signal, take)) step.events.forEach(take);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    return take({ error: whatIsWrong.long });
  }
  step.events.forEach(take);
}

// What llama.cpp says of a prompt that does not fit.
function isTooLong(error) {
  return error.message.includes("exceeds the available context size");
}

async function write({ engine, think }, asked, signal, take) {
  const stop = new AbortController(); // AbortSignal.any would do, in newer browsers
  const obey = () => stop.abort();
  signal.addEventListener("abort", obey);
  if (signal.aborted) stop.abort();
  let last = null;
  try {
    await complete(engine, asked, stop.signal, async (chunk) => {
      last = chunk;
      const { events, repeated } = await think("add", chunk.choices[0].text);
      events.forEach(take);
      if (repeated) stop.abort();
    });
  } catch (error) {
    // wllama breaks off at bytes that are no UTF-8, which a small model may write. What stands by then counts as cut off; only a
    // first attempt of which nothing came is an error.
    const isFirst = asked.temperature === undefined;
    if (isTooLong(error) || signal.aborted || (isFirst && last === null && !stop.signal.aborted)) throw error;
  } finally {
    signal.removeEventListener("abort", obey);
  }
  return think("end", last?.choices[0].finish_reason === "stop", last?.timings?.predicted_per_second ?? 0);
}

// Once: download what is not here yet, start both machines. After a failure the next call begins again.
function start(say) {
  started ??= startBoth(say).catch((error) => {
    started = null;
    throw error;
  });
  return started;
}

async function startBoth(say) {
  await kept;
  const told = (share) => {
    foot.textContent = `Đang mở chương trình giải toán: ${megabytes(share * site.bytes)} trên ${megabytes(site.bytes)} MB.`;
    say(foot.textContent);
  };
  const [engine, think] = await Promise.all([startEngine(told), startThinking()]);
  foot.textContent = "";
  tellWhatIsKept();
  return { engine, think };
}

// The service worker keeps every file on this machine. It must be in charge before the model is fetched. Where it cannot be (plain
// http, some private windows, a reload with the shift key), the page works without it.
const kept = keep();
async function keep() {
  const worker = navigator.serviceWorker;
  if (!worker || !(await worker.register("sw.js").catch(() => null))) return;
  await worker.ready;
  for (let tries = 0; !worker.controller && tries < 60; tries++) await new Promise((go) => setTimeout(go, 50));
  if (worker.controller && !crossOriginIsolated) await openAgain();
}

// Once, and only while nothing was typed or asked: opened through the service worker, the page may use several cores.
async function openAgain() {
  const isBegun = started || [...document.querySelectorAll("textarea")].some((field) => field.value);
  if (isBegun || sessionStorage.getItem("opened again")) return;
  sessionStorage.setItem("opened again", "yes");
  location.reload();
  await new Promise(() => {});
}

async function isHere() {
  return "caches" in globalThis && (await caches.match(site.pieces.at(-1).file)) !== undefined;
}

async function tellWhatIsKept() {
  if (!isSecureContext) {
    foot.textContent = "Trang này mở bằng http, nên mỗi lần đều phải có mạng và tải lại chương trình giải toán.";
  } else if (await isHere()) {
    foot.textContent = "Đã tải xong chương trình giải toán. Không có mạng vẫn dùng được.";
  } else {
    offerDownload();
  }
}

function offerDownload() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "again";
  button.textContent = `Tải chương trình giải toán về máy (${megabytes(site.download)} MB)`;
  button.addEventListener("click", () => {
    button.remove();
    start(() => {}).catch(() => (foot.textContent = whatIsWrong.download));
  });
  foot.replaceChildren(button);
}

tellWhatIsKept();
