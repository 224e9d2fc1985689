// Which scaling? The strategies race each other in this browser, for a few seconds, in a worker.
import { COLORS, RaceChart, spreads } from "../charts/race-chart.js";
import type { Lab } from "../lab.js";
import { CALLS, DRAWS, ENTRANTS, type RaceOptions, STRATEGIES } from "../race.js";
import type { RaceMessage } from "../race-worker.js";
import { sayTimes } from "../verdict.js";

const NETWORKS: Record<string, RaceOptions> = {
  small: { sizes: [784, 256, 256, 10], batch: 64, p: 0.5 },
  large: { sizes: [784, 1024, 1024, 10], batch: 64, p: 0.5 },
};
/** A race ends after this long, in ms, and not before it had a few rounds. */
const LONG = 6000;
const ROUNDS = 8;

export function mount(host: HTMLElement, lab: Lab): void {
  host.innerHTML = markup;
  const find = <E extends HTMLElement>(selector: string) => host.querySelector<E>(selector)!;
  const button = find<HTMLButtonElement>("#scaling-run");
  const select = find<HTMLSelectElement>("#scaling-network");
  const status = find("[data-status]");
  const chart = new RaceChart(find(".race-chart"), lab.theme);
  let worker: Worker | null = null;
  let times: number[][] = [];

  const start = () => {
    // As the bundled page sees it: both scripts lie beside each other.
    worker = new Worker(new URL("./race-worker.js", import.meta.url), { type: "module", name: "race" });
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

const markup = `
<h2 id="scaling-title">Which scaling?</h2>
<p>
  <em>Standard</em> dropout scales when testing, <em>inverted</em> while training, and <em>folded</em> once, into a copy of the weights. What does it
  cost on your machine? Networks that differ in nothing else take turns, in short rounds, each in another order.
</p>
<div class="panel scaling">
  <div class="row">
    <label for="scaling-network" class="visually-hidden">Network</label>
    <select id="scaling-network">
      ${Object.entries(NETWORKS)
        .map(([name, { sizes, batch }]) => `<option value="${name}">${sizes.join("-")}, batch ${batch}</option>`)
        .join("")}
    </select>
    <button type="button" class="primary" id="scaling-run">Race</button>
    <span class="note number" data-status>About ${LONG / 1000} seconds, p = 0.5.</span>
  </div>
  <ul class="race-key" aria-hidden="true">
    ${STRATEGIES.map((strategy, i) => `<li><span style="background: var(${COLORS[i]})"></span>${strategy}</li>`).join("")}
  </ul>
  <div class="race-chart" role="img" aria-label="Milliseconds per call as bars, by call and strategy; the table below has the numbers"></div>
  <ul class="race-verdict" aria-live="polite" data-verdict></ul>
  <table>
    <caption class="note">Milliseconds per call: median, and the middle half of the rounds. mc_step averages ${DRAWS} thinned networks.</caption>
    <thead><tr><th scope="col">scaling</th>${CALLS.map((call) => `<th scope="col"><code>${call}</code></th>`).join("")}</tr></thead>
    <tbody>
      ${STRATEGIES.map(
        (strategy) =>
          `<tr><th scope="row">${strategy}</th>${CALLS.map((call) => {
            const races = ENTRANTS.some((entrant) => entrant.call === call && entrant.strategy === strategy);
            return races
              ? `<td class="number" data-cell="${call} ${strategy}"><span>–</span> <span class="note"></span></td>`
              : "<td>–</td>";
          }).join("")}</tr>`,
      ).join("")}
    </tbody>
  </table>
</div>`;
