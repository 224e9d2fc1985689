// Files that are dropped anywhere on the page go where they belong.
import type { DigitFiles } from "./sections/digits-files.js";

export function catchDrops(files: DigitFiles): void {
  const hover = (on: boolean) => document.documentElement.classList.toggle("dropping", on);
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  for (const kind of ["dragenter", "dragover"] as const) {
    document.addEventListener(kind, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      hover(true);
    });
  }
  document.addEventListener("dragleave", (event) => hover(event.relatedTarget !== null));
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    hover(false);
    void take([...(event.dataTransfer?.files ?? [])]);
  });

  /** A model is loaded; everything else is data. Messages are where the person is taken to. */
  const take = async (dropped: File[]) => {
    const models = dropped.filter(({ name }) => /\.safetensors$/i.test(name));
    const data = dropped.filter((file) => !models.includes(file));
    files.host.querySelector(".files")!.scrollIntoView({ block: "center" });
    if (data.length > 0) await files.read(data);
    if (models.length > 0) await files.load(models[0]);
  };
}
