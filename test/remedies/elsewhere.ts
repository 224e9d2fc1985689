// Messages with code in them that no case of a table can run, by what they say; each with the reason.

const PYTORCH = "is for PyTorch, and was run there by hand: test/fixtures/pytorch/state_dicts.py makes such files";
const EXPECTED = "is what was expected, and no remedy";
const WITHIN = "is told within another message, whose case runs it";

export const ELSEWHERE: Record<string, string> = {
  "a layer with weight_norm: remove_weight_norm(module) makes it dense": PYTORCH,
  "save its weights alone: torch.save(model.state_dict(), path)": PYTORCH,
  "save a clone() of it": PYTORCH,
  "save a clone() of each": PYTORCH,
  "write it with numpy.savetxt(file, array, delimiter=',')": "is for NumPy",
  "thinned: the reports of a fit() were neither iterated nor awaited, so it trained nothing: await net.run(data, options)":
    "is a warning that comes when memory is collected: test/calls/fit-options.test.ts provokes it, and runs that",
  "thinned calibrate MODEL DATA --coverage 0.9": WITHIN,
  "run `…` again": WITHIN,
  "--rows …": WITHIN,
  "as save() writes them, every key there": EXPECTED,
  "part of a thinned study, version 1": EXPECTED,
  "… must be what `thinned study --shard` writes; got …": EXPECTED,
  "--resume … must be a file that thinned train wrote; it holds no run": EXPECTED,
  'it does not say how data becomes its inputs; expected the metadata entry "encoding" that docs/checkpoint.md describes; thinned train writes it':
    EXPECTED,
  "--warm-up must be below --epochs, …; got …": EXPECTED,
  "--dropout must be one probability or one per hidden layer (… of them); got …": EXPECTED,
  "--activation must be one name or one per hidden layer (… of them); got …": EXPECTED,
  "--shard … is number … of …; expected one from 1 to …": EXPECTED,
  "--shard must be …; got …": EXPECTED,
  "--member must be from 1 to …, the networks of …; got …": EXPECTED,
  "pass … was called, and pass … was to come": "tells a worker's death, and is no remedy",
  "thinned: --revectorize: …\n": "tells why there are no 256-bit operations, and is no remedy",
  "the demo page is not there: run npm run build, or install the package again": "is for a checkout without a build",
  "--port must be one that you may use; … is not: give one above 1023":
    "is never said to root, who runs these tests in places",
  "Learning curves: …. Next: npx thinned demo, the same in a page that you can play with.":
    "comes after training: test/cli/demo.test.ts runs that command",
  "shorten the names of columns and classes, or leave columns out with --ignore":
    "needs 100 MB of names: test/cli/checkpoints.test.ts provokes it",
  "… draws of … rows take … bytes; give … or fewer --draws": "takes twenty seconds, and was run by hand",
  "--resume … continues the run": "needs a signal: test/cli/train.test.ts provokes it, and runs that",
};
