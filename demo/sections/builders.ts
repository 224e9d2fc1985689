// 7. For builders: which scaling? The strategies race each other in this browser, for a few seconds, in a worker.

import { ENTRANTS, RACE } from "../lab/race-entrants.js";
import type { RaceMessage } from "../lab/race-worker.js";
import { RaceChart, spreads } from "../parts/race-chart.js";
import type { Story } from "../story.js";
import { sayTimes } from "../words/race.js";
import { LONG, NETWORKS } from "../words/race-networks.js";

const ROUNDS = 8;

export function mount(host: HTMLElement, { theme }: Story): void {
  const find = <E extends HTMLElement>(selector: string) => host.querySelector<E>(selector)!;
  const button = find<HTMLButtonElement>("#scaling-run");
  const select = find<HTMLSelectElement>("#scaling-network");
  const status = find("[data-status]");
  const chart = new RaceChart(find(".race-chart"), theme);
  let worker: Worker | null = null;
  let times: number[][] = [];

  const start = () => {
    worker = new Worker(new URL("./lab-worker.js", import.meta.url), { type: "module", name: RACE });
    times = [];
    show();
    button.textContent = "Stop";
    select.disabled = true;
    status.textContent = "Warming up …";
    let build = "";
    let begin = 0;
    worker.addEventListener("error", (event) => stop(`The race could not be run: ${event.message}`));
    worker.addEventListener("message", ({ data }: MessageEvent<RaceMessage>) => {
      if ("error" in data) return stop(`The race could not be run: ${data.error}`);
      if ("build" in data) {
        [build, begin] = [data.build, performance.now()];
        return;
      }
      times.push(data.times);
      const taken = performance.now() - begin;
      const said = `${times.length} rounds, ${build} build, one thread`;
      if (taken > LONG && times.length >= ROUNDS) stop(`${said}. Done.`);
      else status.textContent = `${said} …`;
      show();
    });
    worker.postMessage(NETWORKS[select.value]);
  };
  const stop = (message: string) => {
    worker?.terminate();
    worker = null;
    button.textContent = "Race again";
    select.disabled = false;
    status.textContent = message;
    show();
  };
  const show = () => {
    chart.show(times);
    const cells = spreads(times);
    ENTRANTS.forEach(({ call, strategy }, i) => {
      const cell = cells[i];
      const [median, half] = find(`[data-cell="${call} ${strategy}"]`).children;
      median.textContent = cell ? digits(cell.median) : "–";
      half.textContent = cell ? `${digits(cell.q1)}–${digits(cell.q3)}` : "";
    });
    const enough = worker === null && times.length >= ROUNDS;
    const sentences = enough ? sayTimes(times) : [];
    find("[data-verdict]").replaceChildren(
      ...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    );
  };

  button.addEventListener("click", () => {
    if (!worker) start();
    else stop(times.length < ROUNDS ? "Stopped, too early to tell." : `Stopped after ${times.length} rounds.`);
  });
}

/** Three digits that matter. */
function digits(milliseconds: number): string {
  return milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toPrecision(3);
}
