// The demo's training section as `thinned demo` serves it: opened, pressed and read.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { hearComplaints, launchChromium } from "./browser.js";
import { type Folder, type Running, start, temporaryFolder } from "./cli.js";
import { rested } from "./demo-page.js";

/** Hands a test file's tests a page each, and checks that it complained of nothing. */
export function trainingPage() {
  let folder: Folder;
  let server: Running;
  let url: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    folder = temporaryFolder();
    server = start(folder.path, "demo", "--port", "0");
    url = /http:\S+/.exec(await server.printed("Ctrl-C ends it"))![0];
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.kill("SIGTERM");
    await server?.finished;
    folder?.[Symbol.dispose]();
  });
  beforeEach(async () => {
    complaints = [];
    await open();
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints, "console, errors and requests").toEqual([]);
  });

  /** The page with two small networks, which are quick, or with larger ones, which are still at it when somebody pauses them. */
  async function open(options: BrowserContextOptions = {}, hidden: "64" | "1024" = "64"): Promise<void> {
    await page?.context().close();
    const context = await browser.newContext(options);
    page = await context.newPage();
    hearComplaints(page, url, complaints);
    await page.goto(url);
    await page.getByLabel("Units per hidden layer").selectOption(hidden);
  }

  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const text = async (id: string) => (await page.locator(`#${id}`).textContent())!;
  /** Test error and training error in per cent, samples per second. */
  const figures = async (side: "with" | "without") =>
    Promise.all(
      ["test", "seen", "rate"].map(async (id) => Number((await text(`${side}-${id}`)).replace(/[ %,]/g, ""))),
    );
  const picture = () => page.locator("#with-units").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  async function untilText(id: string, pattern: RegExp): Promise<string> {
    const place = page.locator(`#${id}`, { hasText: pattern });
    await place.waitFor();
    return (await place.textContent())!;
  }

  /** One step more of networks that rest, and the sentence about its mask. */
  async function step(count: number): Promise<string> {
    await rested(page);
    await button("Step").click();
    await untilText("progress", new RegExp(`(^|, )${count} steps?$`));
    await rested(page);
    return text("with-kept");
  }

  async function startOver(): Promise<void> {
    await button("Start over").click();
    await rested(page);
    expect(await text("progress")).toBe("0 epochs, 0 steps");
  }

  return {
    get page() {
      return page;
    },
    get folder() {
      return folder.path;
    },
    open,
    button,
    text,
    figures,
    picture,
    untilText,
    step,
    startOver,
  };
}

export const stepsOf = (progress: string) => Number(/([\d,]+) steps?$/.exec(progress)![1].replace(",", ""));
