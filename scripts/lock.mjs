// Keeps package-lock.json good for every machine: `npm ci` refuses a lock in which an optional package of another
// platform is missing, and `npm install` writes such a lock where a registry mirror lacks that platform's package. The
// version is known all the same, because these packages are pinned by the one that wants them. Run after every
// `npm install`.
// With --check: changes nothing and fails where something would change.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const before = readFileSync(file, "utf8");
const lock = JSON.parse(before);
const complaints = [];

for (const [at, entry] of Object.entries(lock.packages)) {
  if (entry.resolved) {
    complaints.push(`${at} names the registry that it came from`);
    delete entry.resolved;
  }
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    // A range is no pin: which version it means is for npm to find out.
    if (lock.packages[place] || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    complaints.push(`${place} is missing, which ${at} may want`);
    lock.packages[place] = { version, ...platform(name), ...(entry.dev && { dev: true }), optional: true };
  }
}

/** The platform that a package's name tells: the name ends in system, processor and perhaps C library. */
function platform(name) {
  const words = name.split(/[-/]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.some((word) => word.startsWith(processor)));
  if (!os || !cpu) throw new Error(`${name} does not tell its platform: add it to package-lock.json by hand`);
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : os === "linux" && "glibc";
  return { cpu: [cpu], os: [os], ...(libc && { libc: [libc] }) };
}

const checking = process.argv.includes("--check");
for (const [at, entry] of Object.entries(lock.packages)) {
  if (at === "" || entry.link || entry.integrity) continue;
  complaints.push(`${at} has no checksum`);
  if (checking) continue;
  const { version, ...rest } = entry;
  const integrity = checksum(at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length), version);
  lock.packages[at] = { version, integrity, ...rest };
}

/** What the registry says of a version, as `npm install` would have noted it. */
function checksum(name, version) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const printed = execFileSync(npm, ["view", `${name}@${version}`, "dist.integrity"], { encoding: "utf8" }).trim();
  if (!/^sha512-/.test(printed)) throw new Error(`the registry tells no checksum of ${name} ${version}`);
  return printed;
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
if (checking) {
  for (const complaint of complaints) console.error(`package-lock.json: ${complaint}`);
  if (complaints.length > 0) {
    console.error("run `node scripts/lock.mjs` and commit what it writes");
    process.exit(1);
  }
} else if (complaints.length > 0) {
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
