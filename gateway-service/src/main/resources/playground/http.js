// What all sections ask the gateway with: the key, errors in words, and server-sent events of a POST.

let keyField;

export function rememberKey(field) {
  keyField = field;
  field.value = sessionStorage.getItem("key") ?? "";
  field.addEventListener("input", () => sessionStorage.setItem("key", field.value));
}

export async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (keyField.value) {
    headers.set("Authorization", `Bearer ${keyField.value}`);
  }
  const response = await fetch(path, { ...options, headers });
  if (!response.ok) {
    throw new Error(await reason(response));
  }
  return response;
}

export function json(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** Yields the data of each event, parsed, up to the end mark. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const parts = (rest + value).split(/\r?\n\r?\n/);
    rest = parts.pop();
    for (const part of parts) {
      const data = part
        .split(/\r?\n/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n");
      if (data === "[DONE]") {
        return;
      }
      if (data) {
        yield JSON.parse(data);
      }
    }
  }
}

/** The message of any of the suite's error shapes. */
export function messageOf(body) {
  const error = body?.error;
  return body?.detail ?? error?.message ?? (typeof error === "string" ? error : undefined);
}

async function reason(response) {
  const text = await response.text();
  let message;
  try {
    message = messageOf(JSON.parse(text));
  } catch {
    message = text;
  }
  const wait = response.headers.get("Retry-After");
  return `${message || response.statusText} (${response.status}${wait ? `, try again in ${wait} s` : ""})`;
}

export function card(list, title) {
  const node = document.getElementById("card").content.firstElementChild.cloneNode(true);
  node.querySelector("h3").textContent = title;
  list.append(node);
  const body = node.querySelector(".body");
  const facts = node.querySelector(".facts");
  return {
    node,
    body,
    facts,
    fail(error) {
      node.classList.add("failed");
      body.textContent = error.message;
      facts.textContent = "";
    },
  };
}
