const actions = new Set<() => void>();
let isListening = false;

/**
 * Does something when the process exits, unless it is taken back before. One listener for all: each job has two such
 * things, and Node warns of more than ten listeners.
 *
 * @returns takes it back
 */
export function atExit(action: () => void): () => void {
  if (!isListening) {
    process.once("exit", () => {
      // The last first: a process is ended before its folder is removed.
      for (const one of [...actions].reverse()) one();
    });
  }
  isListening = true;
  actions.add(action);
  return () => void actions.delete(action);
}
