// Operators by their names, which a file chooses: "constructor" is none.

export type Table<T> = Readonly<Record<string, T | undefined>>;

export const table = <T>(entries: Record<string, T>): Table<T> => Object.assign(Object.create(null), entries);
