// CRC-32 as zip files have it (the polynomial of IEEE 802.3, reflected).

const POLYNOMIAL = 0xedb88320;
/** `TABLES[k * 256 + byte]`: what a byte adds, k bytes before the end. Four bytes are taken at a time. */
const TABLES = /* @__PURE__ */ makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let i = 0; i < 4 * 256; i++) {
    let crc = i < 256 ? i : tables[i - 256];
    if (i < 256) for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    else crc = tables[crc & 0xff] ^ (crc >>> 8);
    tables[i] = crc;
  }
  return tables;
}

export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc =
      TABLES[768 + (crc & 0xff)] ^
      TABLES[512 + ((crc >>> 8) & 0xff)] ^
      TABLES[256 + ((crc >>> 16) & 0xff)] ^
      TABLES[crc >>> 24];
  }
  for (; i < bytes.length; i++) crc = TABLES[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
