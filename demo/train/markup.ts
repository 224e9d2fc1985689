// Section 2 as it stands before anything has happened, every place already as large as it will be.

const contestant = (id: string, title: string, caption: string) => `
  <article class="panel contestant" aria-labelledby="${id}-title">
    <h3 id="${id}-title" class="${id}"><span class="swatch" aria-hidden="true"></span>${title}</h3>
    <dl class="figures number">
      <div><dt>Test error</dt><dd id="${id}-test">–</dd></div>
      <div><dt>Training error</dt><dd id="${id}-seen">–</dd></div>
      <div><dt>Gap</dt><dd id="${id}-gap">–</dd></div>
      <div><dt>Samples per second</dt><dd id="${id}-rate">–</dd></div>
    </dl>
    <div class="chart" id="${id}-chart" role="img" aria-label="${title}: no curves yet"></div>
    <p class="curves-key" aria-hidden="true"><span class="stroke ${id}"></span> test <span class="stroke dashed ${id}"></span> training</p>
    <canvas class="units" id="${id}-units" role="img" aria-label="${caption}"></canvas>
    <p class="note number" id="${id}-kept">${caption}</p>
  </article>`;

export const MARKUP = `
  <h2 id="train-title">Train it here</h2>
  <p>
    Two networks with the same seed: the same first weights, the same digits in the same order. One of them drops units. Both soon know their training
    samples by heart; what counts is how they do on samples that they have never seen.
  </p>
  <div class="panel" id="drop">
    <form class="controls" id="controls" aria-label="Settings; a change starts over">
      <div>
        <label for="p">Drop rate p = <output id="p-value" for="p" class="number">0.50</output></label>
        <input type="range" id="p" min="0" max="0.9" step="0.05" value="0.5">
      </div>
      <div>
        <label for="hidden">Units per hidden layer</label>
        <select id="hidden">
          <option>64</option><option>128</option><option>256</option><option selected>512</option><option>1024</option>
        </select>
      </div>
      <div>
        <label for="samples">Training samples</label>
        <select id="samples"></select>
      </div>
      <div>
        <label for="strategy">Scaling</label>
        <select id="strategy">
          <option>inverted</option><option>standard</option><option>folded</option>
        </select>
      </div>
    </form>
    <div class="row" id="state" data-state="busy">
      <button type="button" class="primary" id="run">Train</button>
      <button type="button" id="step">Step</button>
      <button type="button" id="reset">Start over</button>
      <p class="progress number" id="progress">0 epochs, 0 steps</p>
    </div>
    <p class="message error" id="problem" role="alert"></p>
  </div>
  <div class="contestants">
    ${contestant("without", "Without dropout", "Every unit of the first hidden layer takes part in every step.")}
    ${contestant("with", "With dropout", "First hidden layer: full dots are the units that a step keeps.")}
  </div>
  <p class="outcome" id="verdict">Press Train, or take a single step.</p>
  <p class="visually-hidden" id="spoken" role="status"></p>
  <div class="grid">
    <div class="panel">
      <h3>Your own data</h3>
      <canvas class="samples" id="samples-shown" role="img" aria-label="The first training samples"></canvas>
      <p id="data-name"></p>
      <p class="note">Drop MNIST’s IDX files here (images with labels, gzipped or not), or one CSV with the class in its last column.</p>
      <div class="row">
        <button type="button" id="choose">Choose files…</button>
        <input type="file" id="files" multiple hidden>
        <button type="button" id="digits" disabled>Drawn digits again</button>
      </div>
      <p class="message error" id="data-problem" role="alert"></p>
    </div>
    <div class="panel">
      <h3>The model, as a file</h3>
      <p>
        The network with dropout as <code>safetensors</code>: the file that <code>thinned train</code> writes. <code>thinned evaluate</code> and
        <code>thinned predict</code> read it.
      </p>
      <div class="row">
        <button type="button" id="save">Save model</button>
        <button type="button" id="load">Load model…</button>
        <input type="file" id="model" accept=".safetensors" hidden>
      </div>
      <p class="message" id="model-message" role="status"></p>
      <p class="message error" id="model-problem" role="alert"></p>
    </div>
  </div>
  <details class="note">
    <summary>What exactly is trained</summary>
    <p>
      Two hidden layers of ReLU units, stochastic gradient descent with momentum 0.9 in batches of 50, one thread each, in Web Workers. The networks take
      turns, a pass over the data each. Dropout also drops inputs, with 0.4 p: the paper’s 0.2 beside 0.5. Learning rate and max-norm
      were chosen beforehand for each kind, from the same grid: 0.1 without dropout and for standard and folded scaling, 0.05 and a norm of at
      most 2 for inverted. Speeds count training steps alone. Training error is taken without dropout, on at most 1,000 training samples, test error on at most 2,000 others;
      of your own data at most 20,000 samples are trained on, and a quarter is held out where there are no test files.
    </p>
  </details>`;
