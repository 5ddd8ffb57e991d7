import { ask, card, events, json, messageOf } from "./http.js";

export const STRATEGIES = ["greedy", "beam", "speculative", "ctc", "mask-predict"];
const SHOWN = new Set(["greedy", "speculative", "ctc"]);
const TYPING_PAUSE_MS = 500;

const field = (id) => document.getElementById(id);

/** Returns a promise that there are languages to choose from, which every request names. */
export function setUpTranslation() {
  for (const strategy of STRATEGIES) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = "strategy";
    box.value = strategy;
    box.checked = SHOWN.has(strategy);
    const label = document.createElement("label");
    label.append(box, ` ${strategy}`);
    field("strategies").append(label);
  }
  const languages = fillLanguages().catch(() => offer(["en"], ["de"]));

  let running = new AbortController();
  let typing;
  const start = () => {
    clearTimeout(typing);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    languages.then(() => signal.aborted || translateAll(signal));
  };
  field("translate-form").addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  field("text").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(start, TYPING_PAUSE_MS);
  });
  return languages;
}

async function fillLanguages() {
  const languages = await (await ask("/languages")).json();
  const sources = languages.filter((language) => language.targets.some((target) => target !== language.code));
  const targets = new Set(sources.flatMap((source) => source.targets.filter((target) => target !== source.code)));
  offer(sources.map((source) => source.code), [...targets]);
}

function offer(sources, targets) {
  const names = new Intl.DisplayNames([navigator.language, "en"], { type: "language" });
  const options = (codes) => codes.map((code) => new Option(names.of(code), code));
  field("source").replaceChildren(...options(sources));
  field("target").replaceChildren(...options(targets));
}

function translateAll(signal) {
  const text = field("text").value;
  field("translations").replaceChildren();
  if (!text.trim()) {
    return;
  }
  for (const box of document.querySelectorAll("input[name=strategy]:checked")) {
    translateOne(text, box.value, signal);
  }
}

async function translateOne(text, strategy, signal) {
  const shown = card(field("translations"), strategy);
  shown.facts.textContent = "…";
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const sentences = [];
  let first;
  try {
    const body = { source: field("source").value, target: field("target").value, input: text, strategy, stream: true };
    for await (const event of events(await ask("/v1/translations", { ...json(body), signal }))) {
      first ??= elapsed();
      if (event.data) {
        finish(shown, event, first, elapsed());
      } else if (event.delta !== undefined) {
        shown.body.textContent += event.delta;
      } else if (event.refinement !== undefined) {
        sentences[event.sentence] = event.refinement;
        shown.body.textContent = sentences.join(" ");
        shown.facts.textContent = `iteration ${event.iteration}`;
      } else if (messageOf(event)) {
        throw new Error(messageOf(event));
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      shown.fail(error);
    }
  }
}

function finish(shown, reply, first, total) {
  const [entry] = reply.data;
  const { steps, drafted, accepted } = entry.timing;
  shown.body.textContent = entry.text;
  const facts = [`${total} ms`, `first text after ${first} ms`, `${steps} ${steps === 1 ? "pass" : "passes"}`];
  if (drafted) {
    facts.push(`${accepted} of ${drafted} drafted tokens accepted`);
  }
  if (entry.warnings?.length) {
    facts.push(`check: ${entry.warnings.join(", ")}`);
  }
  shown.facts.textContent = facts.join(" · ");
}
