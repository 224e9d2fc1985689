/** The result of an attempt. If it fails, an error says first what could not be done, and then why. */
export async function attempt<T>(failure: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (cause) {
    throw new Error(`${failure}: ${(cause as Error).message}`, { cause });
  }
}
