// A server of a few files that nothing can bring down: what it serves lies in memory, compressed once; it takes no more
// connections than it can hold, and gives up those that are slow.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** What is sent with every answer. */
const HEADERS = {
  // As the page itself has it, and for its workers as well; nobody else's page may frame it.
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // Cross-origin isolation: without it a page has neither shared memory nor fine clocks.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  // Another version of the package may be served at this address tomorrow.
  "cache-control": "no-cache",
  vary: "accept-encoding",
};

/** Fewer than any system's limit of open files: macOS begins at 256. */
const MOST_CONNECTIONS = 100;
/** An answer takes no longer, in milliseconds: a browser on the same machine needs a few. */
const LONGEST_ANSWER = 30_000;

type Encoding = "br" | "gzip" | "identity";

const COMPRESS = { br: brotliCompressSync, gzip: gzipSync, identity: (bytes: Buffer) => bytes };

interface File {
  type: string;
  tag: string;
  /** As it is, and as it was sent to those who can unpack it, once somebody has asked. */
  bodies: Partial<Record<Encoding, Buffer>> & { identity: Buffer };
}

/** A server of the files of one folder, as they are now; `name` is what it is asked to listen on. */
export function serveFiles(folder: string, name: string): Server {
  const files = readFiles(folder);
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
    answer(files, name, request, response);
  });
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    // The newest is served: the oldest is one that has been slow for longest.
    if (open.size >= MOST_CONNECTIONS) open.values().next().value?.destroy();
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  return server;
}

function readFiles(folder: string): Map<string, File> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const identity = readFileSync(path);
      const file = {
        type: TYPES[extname(path)] ?? "application/octet-stream",
        tag: `"${createHash("sha256").update(identity).digest("base64url")}"`,
        bodies: { identity },
      };
      return [`/${relative(folder, path).replaceAll("\\", "/")}`, file];
    }),
  );
}

function answer(files: Map<string, File>, name: string, request: IncomingMessage, response: ServerResponse): void {
  const slow = setTimeout(() => response.destroy(), LONGEST_ANSWER).unref();
  response.on("close", () => clearTimeout(slow));
  const refuse = (status: number, why: string) =>
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${why}\n`);
  if (!isOurs(request.headers.host, name)) return void refuse(421, "This server has another name");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return void refuse(405, "Only GET and HEAD");
  }
  const [path] = (request.url ?? "").split(/[?#]/);
  const file = files.get(path === "/" ? "/index.html" : path);
  if (!file) return void refuse(404, "Not found");
  response.setHeader("etag", file.tag);
  if (request.headers["if-none-match"] === file.tag) return void response.writeHead(304).end();
  const encoding = chooseEncoding(String(request.headers["accept-encoding"] ?? ""));
  if (encoding !== "identity") response.setHeader("content-encoding", encoding);
  file.bodies[encoding] ??= COMPRESS[encoding](file.bodies.identity);
  const body = file.bodies[encoding];
  // Of ranges nothing is said: whoever asks for one gets the whole, as HTTP allows.
  response.writeHead(200, { "content-type": file.type, "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** A page of somebody else, whose name was made to point here, may not read answers: an address is nobody's name. */
function isOurs(host: string | undefined, name: string): boolean {
  if (host === undefined) return true; // HTTP/1.0, which no browser speaks
  const asked = host
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  const names = ["localhost", name.toLowerCase(), hostname().toLowerCase(), `${hostname().toLowerCase()}.local`];
  return isIP(asked) !== 0 || names.includes(asked) || asked.endsWith(".localhost");
}

/** The smallest that the other side takes; `q=0` means that it does not. */
function chooseEncoding(accepted: string): Encoding {
  const takes = (name: string) =>
    accepted.split(",").some((part) => {
      const [encoding, ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
      return encoding === name && !parameters.some((text) => /^q=0(\.0*)?$/.test(text));
    });
  return (["br", "gzip"] as const).find(takes) ?? "identity";
}
