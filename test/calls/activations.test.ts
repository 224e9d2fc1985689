// Hidden layers with activations of their own, against double precision.
import { it } from "vitest";
import type { NetworkOptions } from "../../src/types.js";
import { classes, create, expectClose, expectWeights, keepOf, noise, rowsOf, twinOf } from "../support/networks.js";

it("an activation for each layer, with parameters of its own, and inputs that are shifted and scaled", async () => {
  const activation: NetworkOptions["activation"] = [
    { type: "leaky_relu", slope: 0.3 },
    "relu",
    { type: "elu", alpha: 0.5 },
    { type: "gelu", approximate: "tanh" },
    "mish",
  ];
  const sizes = [5, 18, 17, 16, 19, 20, 3];
  for (const build of ["simd", "relaxed"] as const) {
    const inputs = { shift: [0, 1, -1, 0.1, 2], scale: 2 };
    const net = await create({ sizes, activation, inputs, dropout: { input: 0.2, hidden: 0.3 }, build, seed: 3 });
    for (const batch of [1, 6]) {
      const x = noise(batch * 5, batch);
      const y = classes(batch, 3, batch);
      net.train_step(x);
      const masks = net.masks();
      const { loss, ...gradients } = net.gradients(x, y, { masks });
      const expected = twinOf(net).gradients(rowsOf(x, 5), y, keepOf(masks, sizes));
      expectClose([loss], [expected.loss], `${build}, batch ${batch}, loss`);
      expectWeights(gradients, expected.gradients, `${build}, batch ${batch}`);
      expectClose(net.test_step(x), twinOf(net).test(rowsOf(x, 5)), `${build}, batch ${batch}, logits`);
    }
  }
});
