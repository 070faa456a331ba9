// A worker that runs the package's own Python: it reads the question as training did, typesets each line and checks its
// arithmetic. So the page without a server judges exactly as the server does, because it is the same code.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const python = await loadPyodide({ indexURL: new URL("pyodide/", import.meta.url).href });
python.unpackArchive(await (await fetch("mathpal.zip", { cache: "no-cache" })).arrayBuffer(), "zip");
const brain = python.pyimport("mathpal_lightning.phone.brain");

onmessage = ({ data: { number, name, values } }) => {
  try {
    postMessage({ number, value: JSON.parse(brain[name](...values)) });
  } catch (error) {
    postMessage({ number, error: String(error) });
  }
};
postMessage({ ready: true }); // what is sent before this is lost
