// Only during the export: asks the finished page's engine and Python the fixed problems, and sends back what they answered.
import { complete, said, startEngine } from "./engine.js";
import { startThinking } from "./thought.js";

const secondsSince = (began) => (performance.now() - began) / 1000;

async function ask(engine, think, question, mostTokens) {
  const { ask: asked } = await think("solve", question);
  const began = performance.now();
  let text = "", firstLine = null;
  const last = await complete(engine, { ...asked, max_tokens: mostTokens }, undefined, async ({ choices: [choice] }) => {
    text += choice.text;
    await think("add", choice.text);
    if (firstLine === null && text.includes("\n")) firstLine = secondsSince(began);
  });
  const stopped = last.choices[0].finish_reason === "stop";
  await think("end", stopped, last.timings.predicted_per_second);
  return {
    prompt: asked.prompt, text, stopped,
    prompt_tokens: last.usage.prompt_tokens,
    tokens: last.usage.completion_tokens,
    first_line_s: firstLine ?? secondsSince(began),
    tokens_per_s: last.timings.predicted_per_second,
  };
}

async function run() {
  const { questions, most_tokens: mostTokens } = await (await fetch("verify.json")).json();
  const began = performance.now();
  const think = await startThinking();
  const python = secondsSince(began);
  const engine = await startEngine(() => {});
  const all = secondsSince(began);
  const answers = [];
  for (const question of questions) answers.push(await ask(engine, think, question, mostTokens));
  return { answers, python_s: python, start_s: all, threads: engine.isMultithread() ? engine.getNumThreads() : 1 };
}

const result = await run().catch((error) => ({ failed: [error, ...said].join(" | ") }));
await fetch("verify.json", { method: "POST", body: JSON.stringify(result) });
