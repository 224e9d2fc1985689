// Many small images as one picture that an HTML file can hold.
import { deflateSync } from "node:zlib";

/** Images side by side, each stretched to its own largest magnitude: grey is 0, white positive, black negative. */
export function imageGrid(images: Float32Array, height: number, width: number, columns: number, count: number): string {
  const rows = Math.ceil(count / columns);
  const [across, down] = [columns * (width + 1) + 1, rows * (height + 1) + 1];
  const pixels = new Uint8Array(across * down).fill(255);
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * height * width, (i + 1) * height * width);
    const most = image.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-12);
    const [top, left] = [Math.floor(i / columns) * (height + 1) + 1, (i % columns) * (width + 1) + 1];
    image.forEach((value, p) => {
      const place = (top + Math.floor(p / width)) * across + left + (p % width);
      pixels[place] = Math.round(127.5 + 127.5 * (value / most));
    });
  }
  const url = `data:image/png;base64,${greyPng(pixels, across, down).toString("base64")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${across} ${down}" role="img"><image href="${url}" width="${across}" height="${down}" style="image-rendering:pixelated"/></svg>`;
}

/** The PNG format (ISO/IEC 15948): signature, header, one compressed run of unfiltered rows, end. */
function greyPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8); // eight bits, grey
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
