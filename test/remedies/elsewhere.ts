// Messages with code in them that no case of a table can run, by what they say; each with the reason.

const PYTORCH = "is for PyTorch, and was run there by hand: test/fixtures/pytorch/state_dicts.py makes such files";
const NO_REMEDY = "is what was expected of a file, and no remedy";
const PART = "is told within another message, whose case runs it";

export const ELSEWHERE: Record<string, string> = {
  "a layer with weight_norm: remove_weight_norm(module) makes it dense": PYTORCH,
  "save its weights alone: torch.save(model.state_dict(), path)": PYTORCH,
  "save a clone() of it": PYTORCH,
  "save a clone() of each": PYTORCH,
  "write it with numpy.savetxt(file, array, delimiter=',')": "is for NumPy",
  "thinned: the reports of a fit() were neither iterated nor awaited, so it trained nothing: await net.run(data, options)":
    "is a warning that comes when memory is collected: test/calls/fit-options.test.ts provokes it, and runs that",
  "thinned calibrate MODEL DATA --coverage 0.9": PART,
  "run `…` again": PART,
  "as save() writes them, every key there": NO_REMEDY,
  "pass … was called, and pass … was to come": "tells a worker's death, and is no remedy",
};
