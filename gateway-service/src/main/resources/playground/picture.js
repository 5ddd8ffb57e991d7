import { ask, card } from "./http.js";
import { decodeMask } from "./mask.js";

const COLORS = ["#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080", "#9a6324", "#808000"];
const field = (id) => document.getElementById(id);
let shown;

export function setUpPicture() {
  const drop = field("drop");
  const file = field("picture-file");
  file.addEventListener("change", () => file.files[0] && analyze(file.files[0]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => event.dataTransfer.files[0] && analyze(event.dataTransfer.files[0]));
  document.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (pasted) {
      analyze(pasted);
    }
  });
  for (const id of ["show-boxes", "show-masks", "show-heat"]) {
    field(id).addEventListener("change", () => shown && draw(shown));
  }
}

async function analyze(file) {
  field("picture-result").hidden = false;
  field("findings").replaceChildren();
  const current = { objects: [], segments: [] };
  shown = current;
  try {
    current.image = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    card(field("findings"), "Picture").fail(new Error("This browser cannot show that file as a picture."));
    return;
  }
  draw(current);
  await Promise.all([
    find(current, file, "classifications", "What is it?", (reply) => {
      return reply.labels.slice(0, 5).map((label) => `${label.label} ${percent(label.score)}`).join("\n");
    }),
    find(current, file, "detections", "What is where?", (reply) => {
      current.objects = reply.objects;
      return reply.objects.map((object) => `${object.label} ${percent(object.score)}`).join("\n") || "nothing found";
    }),
    find(current, file, "segmentations", "Which pixels?", (reply) => {
      current.segments = reply.segments.map((segment) => ({ ...segment, pixels: decodeMask(segment.mask) }));
      const all = reply.width * reply.height;
      return reply.segments.map((segment) => `${segment.label} ${percent(segment.area / all)} of the picture`).join("\n") || "nothing found";
    }),
    find(current, file, "attention", "Where did it look?", (reply) => {
      current.attention = reply;
      return `${reply.grid[0]} × ${reply.grid[1]} patches`;
    }),
  ]);
}

async function find(current, file, task, title, read) {
  const result = card(field("findings"), title);
  const started = performance.now();
  try {
    const options = { method: "POST", headers: { "Content-Type": file.type }, body: file };
    const reply = await (await ask(`/v1/vision/${task}`, options)).json();
    result.body.textContent = read(reply);
    result.facts.textContent = `${Math.round(performance.now() - started)} ms · ${reply.model}`;
    if (current === shown) {
      draw(current);
    }
  } catch (error) {
    result.fail(error);
  }
}

const percent = (share) => `${Math.round(share * 100)} %`;

function draw({ image, objects, segments, attention }) {
  const canvas = field("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  if (field("show-heat").checked && attention) {
    drawHeat(context, attention, image);
  }
  if (field("show-masks").checked) {
    segments.forEach((segment, index) => drawMask(context, segment, COLORS[index % COLORS.length]));
  }
  if (field("show-boxes").checked) {
    objects.forEach((object, index) => drawBox(context, object, COLORS[index % COLORS.length], image));
  }
  const found = objects.map((object) => object.label).join(", ");
  canvas.setAttribute("aria-label", found ? `The picture; found: ${found}` : "The picture");
}

function drawBox(context, { label, score, box }, color, image) {
  const size = Math.max(12, Math.round(Math.min(image.width, image.height) / 28));
  context.lineWidth = Math.max(2, size / 6);
  context.strokeStyle = color;
  context.strokeRect(box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin);
  context.font = `${size}px system-ui, sans-serif`;
  const text = `${label} ${percent(score)}`;
  const width = context.measureText(text).width + size / 2;
  const left = Math.max(0, Math.min(box.xmin, image.width - width));
  const top = box.ymin >= size * 1.4 ? box.ymin - size * 1.4 : Math.min(box.ymin, image.height - size * 1.4);
  context.fillStyle = color;
  context.fillRect(left, top, width, size * 1.4);
  context.fillStyle = "#ffffff";
  context.fillText(text, left + size / 4, top + size * 1.05);
}

function drawMask(context, { pixels }, color) {
  const [height, width] = pixels.size;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const layer = new ImageData(width, height);
  pixels.bits.forEach((bit, at) => bit && layer.data.set([red, green, blue, 140], 4 * at));
  drawLayer(context, layer, false);
}

function drawHeat(context, { grid: [rows, columns], rollout }, image) {
  const values = rollout.flat();
  const highest = Math.max(...values);
  const layer = new ImageData(columns, rows);
  values.forEach((value, at) => {
    const heat = value / highest;
    layer.data.set([255 * Math.min(1, 2 * heat), 255 * Math.max(0, 1 - Math.abs(2 * heat - 1)), 255 * Math.max(0, 1 - 2 * heat), 150], 4 * at);
  });
  drawLayer(context, layer, true, image);
}

function drawLayer(context, layer, smooth, { width, height } = layer) {
  const canvas = new OffscreenCanvas(layer.width, layer.height);
  canvas.getContext("2d").putImageData(layer, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, width, height);
}
