// Who wrote what the package holds besides its own code: dist/THIRD-PARTY.txt, with each package's licence as its
// authors ship it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const notes = path.join(root, "build/third-party");
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** The Apache License is our own, too, and stands in LICENSE beside: of another copy of it, who holds the copyright is enough. */
function brief(text) {
  if (!text.includes("TERMS AND CONDITIONS FOR USE, REPRODUCTION")) return text;
  const holders = text.match(/^ *Copyright [^[].*$/gm) ?? [];
  return [...holders.map((line) => line.trim()), "Apache License, Version 2.0: see LICENSE."].join("\n");
}

/** Keeps in mind which packages one of the builds took from node_modules, by what esbuild says of its inputs. */
export function noteThirdParty(build, metafile) {
  const packages = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[0])
    .filter(Boolean);
  mkdirSync(notes, { recursive: true });
  writeFileSync(path.join(notes, `${build}.json`), JSON.stringify([...new Set(packages)]));
}

/** Writes the file, of all that was noted. @throws Error where a package has no licence with it */
export function writeThirdParty() {
  const noted = readdirSync(notes).flatMap((name) => JSON.parse(readFileSync(path.join(notes, name), "utf8")));
  const parts = [...new Set(noted)].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
    const { name, version, license, author, repository } = manifest;
    if (!license) throw new Error(`${name} names no licence: it cannot be part of the package`);
    const files = readdirSync(path.join(root, folder))
      .filter((file) => LICENCE.test(file))
      .sort();
    const texts = files.map((file) => brief(readFileSync(path.join(root, folder, file), "utf8").trim()));
    // Some ship no text: then whoever wrote it, and where.
    if (texts.length === 0)
      texts.push([author?.name ?? author, repository?.url ?? repository].filter(Boolean).join(", "));
    return [`${name} ${version} (${license})`, ...texts].join("\n\n");
  });
  const lead = "This package holds code of the packages below, bundled into it. Their licences:";
  writeFileSync(path.join(root, "dist/THIRD-PARTY.txt"), `${[lead, ...parts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
  return parts.length;
}

/** Forgets what earlier builds noted. */
export function forgetThirdParty() {
  rmSync(notes, { recursive: true, force: true });
}
