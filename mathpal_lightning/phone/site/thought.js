// Starts the worker of thinker.js. Resolves with `think`: think("solve", question) resolves with what the Python function returned.
export function startThinking() {
  const waiting = new Map();
  const worker = new Worker(new URL("thinker.js", import.meta.url), { type: "module" });
  let number = 0;

  const think = (name, ...values) => new Promise((take, fail) => {
    waiting.set(++number, { take, fail });
    worker.postMessage({ number, name, values });
  });

  return new Promise((resolve, reject) => {
    worker.onerror = (event) => {
      worker.terminate(); // the next try starts a new one
      reject(new TypeError(event.message || "thinker.js does not start"));
    };
    worker.onmessage = ({ data }) => {
      if (data.ready) return resolve(think);
      const { take, fail } = waiting.get(data.number);
      waiting.delete(data.number);
      if ("error" in data) fail(new Error(data.error));
      else take(data.value);
    };
  });
}
