/** What has to be ended, in the reverse order of its beginning, whatever happens in between. */
export class Cleanup {
  private readonly steps: (() => Promise<unknown> | unknown)[] = [];

  /** @param step runs at {@link run}, before those that were added earlier */
  add(step: () => Promise<unknown> | unknown): void {
    this.steps.push(step);
  }

  /** Runs every step, also after one has failed. @throws the first failure, when all have run */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
