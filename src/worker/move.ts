// Arrays that go to the worker without being copied.

const marked = new WeakSet<object>();

/** Marks an array to be moved to the worker by the call that takes it, not copied: afterwards it is empty here. */
export function move<T extends ArrayBufferView>(array: T): T {
  marked.add(array);
  return array;
}

/** Whether an array was marked. It is so once: what has been moved is empty, and cannot be sent again. */
export function unmark(array: object): boolean {
  return marked.delete(array);
}
