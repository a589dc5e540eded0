// ---- heat: values as colours, on canvases of one pixel a value ----

const HEAD = 10, CELLS = 64, BINS = 24;
const RECORD = HEAD + CELLS + BINS, STATISTICS = HEAD + BINS;

function colorsOf(element) {
  const read = (name) => {
    const probe = h("span", { style: `color: var(${name})` });
    element.append(probe);
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    probe.remove();
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  return { paper: read("--sk-paper"), positive: read("--sk-positive"), negative: read("--sk-negative"),
    missing: read("--sk-missing"), quiet: getComputedStyle(element).getPropertyValue("--sk-quiet") };
}

// White (the paper) at zero, the full colour at the greatest magnitude, grey where it is no number.
function paintCells(canvas, values, height, colors) {
  if (!colors) return;
  const width = Math.max(1, values.length / height), pixels = new ImageData(width, height);
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  values.forEach((value, i) => {
    const known = Number.isFinite(value), full = value > 0 ? colors.positive : colors.negative;
    const share = known && most ? Math.abs(value) / most : 0;
    for (let c = 0; c < 3; c++)
      pixels.data[4 * i + c] = known ? colors.paper[c] + share * (full[c] - colors.paper[c]) : colors.missing[c];
    pixels.data[4 * i + 3] = 255;
  });
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

function paintBars(canvas, counts, colors, height = 24) {
  if (!colors) return;
  const most = Math.max(1, ...counts), pen = canvas.getContext("2d");
  canvas.width = counts.length * 3;
  canvas.height = height;
  pen.fillStyle = colors.quiet;
  counts.forEach((n, i) => {
    const tall = n ? Math.max(1, Math.round((height - 1) * Math.sqrt(n / most))) : 0;
    pen.fillRect(3 * i, height - tall, 2, tall);
  });
}

// A record of float32, as `numbers.py` packs it.
function record(floats) {
  const [size, least, greatest, mean, spread, zeros, finite, dead, units, n] = floats;
  const cells = floats.slice(HEAD, HEAD + n), bins = floats.slice(-BINS);
  return { size, least, greatest, mean, spread, zeros, finite, dead, units, cells, bins };
}

// {rows, data} as a Map of row → floats. The bytes may begin anywhere, so they are copied before they are read.
function unpack(packed, width) {
  const found = new Map();
  if (!packed?.data?.byteLength) return found;
  const { buffer, byteOffset, byteLength } = packed.data;
  const floats = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  packed.rows.forEach((row, i) => found.set(row, floats.subarray(i * width, (i + 1) * width)));
  return found;
}

// The words beside a strip; those of the still picture are in `drawing/strips.py`, which knows of no other examples.
function said({ size, least, greatest, zeros, finite, dead, units }) {
  if (!size) return "";
  const parts = [finite ? `${short(least)} … ${short(greatest)}` : ""];
  if (zeros > 0) parts.push(`${zeros < 1 ? Math.min(99, Math.max(1, Math.round(100 * zeros))) : 100} % zero`);
  if (dead > 0) parts.push(`${count(dead)} of ${count(units)} dead`);
  if (finite < 1) parts.push("not finite");
  return parts.filter(Boolean).join(" · ");
}
