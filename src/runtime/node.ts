/** A module of Node's, where this is Node. Asked for this way, so that no bundler looks for it. */
export function nodeModule<T>(name: string): T | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as T | undefined;
}
