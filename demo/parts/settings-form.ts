// A form whose fields are settings, by their names: numbers, choices, sliders. An `<output>` for a slider tells its
// value.
import type { Fields } from "../address.js";
import { write } from "./controls.js";

export interface SettingsForm<S> {
  /** As if somebody had filled them in. */
  set(settings: S): void;
}

/** Shows `settings`, and calls `changed` with what somebody makes of them; what a field does not allow is put back. */
export function bindForm<S>(
  form: HTMLFormElement,
  fields: Fields<S>,
  settings: S,
  changed: (settings: S) => void,
): SettingsForm<S> {
  let now = settings;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  const names = Object.keys(fields) as (keyof S & string)[];
  const tell = (name: string) => {
    const output = form.querySelector<HTMLOutputElement>(`output[data-of="${name}"]`);
    if (output) write(output, Number(field(name).value).toFixed(2));
  };
  const show = () => {
    for (const name of names) {
      field(name).value = String(now[name]);
      tell(name);
    }
  };
  for (const name of names) field(name).addEventListener("input", () => tell(name));
  const set = (wanted: S) => {
    now = wanted;
    show();
    changed(now);
  };
  form.addEventListener("change", () => {
    const entries = names.map((name) => {
      const value = Number(field(name).value);
      return [name, fields[name].allows(value) ? value : now[name]];
    });
    set(Object.fromEntries(entries) as S);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
  return { set };
}
