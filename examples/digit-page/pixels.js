// From a canvas to the pixels that a network of handwritten digits expects: MNIST's recipe.

/** The longer side of a digit takes so much of the picture. */
const FILL = 20 / 28;

/**
 * Ink as `[size × size]` bytes, 0 to 255: the drawing scaled to 20/28 of the picture, its centre of mass in the middle.
 */
export function pixelsOf(canvas, size) {
  const box = boundsOf(inkOf(canvas), canvas.width);
  if (!box) return new Float32Array(size * size);
  const scale = (FILL * size) / Math.max(box.right - box.left, box.bottom - box.top);
  // Once to find the centre of mass, and once more with that in the middle.
  const first = drawn(canvas, size, scale, [(box.left + box.right) / 2, (box.top + box.bottom) / 2]);
  const [x, y] = centreOfMass(first, size);
  const middle = [
    (box.left + box.right) / 2 + (x - size / 2) / scale,
    (box.top + box.bottom) / 2 + (y - size / 2) / scale,
  ];
  return drawn(canvas, size, scale, middle);
}

/** The canvas, scaled so that its point `middle` comes to lie in the middle of a picture. */
function drawn(canvas, size, scale, middle) {
  const picture = new OffscreenCanvas(size, size);
  const context = picture.getContext("2d");
  context.imageSmoothingQuality = "high";
  const [left, top] = middle.map((at) => size / 2 - at * scale);
  context.drawImage(canvas, left, top, canvas.width * scale, canvas.height * scale);
  return inkOf(picture);
}

/** The opacity of every pixel. Nothing was drawn where it is 0. */
function inkOf(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Float32Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3]);
}

function boundsOf(ink, width) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  ink.forEach((amount, i) => {
    if (amount < 128) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  });
  return box.left < box.right ? box : null;
}

function centreOfMass(ink, size) {
  let [mass, x, y] = [0, 0, 0];
  ink.forEach((amount, i) => {
    mass += amount;
    x += amount * ((i % size) + 0.5);
    y += amount * (Math.floor(i / size) + 0.5);
  });
  return [x / mass, y / mass];
}
