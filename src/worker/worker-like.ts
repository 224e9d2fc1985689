/** As much of a `Worker` as is needed: named here, so that the types need none of a page's. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: never[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: an event of a page's, which has no name here
  addEventListener(type: string, listener: (event: any) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeEventListener(type: string, listener: (event: any) => void): void;
  terminate(): void;
}
