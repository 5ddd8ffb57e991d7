/**
 * Reads a COCO run-length mask, compressed text or plain counts.
 *
 * Runs of zeros and ones alternate and go down each column; the answer's bits go along each row, as a canvas wants them.
 */
export function decodeMask({ size, counts }) {
  const [height, width] = size;
  const bits = new Uint8Array(height * width);
  let at = 0;
  runs(counts).forEach((run, index) => {
    if (index % 2 === 1) {
      for (let place = at; place < at + run; place++) {
        bits[(place % height) * width + Math.floor(place / height)] = 1;
      }
    }
    at += run;
  });
  return { size, bits };
}

// COCO's text form: five bits a character from "0" on, the sixth says that more follow; from the third run on, each is
// the difference to the run two before.
function runs(counts) {
  if (typeof counts !== "string") {
    return counts;
  }
  const found = [];
  for (let at = 0; at < counts.length; ) {
    let value = 0;
    let shift = 0;
    let code;
    do {
      code = counts.charCodeAt(at++) - 48;
      value |= (code & 31) << shift;
      shift += 5;
    } while (code & 32);
    if (code & 16) {
      value |= -1 << shift;
    }
    found.push(found.length > 2 ? value + found[found.length - 2] : value);
  }
  return found;
}
