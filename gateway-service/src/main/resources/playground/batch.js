import { ask, events, json } from "./http.js";
import { STRATEGIES } from "./translation.js";

const FIRST_LINES = 20;
const ENDED = new Set(["completed", "failed", "cancelled", "expired"]);
const field = (id) => document.getElementById(id);
let running;

export function setUpBatch(languages) {
  field("batch-strategy").replaceChildren(...STRATEGIES.map((strategy) => new Option(strategy)));
  field("batch-form").addEventListener("submit", (event) => {
    event.preventDefault();
    languages.then(() => start(field("batch-file").files[0])).catch(fail);
  });
  field("batch-cancel").addEventListener("click", () => {
    ask(`/v1/batches/${running}/cancel`, { method: "POST" }).catch(fail);
  });
}

async function start(file) {
  field("batch-result").hidden = false;
  field("batch-download").hidden = true;
  field("batch-output").hidden = true;
  say("sending the file …");
  const lines = (await file.text()).replace(/\r?\n$/, "").split(/\r?\n/);
  const items = lines.flatMap((line, index) => (line.trim() ? [item(line, index)] : []));
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new File([items.join("\n") + "\n"], `${file.name}.jsonl`));
  const input = await (await ask("/v1/files", { method: "POST", body: form })).json();
  const order = { input_file_id: input.id, endpoint: "/v1/translations", completion_window: "24h" };
  let batch = await (await ask("/v1/batches", json(order))).json();
  running = batch.id;
  field("batch-cancel").disabled = false;
  try {
    for await (const event of events(await ask(`/v1/batches/${batch.id}/events`))) {
      show(event, items.length);
    }
    batch = await (await ask(`/v1/batches/${batch.id}`)).json();
  } finally {
    field("batch-cancel").disabled = true;
  }
  await finish(batch, lines, file.name);
}

function item(line, index) {
  const body = {
    source: field("source").value,
    target: field("target").value,
    input: line,
    strategy: field("batch-strategy").value,
  };
  return JSON.stringify({ custom_id: String(index), method: "POST", url: "/v1/translations", body });
}

function show(event, total) {
  const counts = event.request_counts ?? event;
  const done = (counts.completed ?? 0) + (counts.failed ?? 0);
  field("batch-progress").value = done / (counts.total || total);
  const facts = [`${event.status}: ${done} of ${counts.total || total}`];
  if (event.items_per_second) {
    facts.push(`${event.items_per_second.toFixed(0)} a second`);
  }
  if (event.seconds_left && !ENDED.has(event.status)) {
    facts.push(`${Math.ceil(event.seconds_left)} s left`);
  }
  say(facts.join(" · "));
}

async function finish(batch, lines, name) {
  const { completed, failed, total } = batch.request_counts;
  field("batch-progress").value = 1;
  say(`${batch.status}: ${completed} of ${total} translated${failed ? `, ${failed} failed` : ""}`);
  if (!batch.output_file_id) {
    return;
  }
  const output = await (await ask(`/v1/files/${batch.output_file_id}/content`)).text();
  const translated = [...lines];
  for (const line of output.split("\n").filter(Boolean)) {
    const result = JSON.parse(line);
    translated[Number(result.custom_id)] = result.response.body.data[0].text;
  }
  const text = translated.join("\n") + "\n";
  const link = field("batch-download");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name.replace(/(\.[^.]*)?$/, `.${field("target").value}$1`);
  link.hidden = false;
  field("batch-output").textContent = translated.slice(0, FIRST_LINES).join("\n");
  field("batch-output").hidden = false;
}

function say(text) {
  field("batch-status").classList.remove("failed");
  field("batch-status").textContent = text;
}

function fail(error) {
  say(error.message);
  field("batch-status").classList.add("failed");
}
