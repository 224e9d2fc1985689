// thinned demo: serves the demo page, which is built into the folder dist/demo beside this one.
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { printLine } from "../output.js";
import { serveFiles } from "../run/static-server.js";
import { UsageError, whole } from "../usage.js";

const PAGE = fileURLToPath(new URL("../../demo/", import.meta.url));

interface Options {
  port: number;
  host: string;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("serves the demo page: dropout to look at, trained in the browser")
    .option("--port <n>", "where to listen; 0 takes a free one", whole(0, 65535), 8080)
    .option("--host <name>", "address to listen on; 0.0.0.0 lets other machines in", "127.0.0.1")
    .addHelpText("after", "\nCtrl-C ends it. The page asks nobody else for anything.")
    .action(demo);
}

async function demo({ port, host }: Options): Promise<void> {
  if (!existsSync(PAGE)) throw new Error("the demo page is not there: run npm run build, or install the package again");
  const server = await listen(port, host);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
  printLine(`The demo is at ${addressOf(server)} (Ctrl-C ends it)`);
}

function listen(port: number, host: string): Promise<Server> {
  const server = serveFiles(PAGE, host);
  return new Promise((resolve, reject) => {
    // Later ones are a connection that could not be accepted: the next one may be.
    server.on("error", (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
    server.listen(port, host, () => resolve(server));
  });
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
}

function explain({ code, message }: NodeJS.ErrnoException, port: number, host: string): Error {
  if (code === "EADDRINUSE") {
    return new Error(`--port must be a free port; ${port} is in use: give another one, or 0 for any that is free`);
  }
  if (code === "EACCES") return new Error(`--port must be one that you may use; ${port} is not: give one above 1023`);
  if (["ENOTFOUND", "EADDRNOTAVAIL", "EAI_AGAIN"].includes(code ?? "")) {
    return new UsageError(`--host must be an address of this machine; got ${host}; leave it out for 127.0.0.1`);
  }
  return new Error(`the demo cannot be served on ${host}, port ${port}: ${message}`);
}
