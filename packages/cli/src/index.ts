export type { ExitCode, Io, Sink } from "./io";
export { main } from "./main";
