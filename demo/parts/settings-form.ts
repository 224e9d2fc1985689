// A form whose fields are settings, by their names: numbers, choices, sliders. An `<output>` for a slider tells its value.
import type { Fields } from "../address.js";
import { write } from "./controls.js";

/** Shows `settings`, and calls `changed` with what somebody makes of them; what a field does not allow is put back. */
export function bindForm<S>(
  form: HTMLFormElement,
  fields: Fields<S>,
  settings: S,
  changed: (settings: S) => void,
): void {
  let now = settings;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  const names = Object.keys(fields) as (keyof S & string)[];
  const tell = (name: string) => {
    const output = form.querySelector<HTMLOutputElement>(`output[data-of="${name}"]`);
    if (output) write(output, Number(field(name).value).toFixed(2));
  };
  for (const name of names) {
    field(name).value = String(now[name]);
    tell(name);
    field(name).addEventListener("input", () => tell(name));
  }
  form.addEventListener("change", () => {
    const entries = names.map((name) => {
      const value = Number(field(name).value);
      return [name, fields[name].allows(value) ? value : now[name]];
    });
    now = Object.fromEntries(entries) as S;
    for (const name of names) field(name).value = String(now[name]);
    changed(now);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
