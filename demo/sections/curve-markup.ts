// The second half of section 6. It comes with its script: a first answer does not wait for it.

export const CURVE = `
<h3 id="curve-title">Two kinds of doubt</h3>
<p>
  Tap to place points, and a network with dropout is fitted to them. Beside the curve it learns how far points stray from it: the <em>noise</em>. Where there are no
  points, its thinned networks disagree: that is what it <em>does not know</em>. More points there help; noise stays.
</p>
<div class="panel">
  <canvas tabindex="0" role="application" aria-roledescription="plane" aria-label="Plane to place points on, 0 to 10 across and up" aria-describedby="curve-keys"></canvas>
  <p class="note number" data-readout>Point at the curve to read it.</p>
  <p class="legend note"><span class="unknown">what the network does not know</span> <span class="all">that and the noise: 19 of 20 new points, if it is right</span></p>
  <div class="row">
    <button type="button" data-example>Example</button>
    <button type="button" data-undo>Take one back</button>
    <button type="button" data-clear>Remove all</button>
  </div>
  <p class="number verdict" data-verdict>One moment</p>
  <p class="visually-hidden" aria-live="polite" data-announce></p>
  <p class="note" id="curve-keys">By mouse, finger or pen. By keys: the arrows move the cross, Space places a point, Delete takes the last one back.</p>
</div>`;
