// Settings live in the page's address: a link is a run. What is as it begins is not written there.

/** A setting, and how it is read: anything else than what it allows is as if it were not there. */
export interface Field {
  /** In the address. */
  key: string;
  begins: number;
  allows(value: number): boolean;
}

export function oneOf(key: string, begins: number, values: readonly number[]): Field {
  return { key, begins, allows: (value) => values.includes(value) };
}

/** From `low` to `high` in steps: hundredths are exact enough. */
export function stepped(key: string, begins: number, low: number, high: number, step: number): Field {
  const even = (value: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6;
  return { key, begins, allows: (value) => value >= low && value <= high && even(value) };
}

export type Fields<S> = { readonly [K in keyof S]: Field };

/** @param query `location.search` */
export function readSettings<S>(fields: Fields<S>, query: string): S {
  const given = new URLSearchParams(query);
  const entries = Object.entries<Field>(fields).map(([name, { key, begins, allows }]) => {
    const text = given.get(key);
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return [name, allows(value) ? value : begins];
  });
  return Object.fromEntries(entries);
}

/** The query with these settings in it, and everything else as it was. */
export function writeSettings<S>(fields: Fields<S>, settings: S, query: string): string {
  const parameters = new URLSearchParams(query);
  for (const name of Object.keys(fields) as (keyof S & string)[]) {
    const { key, begins } = fields[name];
    if (settings[name] === begins) parameters.delete(key);
    else parameters.set(key, String(settings[name]));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/** Which sections have run to an end: a page that is opened with them runs them again. */
export function readRan(query: string): Set<string> {
  return new Set((new URLSearchParams(query).get("ran") ?? "").split(".").filter(Boolean));
}

export function writeRan(section: string, ran: boolean, query: string): string {
  const all = readRan(query);
  if (ran) all.add(section);
  else all.delete(section);
  const parameters = new URLSearchParams(query);
  if (all.size > 0) parameters.set("ran", [...all].join("."));
  else parameters.delete("ran");
  const text = parameters.toString();
  return text && `?${text}`;
}

/** For embedding: `only=random` shows one section, `controls=0` hides what changes settings. */
export function readEmbedding(query: string): { only: string | null; controls: boolean } {
  const given = new URLSearchParams(query);
  return { only: given.get("only"), controls: given.get("controls") !== "0" };
}

/** Without a new entry in the history. */
export function keep(query: string): void {
  const { pathname, hash } = location;
  history.replaceState(history.state, "", `${pathname}${query}${hash}`);
}
