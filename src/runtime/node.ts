/** A module of Node's, if this is Node. It is loaded this way so that no bundler looks for it. */
export function nodeModule<T>(name: string): T | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as T | undefined;
}
