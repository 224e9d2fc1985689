/** What comes of an attempt; where it fails, an error that says first what could not be done, and then why. */
export async function attempt<T>(failure: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (cause) {
    throw new Error(`${failure}: ${(cause as Error).message}`, { cause });
  }
}
