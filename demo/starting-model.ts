// A small network that is trained while the page opens, so that there is something to ask before anybody has trained anything.
import { Network } from "thinned/worker";
import { digitsEncoding, drawDigits } from "#thinned/data/sources/digits.js";

const SAMPLES = 2000;
const EPOCHS = 12;

/** A `SavedModel` (lab.ts). Takes about a second, in a worker. */
export async function trainStartingModel() {
  const { x, y } = drawDigits({ samples: SAMPLES, seed: 1 });
  const encoding = digitsEncoding();
  const net = await Network.create({
    sizes: [encoding.features, 128, 128, encoding.outputs],
    dropout: { input: 0.1, hidden: 0.3 },
    optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    seed: 1,
  });
  try {
    for await (const _ of net.fit({ x, y }, { epochs: EPOCHS, batch: 50 }));
    await net.set({ metadata: { encoding: JSON.stringify(encoding) } });
    const bytes = await net.save({ optimizer: false });
    return { bytes, encoding, origin: `a small network, trained on ${SAMPLES} drawn digits when the page opened` };
  } finally {
    net.dispose();
  }
}
