// Runs the built command line again and again in one process: a line of arguments in, what it printed out. Starting a
// process for each takes longer than most commands.
const main = process.argv[2];
let runs = 0;

process.on("message", async ({ folder, args }) => {
  const printed = { stdout: "", stderr: "" };
  const whole = ["stdout", "stderr"].map((name) => {
    const { write } = process[name];
    process[name].write = (text) => {
      printed[name] += text;
      return true;
    };
    return () => {
      process[name].write = write;
      process[name].removeAllListeners("error");
    };
  });
  process.chdir(folder);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = 0;
  // The same file by another name runs again; what it imports stays.
  await import(`${new URL(`file://${main}`)}?${++runs}`).catch((error) => {
    printed.stderr += error.stack;
    process.exitCode = 70;
  });
  for (const restore of whole) restore();
  process.send({ status: process.exitCode, ...printed });
});
