"""Twenty calls of the official openai client for Python against a running suite. Each prints a line or ends the run."""

from __future__ import annotations

import io
import json
import os
import time

import openai

BASE = os.environ.get("TRIPTYCH_URL", "http://localhost:8080") + "/v1"
TRANSLATOR = os.environ.get("TRIPTYCH_TRANSLATOR", "triptych-en-de")
CHAT = os.environ.get("TRIPTYCH_CHAT", "qwen2")
ENCODER = os.environ.get("TRIPTYCH_ENCODER", "all-minilm-l6-v2")

client = openai.OpenAI(base_url=BASE, api_key=os.environ.get("TRIPTYCH_API_KEY", "none"), max_retries=0, timeout=120)
CALLS = []


def call(function):
    CALLS.append(function)
    return function


def refused(kind: type[Exception], work) -> openai.APIStatusError:
    """What the client makes of an error that the suite must answer."""
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


@call
def models_are_listed():
    ids = {model.id for model in client.models.list()}
    assert {TRANSLATOR, CHAT, ENCODER} <= ids, ids


@call
def a_model_is_described():
    assert client.models.retrieve(TRANSLATOR).object == "model"


@call
def an_unknown_model_is_not_found():
    error = refused(openai.NotFoundError, lambda: client.models.retrieve("nobodys"))
    assert error.code == "model_not_found", error.body


@call
def a_prompt_is_completed():
    answer = client.completions.create(model=TRANSLATOR, prompt="The house is small.", temperature=0)
    assert answer.choices[0].text.strip() and answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@call
def several_prompts_keep_their_order():
    answer = client.completions.create(model=TRANSLATOR, prompt=["One.", "Two.", "Three."], temperature=0)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]


@call
def a_stream_joined_is_the_whole_answer():
    whole = client.completions.create(model=TRANSLATOR, prompt="The file is open.", temperature=0).choices[0].text
    chunks = client.completions.create(model=TRANSLATOR, prompt="The file is open.", temperature=0, stream=True)
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole


@call
def a_stream_tells_its_usage_at_the_end():
    chunks = list(client.completions.create(
        model=TRANSLATOR, prompt="Close the window.", stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 0


@call
def logprobs_come_with_tokens():
    logprobs = client.completions.create(model=CHAT, prompt="the cat", max_tokens=4, temperature=0, logprobs=2).choices[0].logprobs
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) and len(logprobs.top_logprobs[0]) == 2


@call
def a_seed_repeats_its_sample():
    def sample():
        return client.completions.create(model=CHAT, prompt="the cat", max_tokens=8, seed=7, temperature=1.0, n=2)

    assert [choice.text for choice in sample().choices] == [choice.text for choice in sample().choices]


@call
def a_wrong_field_is_named():
    error = refused(openai.UnprocessableEntityError, lambda: client.completions.create(model=TRANSLATOR, prompt="a", max_tokens=0))
    assert error.param == "max_tokens", error.body


@call
def a_conversation_is_answered():
    answer = client.chat.completions.create(
        model=CHAT, messages=[{"role": "user", "content": "hello"}], max_tokens=6, temperature=0)
    assert answer.choices[0].message.role == "assistant" and answer.object == "chat.completion"


@call
def a_conversation_streams():
    chunks = list(client.chat.completions.create(
        model=CHAT, messages=[{"role": "user", "content": "hello"}], max_tokens=6, temperature=0, stream=True))
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-1].choices[0].finish_reason


@call
def a_conversation_keeps_to_a_schema():
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"], "additionalProperties": False}
    answer = client.chat.completions.create(
        model=CHAT, messages=[{"role": "user", "content": "hello"}], max_tokens=60, temperature=0,
        response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}})
    assert isinstance(json.loads(answer.choices[0].message.content)["yes"], bool)


@call
def a_model_without_a_template_does_not_chat():
    error = refused(openai.UnprocessableEntityError, lambda: client.chat.completions.create(
        model=TRANSLATOR, messages=[{"role": "user", "content": "hello"}]))
    assert error.param == "model"


@call
def texts_become_vectors():
    # The client asks for base64 by itself and decodes it.
    vectors = client.embeddings.create(model=ENCODER, input=["a cat", "a kitten", "a train"]).data
    close, far = (sum(a * b for a, b in zip(vectors[0].embedding, vector.embedding)) for vector in vectors[1:])
    assert len(vectors[0].embedding) == 384 and close > far


@call
def token_ids_are_taken_too():
    assert len(client.embeddings.create(model=ENCODER, input=[101, 4937, 102]).data) == 1


def batch_lines(count: int) -> bytes:
    lines = [{"custom_id": f"line-{i}", "method": "POST", "url": "/v1/completions",
              "body": {"model": TRANSLATOR, "prompt": f"Page {i}.", "temperature": 0}} for i in range(count)]
    return "\n".join(json.dumps(line) for line in lines).encode()


@call
def a_file_is_kept_and_given_back():
    content = batch_lines(2)
    file = client.files.create(file=("lines.jsonl", io.BytesIO(content)), purpose="batch")
    assert file.bytes == len(content)
    assert client.files.content(file.id).read() == content
    assert file.id in {each.id for each in client.files.list()}
    assert client.files.delete(file.id).deleted


@call
def a_batch_runs_to_its_end():
    file = client.files.create(file=("batch.jsonl", io.BytesIO(batch_lines(5))), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/completions", completion_window="24h")
    deadline = time.monotonic() + 120
    while batch.status not in ("completed", "failed", "expired", "cancelled"):
        assert time.monotonic() < deadline, batch
        time.sleep(0.5)
        batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed" and batch.request_counts.completed == 5, batch
    lines = client.files.content(batch.output_file_id).text.strip().split("\n")
    assert {json.loads(line)["custom_id"] for line in lines} == {f"line-{i}" for i in range(5)}
    assert batch.id in {each.id for each in client.batches.list(limit=10)}


@call
def a_batch_can_be_cancelled():
    file = client.files.create(file=("batch.jsonl", io.BytesIO(batch_lines(2000))), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/completions", completion_window="24h")
    assert client.batches.cancel(batch.id).status in ("cancelling", "cancelled")


@call
def an_unknown_file_is_not_found():
    assert refused(openai.NotFoundError, lambda: client.files.retrieve("file-nobodys")).status_code == 404


if __name__ == "__main__":
    for number, work in enumerate(CALLS, 1):
        work()
        print(f"ok {number} {work.__name__.replace('_', ' ')}", flush=True)
    print(f"openai {openai.__version__} for Python: {len(CALLS)} of {len(CALLS)}")
