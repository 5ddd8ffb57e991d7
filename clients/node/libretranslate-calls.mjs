// The npm client libretranslate against a running suite. Each call prints a line or ends the run.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { translate } = createRequire(import.meta.url)("libretranslate");
const apiurl = `${process.env.TRIPTYCH_URL ?? "http://localhost:8080"}/translate`;
const ask = (query, more = {}) => translate({ query, source: "en", target: "de", apiurl, apikey: "", ...more });

const plain = await ask("The house is small.");
assert.match(plain.translatedText, /Haus/);
console.log(`ok 1 a text is translated: ${plain.translatedText}`);

const html = await ask("<p>The <b>house</b> is small.</p>", { format: "html" });
assert.match(html.translatedText, /^<p>.*<b>.*<\/b>.*<\/p>$/s);
console.log(`ok 2 markup survives: ${html.translatedText}`);

const detected = await ask("The weather is very nice in the mountains today.", { source: "auto" });
assert.equal(detected.detectedLanguage.language, "en");
console.log(`ok 3 the language is detected, confidence ${detected.detectedLanguage.confidence}`);
console.log("libretranslate for Node: 3 of 3");
