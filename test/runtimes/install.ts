// Runs once, before the tests of this folder: the package as it would be published and everybody's tools, in one
// project.
import { installProject } from "./fixtures.js";

const TOOLS = [
  ...["workerd", "bun", "deno"],
  ...["webpack", "rollup", "@rollup/plugin-node-resolve", "parcel"],
  ...["jest", "next", "react", "react-dom"],
];

export default function setup(): void {
  installProject(TOOLS);
}
