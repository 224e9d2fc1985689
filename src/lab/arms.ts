// The two arms of a study: the same network without dropout and with it.

export type Arm = "no dropout" | "dropout";
export const ARMS: readonly Arm[] = ["no dropout", "dropout"];
