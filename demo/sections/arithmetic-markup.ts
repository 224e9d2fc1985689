// The text of section 4, put into the page when it is built.

const NAMES = ["both kept", "x kept", "y kept", "both dropped"];
const FORMULAS = ["(1−p)²", "(1−p)·p", "p·(1−p)", "p²"];

/** The library's name for each, and the page's. */
const SCALINGS = [
  ["standard", "plain"],
  ["inverted", "inverted"],
  ["folded", "folded"],
];

/** The neuron with an input dropped: its edge is gone, its circle empty. */
function neuronPicture(x: boolean, y: boolean): string {
  const edge = (kept: boolean, y1: number) =>
    `<line class="${kept ? "kept" : "dropped"}" x1="15" y1="${y1}" x2="58" y2="26"/>`;
  const unit = (kept: boolean, cy: number, name: string) =>
    `<circle class="${kept ? "kept" : "dropped"}" cx="14" cy="${cy}" r="10"/>${
      kept ? `<text x="14" y="${cy}">${name}</text>` : `<path d="M9 ${cy - 5}l10 10m0 -10l-10 10"/>`
    }`;
  return `<svg class="neuron" viewBox="0 0 72 52" aria-hidden="true">${edge(x, 13)}${edge(y, 39)}${unit(x, 13, "x")}${unit(
    y,
    39,
    "y",
  )}<circle class="sum" cx="58" cy="26" r="11"/><text class="sum" x="58" y="26">z</text></svg>`;
}

/** Is x kept, is y kept, and the sum that is left. */
const ROWS: [boolean, boolean, string, number][] = [
  [true, true, "1·3 + 2·4 = ", 11],
  [true, false, "1·3 = ", 3],
  [false, true, "2·4 = ", 8],
  [false, false, "", 0],
];

export const MARKUP = `
<section id="arithmetic" aria-labelledby="arithmetic-title">
<h2 id="arithmetic-title">4. The arithmetic</h2>
<p>
  A neuron adds up its inputs: <i>z</i> = w₁·x + w₂·y = 1·3 + 2·4 = 11. Dropout drops each input with probability <i>p</i>, and so makes it
  one of four neurons.
</p>
<div class="panel picture">
  <div class="picture-slider">
    <label for="picture-p">Probability of dropping, <i>p</i> = <output id="picture-p-value" for="picture-p" class="number"></output></label>
    <input id="picture-p" type="range" min="0" max="1" step="0.01" value="0.5">
  </div>
  <div class="picture-body">
    <figure>
      <svg class="square" viewBox="-18 -18 236 220" role="img" aria-label="A square of side 1, cut at 1−p both ways: the four areas are the four probabilities.">
        <text class="axis" x="0" y="-6">x kept</text><text class="axis end" x="200" y="-6">x dropped</text>
        <text class="axis" transform="translate(-6 200) rotate(-90)">y dropped</text>
        <text class="axis end" transform="translate(-6 0) rotate(-90)">y kept</text>
        ${ROWS.map((_, i) => `<g class="state-${i}"><rect/><text></text></g>`).join("")}
      </svg>
      <figcaption class="note">Each area is a probability.</figcaption>
    </figure>
    <table>
      <caption class="visually-hidden">The four neurons, their probabilities and what each contributes to the mean</caption>
      <thead><tr><th scope="col">neuron</th><th scope="col">probability</th><th scope="col"><i>z</i></th><th scope="col">product</th></tr></thead>
      <tbody>
        ${ROWS.map(
          ([x, y, sum, z], i) => `<tr class="state-${i}">
          <th scope="row">${neuronPicture(x, y)}<span class="visually-hidden">${NAMES[i]}</span></th>
          <td><span class="formula">${FORMULAS[i]} = </span><span class="number" data-probability></span><span class="share-track"><span class="share"></span></span></td>
          <td class="number"><span class="formula">${sum}</span>${z}</td>
          <td class="number" data-part></td>
        </tr>`,
        ).join("")}
      </tbody>
    </table>
  </div>
  <dl class="equal">
    <div>
      <dt>E[<i>z</i>], the mean over the four neurons</dt>
      <dd><span class="number long" data-sum></span> = <strong class="number" data-enumerated></strong><span class="equal-bar enumerated"></span></dd>
    </div>
    <div>
      <dt>(1−<i>p</i>)·<i>z</i>, what testing computes instead</dt>
      <dd><span class="number long" data-product></span> = <strong class="number" data-scaled></strong><span class="equal-bar scaled"></span></dd>
    </div>
  </dl>
  <p>The two are equal for every <i>p</i>: testing with all inputs gives, at once, what dropout gives on average.</p>
  <h3>And by chance</h3>
  <p class="note">The mean of <i>z</i> over random states, with twice its standard error, beside E[<i>z</i>] (dashed).</p>
  <div class="mean-chart" role="img" aria-label="The mean of z over more and more random states, closing in on E[z]"></div>
  <div class="row">
    <button type="button" id="picture-again">Draw other states</button>
    <span class="note number" data-sampled></span>
  </div>
</div>
<div class="panel scalings">
  <h3>Three ways to write it down</h3>
  <p>
    So something has to be multiplied by 1−<i>p</i>, or divided by it. Where? The network with dropout of section 2 can be written in all three ways, and stays
    the same network:
  </p>
  <form data-switch><fieldset class="choices"><legend class="visually-hidden">Scaling</legend>
    ${SCALINGS.map(
      ([name, title], i) =>
        `<label><input type="radio" name="scaling" value="${name}"${i === 1 ? " checked" : ""}> ${title}</label>`,
    ).join("")}
  </fieldset></form>
  <div class="scaling-words">
    <p data-what></p>
    <pre tabindex="0" aria-label="Training and testing, in NumPy's words"><code data-code></code></pre>
  </div>
  <table>
    <caption class="visually-hidden">The network's numbers under this scaling</caption>
    <tbody class="number">
      <tr><th scope="row">a weight behind the second hidden layer, as it is stored</th><td data-weight>–</td></tr>
      <tr><th scope="row">training multiplies a unit that is kept by</th><td data-train>–</td></tr>
      <tr><th scope="row">testing multiplies a unit by</th><td data-test>–</td></tr>
      <tr><th scope="row">one thinned network says “diamond” with</th><td data-thinned>–</td></tr>
      <tr><th scope="row">the whole network says “diamond” with</th><td data-whole>–</td></tr>
    </tbody>
  </table>
  <p class="note" data-same role="status"></p>
</div>
</section>`;
