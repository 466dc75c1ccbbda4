import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type RunningGateway, type RunningWorld, startGateways } from "./running-gateway";

const FILE = `version: 1
name: closing
rateLimit: 20/s
tiers: [{ name: HIGH, timeout: 2m }]
endpoint: { adapter: http, url: https://target.example.org }
operations:
  read: { method: GET, path: "/items/{id}" }
`;

interface Child {
  readonly pid: number;
  readonly command: string;
}

function children(): Child[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const isOurs = Number(parent) === process.pid && !command.startsWith("ps ");
    return isOurs ? [{ pid: Number(pid), command }] : [];
  });
}

/** Where an address of this machine can be listened on, nobody else does. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

async function untilCalled({ target }: RunningGateway, calls: number): Promise<void> {
  while ((await target.log()).length < calls) await pause(20);
}

// Also of a test that failed: what is left running would keep Jest from ending.
let running: RunningWorld | undefined;
afterEach(() => running?.close());

test("a world that is closed in the middle of traffic leaves no process, no port and no folder behind", async () => {
  const before = new Set(children().map(({ pid }) => pid));
  const newChildren = () => children().filter(({ pid }) => !before.has(pid));
  const started = await startGateways([{ file: FILE, target: { next: ["answer", "hang"] } }]);
  running = started;
  const gateway = started.gateway("closing");
  started.world.services.lambda.setPlacement(gateway.functionName, { kind: "new" });
  const ask = (id: number) => gateway.ask({ operation: "read", request: { id } });

  // One environment that is frozen after its turn, and one in the middle of a call that is not answered.
  await ask(1);
  await gateway.ends();
  while ([...started.world.processes.values()].some(({ isBusy }) => isBusy)) await pause(20);
  await ask(2);
  await untilCalled(gateway, 2);

  const alive = newChildren();
  const folders = alive.flatMap(({ command }) => /\S*sluice-lambda-\S*/.exec(command) ?? []);
  const ports = [started.world.endpoint, gateway.target.url].map((url) => Number(new URL(url).port));
  expect(alive.filter(({ command }) => command.includes("environment-main"))).toHaveLength(2);
  expect(folders.filter(existsSync)).toHaveLength(1);
  expect(await Promise.all(ports.map(isFree))).toEqual([false, false]);

  await started.world.close();
  // The target is no part of the world: its own handle closes it.
  expect(newChildren().map(({ command }) => command)).toEqual([expect.stringContaining("strict-target")]);
  expect(folders.filter(existsSync)).toEqual([]);

  await started.close();
  expect(newChildren()).toEqual([]);
  expect(await Promise.all(ports.map(isFree))).toEqual([true, true]);
});
