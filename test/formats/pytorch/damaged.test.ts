// Damaged files are refused by name, or are a network all the same. `FILES=20000 npx vitest run
// test/formats/pytorch/damaged.test.ts` tries more of them.
import { expect, test } from "vitest";
import { Archive } from "../../../src/formats/pytorch/unzip.js";
import { writeZip } from "../../../src/formats/pytorch/zip.js";
import { readModelFile } from "../../../src/formats/read-model-file.js";
import {
  type FromStateDictOptions,
  fromStateDict,
  PyTorchError,
  SafetensorsError,
  toStateDict,
} from "../../../src/pytorch.js";
import { damage } from "../../support/damage.js";
import { expected, fixture } from "../../support/pytorch.js";
import { generator } from "../../support/tensors.js";

const FILES = Number(process.env.FILES ?? 1200);
const names = ["sequential", "protocol-4", "half", "views", "checkpoint", "norm-before", "deep", "refuse-command"];
const options = (name: string): FromStateDictOptions => ({ activation: "relu", ...expected.files[name]?.options });

/** The network of a damaged file, or null where it was refused by one of our errors. */
function open(bytes: Uint8Array, name: string, what: string): ReturnType<typeof readModelFile> | null {
  try {
    return readModelFile(fromStateDict(bytes, options(name)));
  } catch (error) {
    const known = error instanceof PyTorchError || error instanceof SafetensorsError;
    // Numbers that are finite in the file, and not any more where a batch norm was multiplied into them.
    if (!known && !/must be a finite number in float32/.test(String(error))) throw new Error(what, { cause: error });
    expect((error as Error).message, what).not.toMatch(/\n/);
    return null;
  }
}

test("a zip archive with damage that its sums do not excuse: refused, or the same network", () => {
  const random = generator(1);
  let refused = 0;
  for (let i = 0; i < FILES / 2; i++) {
    const name = names[i % (names.length - 1)];
    const model = open(damage(fixture(name), random), name, `file ${i}, ${name}`);
    if (model === null) refused++;
    else expect(model, `file ${i}, ${name}`).toEqual(open(fixture(name), name, name));
  }
  // Both outcomes were met: a date, or bytes between files, may be anything.
  expect(refused / FILES).toBeGreaterThan(0.2);
  expect(refused / FILES).toBeLessThan(0.5);
});

test("a damaged pickle in a sound archive: refused, or a network of finite numbers", () => {
  const random = generator(2);
  let refused = 0;
  for (let i = 0; i < FILES; i++) {
    const name = names[i % names.length];
    const archive = new Archive(fixture(name));
    const files = Object.fromEntries(archive.names.map((file) => [file, archive.read(file)]));
    const pickle = `${name}/data.pkl`;
    files[pickle] = damage(files[pickle], random);
    if (open(writeZip(files), name, `file ${i}, ${name}`) === null) refused++;
    else expect(name, "a pickle that names a command").not.toBe("refuse-command");
  }
  expect(refused / FILES).toBeGreaterThan(0.5);
  expect(refused / FILES).toBeLessThan(1);
});

test("damaged safetensors: refused, or a network of finite numbers", () => {
  const random = generator(3);
  const model = fromStateDict(fixture("deep"), options("deep"));
  const names = Array.from({ length: 13 }, (_, l) => `net.${l}`);
  const bytes = toStateDict(model, { names, format: "safetensors" });
  let refused = 0;
  for (let i = 0; i < FILES / 2; i++) if (open(damage(bytes, random), "deep", `file ${i}`) === null) refused++;
  expect(refused / FILES).toBeGreaterThan(0.2);
  expect(refused / FILES).toBeLessThan(0.5);
});
