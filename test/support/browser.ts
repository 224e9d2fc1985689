// A real browser for tests: the one that is installed; on Debian as root (a container, CI) Debian's is installed first,
// aloud. Elsewhere the test fails with the command to run: a test that is skipped in silence tests nothing.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES: Record<string, string[]> = {
  chromium: [
    ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map((name) => `/usr/bin/${name}`),
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ],
  "firefox-esr": ["/usr/bin/firefox-esr", "/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
};

/**
 * The path of a browser, by the name of its Debian package. `THINNED_CHROMIUM` and `THINNED_FIREFOX_ESR` name others.
 */
export function findBrowser(name: "chromium" | "firefox-esr"): string {
  const variable = `THINNED_${name.toUpperCase().replace("-", "_")}`;
  const find = () => [process.env[variable], ...PLACES[name]].find((place) => place && existsSync(place));
  const found = find();
  if (found) return found;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${name}`;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    console.log(`no ${name} on this machine; installing Debian's: ${install}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("sh", ["-c", install], { env, stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
    const installed = find();
    if (installed) return installed;
  }
  throw new Error(`no ${name} was found. Run: sudo sh -c "${install}" (or set ${variable} to a browser's path)`);
}

/**
 * Ends what hangs; long enough for a machine that is busy with other things. In ms; a test gets a little more, to say
 * where it was.
 */
export const PATIENCE = 240_000;

export function launchChromium(): Promise<Browser> {
  const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"].map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath: findBrowser("chromium"), args: ["--no-sandbox", ...quiet] });
}

/**
 * Ends what hangs, and notes errors, console messages, failed requests, and requests to anybody but the page's own
 * site.
 */
export function hearComplaints(page: Page, site: string, complaints: string[]): void {
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(site)) complaints.push(`${url} was asked for`);
  });
}

export interface Site extends AsyncDisposable {
  url: string;
  /** What pages posted, by the path that they posted to. */
  posted: Map<string, string>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves a folder as any static server does; `pages` stand beside its files, `headers` in every answer. */
export async function serveFolder(
  folder: string,
  pages: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Site> {
  const posted = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const name = new URL(request.url!, "http://localhost").pathname;
    if (request.method === "POST") {
      posted.set(name, Buffer.concat(await request.toArray()).toString());
      response.end();
      return;
    }
    const file = path.join(folder, name);
    const inside = file.startsWith(folder + path.sep) && existsSync(file);
    const type = TYPES[path.extname(name)] ?? "text/html";
    if (pages[name] === undefined && !inside) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": type, ...headers }).end(pages[name] ?? readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
