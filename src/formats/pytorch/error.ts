import { describe } from "../../checks.js";

/**
 * Bytes that are no state dict of PyTorch, or one that is no chain of dense layers. The message says what was found,
 * and what to do.
 */
export class PyTorchError extends Error {
  override readonly name = "PyTorchError";
}

/** Throws a PyTorchError: `what`; remedy. */
export function refuse(what: string, remedy = ""): never {
  throw new PyTorchError(remedy ? `${what}; ${remedy}` : what);
}

/** Names as a message lists them: a few dozen of them at most. */
export function listed(names: Iterable<unknown>): string {
  const all = [...names];
  const shown = all.slice(0, 40).map(describe).join(", ");
  return all.length > 40 ? `${shown} and ${all.length - 40} more` : shown;
}
