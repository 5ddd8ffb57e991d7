// Twenty calls of the official openai client for Node against a running suite. Each prints a line or ends the run.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";

const env = process.env;
const TRANSLATOR = env.TRIPTYCH_TRANSLATOR ?? "triptych-en-de";
const CHAT = env.TRIPTYCH_CHAT ?? "qwen2";
const ENCODER = env.TRIPTYCH_ENCODER ?? "all-minilm-l6-v2";
const client = new OpenAI({
  baseURL: `${env.TRIPTYCH_URL ?? "http://localhost:8080"}/v1`,
  apiKey: env.TRIPTYCH_API_KEY ?? "none",
  maxRetries: 0,
  timeout: 120_000,
});

const hello = [{ role: "user", content: "hello" }];
const lines = (count) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      custom_id: `line-${i}`,
      method: "POST",
      url: "/v1/completions",
      body: { model: TRANSLATOR, prompt: `Page ${i}.`, temperature: 0 },
    }),
  ).join("\n");
const upload = async (count) =>
  client.files.create({ file: await toFile(Buffer.from(lines(count)), "batch.jsonl"), purpose: "batch" });
const all = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

const calls = {
  async "models are listed"() {
    const ids = (await all(await client.models.list())).map((model) => model.id);
    for (const id of [TRANSLATOR, CHAT, ENCODER]) assert(ids.includes(id), `${id} in ${ids}`);
  },
  async "a model is described"() {
    assert.equal((await client.models.retrieve(TRANSLATOR)).object, "model");
  },
  async "an unknown model is not found"() {
    await assert.rejects(client.models.retrieve("nobodys"), { status: 404, code: "model_not_found" });
  },
  async "a prompt is completed"() {
    const answer = await client.completions.create({ model: TRANSLATOR, prompt: "The house is small.", temperature: 0 });
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },
  async "several prompts keep their order"() {
    const answer = await client.completions.create({ model: TRANSLATOR, prompt: ["One.", "Two."], temperature: 0 });
    assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1]);
  },
  async "a stream joined is the whole answer"() {
    const body = { model: TRANSLATOR, prompt: "The file is open.", temperature: 0 };
    const whole = await client.completions.create(body);
    const chunks = await all(await client.completions.create({ ...body, stream: true }));
    assert.equal(chunks.map((chunk) => chunk.choices[0].text).join(""), whole.choices[0].text);
  },
  async "a stream tells its usage at the end"() {
    const chunks = await all(
      await client.completions.create({
        model: TRANSLATOR, prompt: "Close it.", stream: true, stream_options: { include_usage: true },
      }),
    );
    assert(chunks.at(-1).usage.completion_tokens > 0);
  },
  async "a stream can be left"() {
    const stream = await client.completions.create({ model: CHAT, prompt: "the cat", max_tokens: 100, stream: true });
    for await (const chunk of stream) {
      assert(chunk.id);
      break;
    }
    assert(stream.controller.signal.aborted);
  },
  async "logprobs come with tokens"() {
    const { logprobs } = (
      await client.completions.create({ model: CHAT, prompt: "the cat", max_tokens: 4, temperature: 0, logprobs: 2 })
    ).choices[0];
    assert.equal(logprobs.tokens.length, logprobs.token_logprobs.length);
  },
  async "a seed repeats its sample"() {
    const sample = async () =>
      (
        await client.completions.create({
          model: CHAT, prompt: "the cat", max_tokens: 8, temperature: 1, seed: 7, n: 2,
        })
      ).choices.map((choice) => choice.text);
    assert.deepEqual(await sample(), await sample());
  },
  async "a wrong field is named"() {
    await assert.rejects(client.completions.create({ model: TRANSLATOR, prompt: "a", max_tokens: 0 }), {
      status: 422, param: "max_tokens",
    });
  },
  async "a conversation is answered"() {
    const answer = await client.chat.completions.create({ model: CHAT, messages: hello, max_tokens: 6, temperature: 0 });
    assert.equal(answer.choices[0].message.role, "assistant");
  },
  async "a conversation streams"() {
    const stream = client.chat.completions.stream({ model: CHAT, messages: hello, max_tokens: 6, temperature: 0 });
    const whole = await client.chat.completions.create({ model: CHAT, messages: hello, max_tokens: 6, temperature: 0 });
    assert.equal(await stream.finalContent(), whole.choices[0].message.content);
  },
  async "a conversation keeps to a schema"() {
    const schema = {
      type: "object", properties: { yes: { type: "boolean" } }, required: ["yes"], additionalProperties: false,
    };
    const answer = await client.chat.completions.create({
      model: CHAT, messages: hello, max_tokens: 60, temperature: 0,
      response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
    });
    assert.equal(typeof JSON.parse(answer.choices[0].message.content).yes, "boolean");
  },
  async "a model without a template does not chat"() {
    await assert.rejects(client.chat.completions.create({ model: TRANSLATOR, messages: hello }), {
      status: 422, param: "model",
    });
  },
  async "texts become vectors"() {
    const { data } = await client.embeddings.create({ model: ENCODER, input: ["a cat", "a kitten"] });
    assert.equal(data[0].embedding.length, 384);
  },
  async "a file is kept and given back"() {
    const file = await upload(2);
    assert.equal(await (await client.files.content(file.id)).text(), lines(2));
    assert((await client.files.delete(file.id)).deleted);
  },
  async "a batch runs to its end"() {
    const file = await upload(5);
    let batch = await client.batches.create({
      input_file_id: file.id, endpoint: "/v1/completions", completion_window: "24h",
    });
    const deadline = Date.now() + 120_000;
    while (!["completed", "failed", "expired", "cancelled"].includes(batch.status)) {
      assert(Date.now() < deadline, batch.status);
      await new Promise((resume) => setTimeout(resume, 500));
      batch = await client.batches.retrieve(batch.id);
    }
    assert.equal(batch.request_counts.completed, 5);
    const output = await (await client.files.content(batch.output_file_id)).text();
    assert.equal(output.trim().split("\n").length, 5);
  },
  async "a batch can be cancelled"() {
    const file = await upload(2000);
    const batch = await client.batches.create({
      input_file_id: file.id, endpoint: "/v1/completions", completion_window: "24h",
    });
    assert(["cancelling", "cancelled"].includes((await client.batches.cancel(batch.id)).status));
  },
  async "an unknown file is not found"() {
    await assert.rejects(client.files.retrieve("file-nobodys"), { status: 404 });
  },
};

let number = 0;
for (const [name, work] of Object.entries(calls)) {
  await work();
  console.log(`ok ${++number} ${name}`);
}
console.log(`openai for Node: ${number} of ${Object.keys(calls).length}`);
