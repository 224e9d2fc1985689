// The text of section 6, put into the page when it is built.

/** Of the sets, to choose from. */
const COVERAGES = [0.8, 0.9, 0.95, 0.99];
const TEN = Array.from({ length: 10 }, (_, digit) => digit);

export const MARKUP = `
<section id="doubt" aria-labelledby="doubt-title">
<h2 id="doubt-title">6. Doubt</h2>
<p>
  Leave the dropping on after training, and every answer comes from another thinned network. Ask ten of them: how far they agree is how sure they are
  together (which is not how right they are). This is <em>Monte-Carlo dropout</em>.
</p>
<div class="grid draw">
  <div class="panel">
    <canvas id="sheet" tabindex="0" role="application" aria-roledescription="drawing sheet" aria-label="Sheet to draw a digit on" aria-describedby="draw-keys"></canvas>
    <div class="row draw-tools">
      <button type="button" id="draw-clear">Clear</button>
      <button type="button" id="draw-scribble">Scribble</button>
      <figure><canvas id="draw-seen" aria-hidden="true"></canvas><figcaption class="note" data-seen>What the network sees</figcaption></figure>
    </div>
    <div role="group" aria-label="Put a sample digit on the sheet" class="digits">
      ${TEN.map((digit) => `<button type="button" data-digit="${digit}" aria-label="Sample of a ${digit}">${digit}</button>`).join("")}
    </div>
    <p class="note" id="draw-keys">By mouse, finger or pen. By keys: the arrows move the pen, Space lowers and lifts it, Delete clears.</p>
  </div>
  <div class="panel answer">
    <p class="headline" data-headline>One moment</p>
    <p class="reason number" data-reason>A small network is being trained.</p>
    <p class="visually-hidden" aria-live="polite" data-announce></p>
    <div class="votes number" role="group" aria-label="What each of ten thinned networks says, and how sure it is">
      ${TEN.map(() => "<p data-vote><b>–</b><span>–</span></p>").join("")}
    </div>
    <table>
      <caption class="note">All ten together</caption>
      <thead class="visually-hidden"><tr><th scope="col">class</th><th scope="col">share, as a bar</th><th scope="col">share</th></tr></thead>
      <tbody></tbody>
    </table>
    <div class="promise" data-promise hidden>
      <p class="number">
        <label for="draw-coverage">A set that holds the digit</label>
        <select id="draw-coverage">${COVERAGES.map((share) => `<option value="${share}"${share === 0.9 ? " selected" : ""}>${Math.round(100 * share)} times in 100</option>`).join("")}</select>
        <output for="draw-coverage" data-set>–</output>
      </p>
      <p class="note" data-meaning></p>
    </div>
    <p class="note" data-model></p>
  </div>
</div>
<div id="curve" role="group" aria-labelledby="curve-title"></div>
</section>`;
