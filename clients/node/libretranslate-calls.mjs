// The npm client libretranslate against a running suite: it asks for the languages, then translates. Each call prints a
// line or ends the run.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { translate } = createRequire(import.meta.url)("libretranslate");
const apiurl = process.env.TRIPTYCH_URL ?? "http://localhost:8080";
const apiKey = process.env.TRIPTYCH_API_KEY ?? "";
const ask = (query, more = {}) => translate({ query, source: "en", target: "de", apiurl, apiKey, ...more });

const plain = await ask("The house is small.");
assert.match(plain, /Haus/);
console.log(`ok 1 a text is translated: ${plain}`);

const html = await ask("<p>The <b>house</b> is small.</p>", { format: "html" });
assert.match(html, /^<p>.*<b>.*<\/b>.*<\/p>$/s);
console.log(`ok 2 markup survives: ${html}`);

const detected = await ask("The weather is very nice in the mountains today.", { source: "auto" });
assert.notEqual(detected, "");
console.log(`ok 3 the language is found out: ${detected}`);
console.log("libretranslate for Node: 3 of 3");
