import type { Data, Encoding, LoadOptions, Table } from "./table.js";

/** Loads what `source` names: a directory of IDX files, a `.csv` file with a header, or `digits`, which are drawn from the seed. */
export async function loadData(source: string, _options: LoadOptions = {}): Promise<Data> {
  throw new Error(`${source} cannot be read yet`);
}

/** New data, encoded as a trained model encodes it. Without `needTargets` no target is looked at, and `y` is empty. */
export async function loadForModel(source: string, _encoding: Encoding, _needTargets: boolean): Promise<Table> {
  throw new Error(`${source} cannot be read yet`);
}
