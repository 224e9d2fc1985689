// The demo as `thinned demo` serves it: under its policy the page trains, and is isolated from other origins.
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { serveFiles } from "../../src/cli/run/static-server.js";
import { hearComplaints, launchChromium, PATIENCE } from "../support/browser.js";
import { trainToEnd } from "../support/demo-page.js";
import { root } from "../support/pages.js";

test("works under the policy that the command sends", { timeout: 1.2 * PATIENCE }, async () => {
  const server = serveFiles(path.join(root, "dist/demo"), "127.0.0.1");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    hearComplaints(page, url, complaints);
    const response = await page.goto(url);
    expect(response!.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(response!.headers()["content-encoding"]).toMatch(/^(br|gzip)$/);
    await trainToEnd(page, "random");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
});
