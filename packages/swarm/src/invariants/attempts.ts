import type { Sighting } from "../sighting";

/** Which attempts somebody waits for, and which of those have not been called. */
export class Attempts {
  /** By id. */
  private readonly open = new Map<string, { readonly request: string; isCalled: boolean }>();
  /** By request: only one attempt is open at a time. */
  private readonly current = new Map<string, string>();
  private readonly ended = new Set<string>();

  see(sighting: Sighting): void {
    switch (sighting.kind) {
      case "published":
        this.close(sighting.request);
        // It was stopped while it published.
        if (this.ended.has(sighting.request)) break;
        this.open.set(sighting.id, { request: sighting.request, isCalled: false });
        this.current.set(sighting.request, sighting.id);
        break;
      case "called": {
        const attempt = this.open.get(this.current.get(sighting.request) ?? "");
        if (attempt !== undefined) attempt.isCalled = true;
        break;
      }
      case "answered":
      case "unpublished":
        this.open.delete(sighting.id);
        break;
      case "redriven":
        this.ended.delete(sighting.request);
        break;
      case "ended":
        this.ended.add(sighting.request);
        this.close(sighting.request);
        break;
    }
  }

  isOpen(id: string): boolean {
    return this.open.has(id);
  }

  /** Open, and nothing of it has reached the target. */
  waits(id: string): boolean {
    return this.open.get(id)?.isCalled === false;
  }

  private close(request: string): void {
    this.open.delete(this.current.get(request) ?? "");
    this.current.delete(request);
  }
}
