// The text of section 7, put into the page when it is built.
import { CALLS, COLORS, DRAWS, ENTRANTS, STRATEGIES } from "../lab/race-entrants.js";
import { LONG, NETWORKS } from "../words/race-networks.js";

export const MARKUP = `
<section id="builders" aria-labelledby="builders-title">
<h2 id="builders-title">7. For builders</h2>
<details>
<summary>How fast it is here, and how to use it in a page of your own</summary>
<h3>Which scaling?</h3>
<p>
  <em>Standard</em> (plain) dropout scales when testing, <em>inverted</em> while training, and <em>folded</em> once, into a copy of the weights. What does it
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
</div>
<h3>In a page of your own</h3>
<p>
  This page's networks come from the package <code>thinned</code>: <code>npm install thinned</code>. A trained network answers through
  <code>thinned/infer</code>, 20 KB with its WebAssembly:
</p>
<pre tabindex="0" aria-label="A program"><code>import { Network } from "thinned/infer";

const bytes = new Uint8Array(await (await fetch("thinned.safetensors")).arrayBuffer());
const net = await Network.load(bytes);
const { mean, entropy } = net.mc_step(picture, { samples: 50 }); // [1, 10], and how undecided</code></pre>
<p>
  Parts of this page can be framed: <code>?only=random&amp;controls=0</code> shows section 2 alone, without its settings; <code>?ran=random</code> lets it
  run at once; <code>p</code>, <code>width</code>, <code>points</code>, <code>wrong</code>, <code>runs</code> and <code>seed</code> are its settings.
</p>
</details>
</section>`;
