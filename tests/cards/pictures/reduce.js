// Reduces a picture to sixteen colours: `reduce(png)` gives them, and the lines of the picture as a PNG file has them.
//
// In a line each point is the number of its colour, two to a byte; before it stands a zero: the line is not filtered.

const MOST = 16;

const GROUND = 1 / 300; // of all points: what covers more is no shade of a letter, and keeps its own colour

// The colours of grounds, however alike, then what most points have that differs from those by more than a shade.
function palette(points) {
  const counts = new Map();
  for (const point of points) counts.set(point, (counts.get(point) || 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  const grounds = byCount.filter(([, count]) => count > points.length * GROUND).map(([point]) => point);
  for (let apart = 40 ** 2; ; apart = apart / 4 - 1) {
    const chosen = grounds.slice(0, MOST - 4);
    for (const [point] of byCount) {
      if (chosen.length < MOST && chosen.every((each) => distance(each, point) > apart)) chosen.push(point);
    }
    if (chosen.length >= Math.min(MOST, byCount.length) || apart < 0) return chosen;
  }
}

function distance(one, other) {
  let sum = 0;
  for (const shift of [0, 8, 16]) sum += (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2;
  return sum;
}

async function reduce(png) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = image;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const points = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer).map((point) => point & 0xffffff);
  const colours = palette(points);
  const nearest = new Map();
  for (const point of new Set(points)) {
    const away = colours.map((each) => distance(each, point));
    nearest.set(point, away.indexOf(Math.min(...away)));
  }
  const inLine = Math.ceil(width / 2) + 1;
  const lines = new Uint8Array(height * inLine);
  points.forEach((point, place) => {
    const x = place % width;
    lines[Math.floor(place / width) * inLine + 1 + (x >> 1)] |= nearest.get(point) << (x % 2 ? 0 : 4);
  });
  let text = "";
  for (let start = 0; start < lines.length; start += 32768) {
    text += String.fromCharCode(...lines.subarray(start, start + 32768));
  }
  return { width, height, colours, lines: btoa(text) };
}
