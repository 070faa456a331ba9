// The model in the browser: download its pieces, put them together, start llama.cpp (wllama) on them.
import { Wllama } from "./wllama/index.js";

export const site = await (await fetch("site.json", { cache: "no-cache" })).json();

export const said = []; // llama.cpp's last lines: when something fails, they say why
const keep = (...words) => said.push(words.join(" ")) > 5 && said.shift();
const logger = { debug: keep, log: keep, warn: keep, error: keep };

// The pieces are a plain cut of one GGUF: free hosts refuse files above 25 MB or 100 MB. With a service worker each piece stays
// on this machine as soon as it has arrived, so a download that breaks off goes on where it stopped.
async function download(say) {
  const pieces = [];
  let held = 0;
  for (const piece of site.pieces) {
    const response = await fetch(piece.file);
    if (!response.ok) throw new TypeError(`${piece.file}: ${response.status}`);
    const blob = await response.blob();
    if (blob.size !== piece.bytes) throw new TypeError(`${piece.file}: ${blob.size} of ${piece.bytes} bytes`);
    pieces.push(blob);
    held += blob.size;
    say(held / site.bytes);
  }
  return new Blob(pieces);
}

// `say(share)` is called with the share of the model that has arrived.
export async function startEngine(say) {
  // The model comes from `download`, never from wllama's own store, which over plain http it cannot even make.
  const engine = new Wllama({ default: "wllama/wllama.wasm" }, { logger, cacheManager: {} });
  // Without this, wllama asks a foreign server for what Safari needs.
  engine.setCompat({ worker: "wllama/compat/wllama.js", wasm: "wllama/compat/wllama.wasm" });
  const model = await download(say);
  // On the CPU, because what was verified ran there; a single question at a time needs a single sequence.
  await engine.loadModel([model], { n_gpu_layers: 0, n_ctx: site.context, n_parallel: 1 });
  return engine;
}

// What the model writes; greedy, unless `asked` has a temperature. `take(chunk)` gets wllama's chunks as they come; resolves with
// the last one.
export async function complete(engine, asked, signal, take) {
  let last = null;
  const settings = { max_tokens: site.most_tokens, temperature: 0, ...asked, stream: true, abortSignal: signal };
  for await (const chunk of await engine.createCompletion(settings)) {
    last = chunk;
    await take(chunk);
  }
  return last;
}
