// The Node half of bench/browser.mjs, in whatever Node starts it: gets the bundle's folder, and answers the name of a
// call with the time of a turn.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { open } = await import(pathToFileURL(process.argv[2]).href);
const work = await open(process.argv[3]);
const say = (value) => console.log(JSON.stringify(value));
say({ engine: `Node ${process.versions.node}, V8 ${process.versions.v8}`, builds: work.builds });
for await (const name of createInterface({ input: process.stdin })) say(work.turn(name));
