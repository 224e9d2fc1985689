// Who wrote what the package holds besides its own code: dist/THIRD-PARTY.txt, with each package's licence as its
// authors ship it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const notes = path.join(root, "build/third-party");
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/**
 * The Apache License is also ours, and stands in LICENSE. So another copy of it is cut down to the holders of its
 * copyright.
 */
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

/** A licence as its words: copies of one that differ in holders, line ends and spaces are one licence. */
function wordsOf(text) {
  return text.replace(HOLDER, "").split(/\s+/).join(" ").trim();
}
const HOLDER = /^ *(copyright|\(c\)|©).*$/gim;

function grouped(packages) {
  const groups = new Map();
  for (const each of packages) {
    const words = wordsOf(each.text);
    groups.set(words, [...(groups.get(words) ?? []), each]);
  }
  return groups;
}

/** Packages under one licence together: each with its holders, and the text once. */
function together(packages) {
  const licences = grouped(packages);
  return [...licences.values()].map((same) => {
    if (same.length === 1) return `${same[0].name}\n\n${same[0].text}`;
    const holders = same.map(({ name, text }) =>
      [name, ...(text.match(HOLDER) ?? [])].map((line) => line.trim()).join("\n"),
    );
    return [...holders, same[0].text.replace(HOLDER, "").trim()].join("\n\n");
  });
}

/** Writes the file, of all that was noted. @throws Error where a package has no licence with it */
export function writeThirdParty() {
  const noted = readdirSync(notes).flatMap((name) => JSON.parse(readFileSync(path.join(notes, name), "utf8")));
  const packages = [...new Set(noted)].sort().map((folder) => {
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
    return { name: `${name} ${version} (${license})`, text: texts.join("\n\n") };
  });
  const parts = together(packages);
  const lead = "This package holds code of the packages below, bundled into it. Their licences:";
  writeFileSync(path.join(root, "dist/THIRD-PARTY.txt"), `${[lead, ...parts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
  return packages.length;
}

/** Forgets what earlier builds noted. */
export function forgetThirdParty() {
  rmSync(notes, { recursive: true, force: true });
}
